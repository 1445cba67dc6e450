"""What can't be cleared."""

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_


class NothingToClear(Refused):
    """Nobody collected anything over there in that month."""

    sentence = N_("%(year)d年%(month)d月没有人到那边换过，不用结")
