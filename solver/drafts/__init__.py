"""A plan that is legal at every moment while it gets better: seats given, holes closed by chains, turns handed on.

`draft.py` with `tallies.py`: the plan in work; `moves.py`: what may be done with it; `exchanges.py` with `worth.py`:
what is done for the goals after fairness; `begin.py`: the first plan of any part; `sweep.py`: parts that are too large
for a model. Refuses to know models and engines.
"""
