"""What can't be lent or given back."""

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_


class StillBorrowed(Refused):
    """Whoever is late with something borrows nothing more."""

    sentence = N_("借的“%(name)s”过了归还的日子，还了再借")


class LoanClosed(Refused):
    """What was lent is back already."""

    sentence = N_("这一件已经还过了")
