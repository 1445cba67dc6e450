"""Refusals that several rooms of the store share."""

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_


class AlreadyExtended(Refused):
    """An order or a loan is extended once."""

    sentence = N_("已经延过一次了，不能再延")


class MonthNotOver(Refused):
    """A month is settled when it is over."""

    sentence = N_("这个月还没过完，下个月1日以后再结")


class AlreadyPaid(Refused):
    """A settlement is paid once."""

    sentence = N_("这一笔已经付过了")
