"""When each volunteer can come, and what he or she wishes."""
