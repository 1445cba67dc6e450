"""After publishing: the smallest change that fills what is missing, proposed and then accepted."""
