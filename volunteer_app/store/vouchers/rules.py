"""What can't be settled."""

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_


class NothingToSettle(Refused):
    """No voucher was taken in."""

    sentence = N_("这个月没有收过券，不用结")
