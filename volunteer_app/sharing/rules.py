"""Who may share what with whom: words for owners, and refusals. Source: domain.md 2.9, rules 8 and 9."""

from datetime import date

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_

CARE_POOL = "pool:care"
ESTATE_MONTHS = 6
"""How long after somebody has left the points may be passed on."""
EARLIEST = date(2000, 1, 1)
"""No departure is older; a year before is a slip."""


def household_owner(household_id: int) -> str:
    return f"household:{household_id}"


def collective_owner(collective_id: int) -> str:
    return f"collective:{collective_id}"


def last_day_of_estate(left_on: date) -> date:
    """The day six months later, or the last one of a shorter month."""
    months = left_on.year * 12 + left_on.month - 1 + ESTATE_MONTHS
    year, month = divmod(months, 12)
    for day in range(left_on.day, 0, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


class NoHousehold(Refused):
    """The community hasn't written down who lives together."""

    sentence = N_("还没有登记一家人，请跟社区说一声。")


class PoolNotOpen(Refused):
    """The head of the household must agree first."""

    sentence = N_("要户主先同意，一家人才能合着用积分。")


class NotTheHead(Refused):
    """Only the head opens or ends a pool, as long as he lives there."""

    sentence = N_("这要户主本人来点。")


class PoolNotEmpty(Refused):
    """Points first, then the end."""

    sentence = N_("家里账上还有%(points)d分，先取出来再停。")


class PointsLeftBehind(Refused):
    """The household that is given up has points that nobody could take out any more."""

    sentence = N_("那一家合着用的账上还有%(points)d分，请先取出来。")


class StillNeeded(Refused):
    """Without him nobody could decide about the household's points."""

    sentence = N_("家里合着用的积分要靠%(name)s：请先把账上的%(points)d分取出来，停了合着用，再来登记。")


class NobodyToAgree(Refused):
    """Whoever joins a household with points waits until somebody who lived there before agrees."""

    sentence = N_("这一家账上还有%(points)d分，可是没有户主。先请家里的人在“一家人的积分”里点同意合着用，再来登记。")


class NameTaken(Refused):
    status = 422
    sentence = N_("已经有这个名字了。")


class HasLeftAlready(Refused):
    sentence = N_("已经登记过了。")


class DayUnlikely(Refused):
    """Until a day to come somebody is here; a slip of the year would end the estate at once."""

    status = 422
    sentence = N_("这一天不对：要写2000年以来、今天或者今天以前的一天。")


class EstateOver(Refused):
    """Six months are over."""

    sentence = N_("要在离开以后6个月里办，最后一天是%(last)s。")


class NobodyAtHome(Refused):
    """Everybody of the household has left or died."""

    sentence = N_("这一家没有人在了，可以捐给爱心池。")


class NothingToPassOn(Refused):
    sentence = N_("账上没有积分可以转。")
