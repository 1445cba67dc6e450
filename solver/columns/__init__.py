"""Whole-person rosters as columns: exact programs per person, a linear master, dives and neighbourhoods.

Knows people, days, codes and costs in plain numbers. Refuses to know problems, files and what a code means.
"""
