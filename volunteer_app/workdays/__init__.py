"""Which days: rest days, statutory holidays, make-up workdays, working-day counting."""
