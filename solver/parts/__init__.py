"""A problem as parts that have nothing to do with each other: cut, each solved by what fits it, put together again.

`split.py`: the cut; `engine.py`: model or draft; `spread.py`: one after the other, or by any executor; `joint.py`: one
answer. Refuses to know who asks.
"""
