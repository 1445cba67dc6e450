"""What can't be cleared."""

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_


class NothingToClear(Refused):
    """Nobody collected anything over there."""

    sentence = N_("上个月没有人到那边换过，不用结")
