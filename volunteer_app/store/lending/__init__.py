"""What is lent: by when it comes back, who is late."""
