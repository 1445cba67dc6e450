"""The Second International Nurse Rostering Competition: its text files, its answers and its rules.

`reader` and `writer` know the files, `case` the values, `judge` the rules. Refuses to know how rosters are found.
Source: Ceschia, Dang, De Causmaecker, Haspeslagh, Schaerf 2015, arXiv:1501.04177.
"""
