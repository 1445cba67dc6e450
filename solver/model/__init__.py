"""One part of a problem as one model: a board of variables, rows for rules, sums for goals, an engine for each ask.

`board.py`: what a model is made of; `rows.py`, `constraints.py`: rules; `goals.py`, `fairness.py`: what is minimised;
`engines.py`: CP-SAT and HiGHS; `climb.py`: goal by goal. Refuses to know other parts.
"""
