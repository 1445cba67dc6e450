"""The smallest repair of a published plan: absences, new and cancelled shifts. Refuses to know messages and versions.

`published.py`: what can stay; `reach.py`: whom a repair may concern; `model.py`: the question over those people alone;
`repair.py`: the goals in their order, with bounds.
"""

from .published import Diff as Diff
from .published import difference as difference
from .published import still_valid as still_valid
from .repair import Repair as Repair
from .repair import replan as replan
