"""A solve: asked for, carried by a worker in a process of its own, watched, stopped."""
