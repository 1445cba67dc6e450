"""Who goes when: draft, solver runs, publishing, replies."""
