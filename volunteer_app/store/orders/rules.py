"""What an order may be and how long it is kept, without a database."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.store.orders.models import Waits
from volunteer_app.store.shelf.models import Product


class NothingChosen(Refused):
    """An order has at least one piece."""

    sentence = N_("还没有选东西")


class OnePlace(Refused):
    """An order is collected in one place; a partner shop's service is a voucher of its own."""

    sentence = N_("商户的服务要单独预约，和货架上的东西分开")


class NotOffered(Refused):
    """Not on the price list today."""

    sentence = N_("“%(name)s”现在不能换")


class PriceChanged(Refused):
    """Another price was shown than is charged."""

    sentence = N_("“%(name)s”的价格刚刚变了，现在是%(points)d分，没有扣您的分")


class SoldOut(Refused):
    """Somebody was a moment earlier."""

    sentence = N_("刚刚换完了，没有扣您的分")


class ProductLimit(Refused):
    """The person's share of this product for the month is used."""

    sentence = N_("“%(name)s”每月%(most)d%(measure)s，这个月已经换到了")


class YearLimit(Refused):
    """The person's share of this product for the year is used."""

    sentence = N_("“%(name)s”每年%(most)d%(measure)s，今年已经换到了")


class MonthLimit(Refused):
    """The person's points for the month are used; held ones count."""

    sentence = N_("这个月换到%(most)d分了，下个月1日再来")


class AlreadyCollected(Refused):
    """A code works once."""

    sentence = N_("这个码%(month)d月%(day)d日已经取过了")


class OrderExpired(Refused):
    """Nobody came in time."""

    sentence = N_("这个码过期了，东西不留了")


class OrderCancelled(Refused):
    """The owner gave it back."""

    sentence = N_("这一单已经取消了，东西不留了")


class OwnOrder(Refused):
    """Nobody serves himself or his household."""

    sentence = N_("不能给自己或者家里人办，请另一位来办")


def check_price(product: Product, points: int, seen: Mapping[str, int] | None) -> None:
    """Refuses when the price that was shown (`seen`: product code -> points each) isn't today's any more."""
    if seen is not None and seen.get(product.code, points) != points:
        raise PriceChanged(name=product.called, points=points)


def check_product_limit(product: Product, wanted: int, taken: int) -> None:
    """Refuses when the person would have more pieces than `most_each` in the period."""
    if product.most_each is None or wanted + taken <= product.most_each:
        return
    refusal = ProductLimit if product.limit_months == 1 else YearLimit
    raise refusal(name=product.called, most=product.most_each, measure=Text(product.measure))


def check_month_points(wanted: int, used: int, most: int) -> None:
    """Refuses when the person would use more than `most` points in the calendar month."""
    if wanted and used + wanted > most:
        raise MonthLimit(most=most)


def check_waiting(found: Waits, now: datetime, zone: str) -> None:
    """Refuses an order that can't be collected any more, and says why."""
    state = found.state_at(now)
    if state == "picked_up":
        assert found.closed_at is not None
        day = local_date(found.closed_at, zone)
        raise AlreadyCollected(month=day.month, day=day.day)
    if state == "expired":
        raise OrderExpired
    if state == "cancelled":
        raise OrderCancelled


def kept_until(made_at: datetime, keep_days: int, zone: str) -> datetime:
    """The end of the local day `keep_days` after the order was made: reserved on the 12th, kept through the 19th."""
    return local_moment(local_date(made_at, zone) + timedelta(days=keep_days + 1), 0, zone)


def period_start(day: date, months: int) -> date:
    """The first day that counts for a limit: of the month, or of the year when the limit is for twelve months."""
    return day.replace(day=1) if months == 1 else day.replace(month=1, day=1)


def month_began(day: date, zone: str) -> datetime:
    """The moment at which the local month of `day` began."""
    return local_moment(day.replace(day=1), 0, zone)
