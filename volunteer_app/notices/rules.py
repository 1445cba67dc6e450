"""How long a list hangs on the board, and which working day it is. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_

NOTICE_DAYS = 3  # working days; Source: domain.md 2.2 [S:R7] and default rule 11 of 2.9
REST_TYPES = ("rest", "statutory_holiday", "holiday_rest")


class NothingToPublish(Refused):
    """All confirmed records of these days hang on the board already, or there are none."""

    sentence = N_("这几天没有已经确认、还没公示的时长。")


class DaysInOrder(Refused):
    status = 422
    sentence = N_("头一天要在末一天前面。")


class AlreadyAnswered(Refused):
    sentence = N_("这条意见已经答复过了。")


class AlreadyObjected(Refused):
    """One open objection about one record is enough."""

    sentence = N_("这一条已经收到您的意见，正在核对。")


class AnotherMustAnswer(Refused):
    """The one who wrote the record doesn't judge the objection to it; nobody answers his own household's."""

    sentence = N_("这条记录是您记的，或者是您自己和家人的，请另一位工作人员来答复。")


def is_over(closes_on: date, today: date) -> bool:
    """A list hangs to the end of `closes_on`."""
    return today > closes_on


def working_day(published_on: date, today: date, day_types: Mapping[date, str]) -> int:
    """Which working day of the notice `today` is, counted from the day after publication; 0 before the first."""
    days = (published_on + timedelta(days=step) for step in range(1, (today - published_on).days + 1))
    return min(NOTICE_DAYS, sum(day_types[day] not in REST_TYPES for day in days))
