"""Readers and writers of files; each module is one format."""
