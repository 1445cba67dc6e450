"""Two plans of one roster side by side: draft, versions, answered solves."""
