"""Somebody asks to be forgotten: who asked, what stands in the way, what goes and what stays. Reads every room."""
