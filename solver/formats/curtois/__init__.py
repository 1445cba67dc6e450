"""Curtois & Qu shift scheduling instances: their text, their judge, and their rosters as columns.

Source: https://schedulingbenchmarks.org/nrp/
"""
