"""Why this person, why not that one, why a gap: facts as codes and figures. Refuses to know words and solvers.

`gap.py`: the funnel and who is one rule away (`sieve.py`: for many gaps at once); `witness.py`: who competes for
the same people; `ways.py`: the single exceptions that fill a seat, each tried; `candidates.py`: everybody for one seat;
`seat.py`: one person and one seat, and who was next at what cost. Every claim is checked by the judge.
"""

from .candidates import Candidate as Candidate
from .candidates import blocking_rules as blocking_rules
from .candidates import candidates as candidates
from .candidates import exchange as exchange
from .candidates import parts_of as parts_of
from .candidates import verdict as verdict
from .candidates import with_task as with_task
from .candidates import without_task as without_task
from .gap import FunnelStep as FunnelStep
from .gap import GapReasons as GapReasons
from .gap import NearMiss as NearMiss
from .gap import funnel as funnel
from .gap import gaps as gaps
from .gap import why_gap as why_gap
from .seat import Reasons as Reasons
from .seat import Swap as Swap
from .seat import why_person as why_person
from .ways import Way as Way
from .ways import ways as ways
from .witness import Witness as Witness
from .witness import witness as witness
