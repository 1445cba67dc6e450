"""The coordinator's side: the week, its seats and gaps, changes by hand."""
