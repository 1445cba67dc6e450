"""Who: people, what they are and can, what they agreed to, what they may do here, and how they sign in."""
