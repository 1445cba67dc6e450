"""Solves cases of the nurse rostering competition (INRC-II): all weeks known, or week by week."""
