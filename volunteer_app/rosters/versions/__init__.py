"""Publishing: the draft becomes version n, and those whom it touches are told."""
