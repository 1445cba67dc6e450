"""Who came, from when to when; service records."""
