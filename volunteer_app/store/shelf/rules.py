"""What can't be done with goods, and which day they go out."""

from collections.abc import Mapping
from datetime import date

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_
from volunteer_app.store.shelf.models import Product


class NothingFresh(Refused):
    """What is past its best-before day is not handed out, and what will be isn't kept for anybody."""

    sentence = N_("“%(name)s”快过保质期了，不能再留，也不能交；没有扣您的分")


class KeptFresh(Refused):
    """What else lies there runs out before it is collected."""

    sentence = N_("“%(name)s”还新鲜的有人预约了，不能放到一边；要是坏了，请先取消预约")


class BatchEmpty(Refused):
    """A batch hasn't got as many pieces."""

    sentence = N_("这一批货架上只有%(left)d件了")


class KeptForOrders(Refused):
    """What is kept for somebody stays where it is until the order is collected or given up."""

    sentence = N_("这几件留给预约了，请先取消预约，或者等取走")


class PriceInPast(Refused):
    """Orders of past days keep the price that was shown then."""

    sentence = N_("新价格从今天或者以后算起")


class FreeService(Refused):
    """What isn't counted is kept by its points alone."""

    sentence = N_("服务至少要1分，没法留一张不要分的券")


class CountSettled(Refused):
    """The count has been checked before."""

    sentence = N_("这一次盘点已经处理过了")


class FridaysOnly(Refused):
    """Goods that spoil are handed over on Fridays."""

    sentence = N_("“%(name)s”只在周五取")


def most_to_keep(fading: Mapping[date, int], kept: Mapping[date, int], free: int, until: date) -> int:
    """How many of the `free` pieces may be kept through `until`, so that whoever comes by the last day finds a good
    piece although the oldest good one goes first. Negative when too many are kept already.

    `fading`: best-before day -> pieces on the shelf, kept ones included; `kept`: last day of an order -> pieces.
    """
    days = [until, *(day for day in kept if day < until)]
    return min(free + before(kept, day) - before(fading, day) for day in days)


def before(pieces: Mapping[date, int], day: date) -> int:
    return sum(count for on, count in pieces.items() if on < day)


FRIDAY = 4


def check_day(product: Product, day: date) -> None:
    """Refuses goods that spoil on any day but Friday."""
    if product.fridays_only and day.weekday() != FRIDAY:
        raise FridaysOnly(name=product.called)
