"""Points that belong to several: a household's, a stairwell's or team's, the care pool's; and those of who has left."""
