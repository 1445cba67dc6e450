"""Where: communities, the tree of areas, and the posts where people meet."""
