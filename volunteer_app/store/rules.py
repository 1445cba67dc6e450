"""What the store decides without a database: limits, pick-up codes, who may hand over, which day. Knows no rosters."""

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from volunteer_app.core.clock import local_date, local_moment
from volunteer_app.core.errors import AppError, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.store.models import Opening, Product

CODE_DIGITS = 6
FRIDAY = 4
TRIES, TRIES_WITHIN = 10, timedelta(minutes=10)
"""Unknown pick-up codes that one keeper may type within that time; six digits stay unguessable."""


class NothingChosen(Refused):
    """An order has at least one piece."""

    sentence = N_("还没有选东西")


class NothingFresh(Refused):
    """What is past its best-before day is not handed out, and what will be isn't kept for anybody."""

    sentence = N_("“%(name)s”快过保质期了，不能再留，也不能交；没有扣您的分")


class BatchEmpty(Refused):
    """A batch hasn't got as many pieces."""

    sentence = N_("这一批货架上只有%(left)d件了")


class StillBorrowed(Refused):
    """Whoever is late with something borrows nothing more."""

    sentence = N_("借的“%(name)s”过了归还的日子，还了再借")


class DayOver(Refused):
    """A day that is over can't be closed any more."""

    sentence = N_("这一天已经过去了，请写今天或者以后")


class LoanClosed(Refused):
    """What was lent is back already."""

    sentence = N_("这一件已经还过了")


class AlreadyExtended(Refused):
    """An order or a loan is extended once."""

    sentence = N_("已经延过一次了，不能再延")


class MistypedCode(Refused):
    """The last digit of a code checks the others: this one was read or typed wrongly."""

    sentence = N_("这个码抄错了，请一位一位再对一遍")


class OnePlace(Refused):
    """An order is collected in one place; a partner shop's service is a voucher of its own."""

    sentence = N_("商户的服务要单独预约，和货架上的东西分开")


class VoucherElsewhere(Refused):
    """A partner shop's voucher is taken in there, and only there."""

    sentence = N_("这是一张券，请到“%(name)s”用")


class NotAVoucher(Refused):
    """Goods of the store are collected at its counter."""

    sentence = N_("这是超市取货的码，不是您店里的券")


class VoucherUsed(Refused):
    """A service has been given: it can't be brought back."""

    sentence = N_("券用过就不能退了，有问题请找协调员")


class NoPartner(Refused):
    """Whoever signs in as a partner shop must stand behind one."""

    sentence = N_("还没有登记您的店，请打电话给社区")


class PartnerTaken(Refused):
    """A name or a sign-in stands for one shop."""

    sentence = N_("这个店名或者这位登录人已经登记过了")


class NotAPartnerPerson(Refused):
    """Who signs in for a shop holds the role of one."""

    sentence = N_("这位还没有“爱心商户”的角色，请平台管理员先给")


class MonthNotOver(Refused):
    """A month is settled when it is over."""

    sentence = N_("这个月还没过完，下个月1日以后再结")


class NothingToSettle(Refused):
    """No voucher was taken in."""

    sentence = N_("这个月没有收过券，不用结")


class NothingToClear(Refused):
    """Nobody collected anything over there."""

    sentence = N_("上个月没有人到那边换过，不用结")


class AlreadyPaid(Refused):
    """A settlement is paid once."""

    sentence = N_("这一笔已经付过了")


class NotOffered(Refused):
    """Not on the price list today."""

    sentence = N_("“%(name)s”现在不能换")


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


class FridaysOnly(Refused):
    """Goods that spoil are handed over on Fridays."""

    sentence = N_("“%(name)s”只在周五取")


class UnknownCode(Refused):
    """No order has this code."""

    sentence = N_("没有这个码，看看是不是少了一位")


class TooManyCodes(AppError):
    """Too many unknown codes from this keeper."""

    status = 429
    sentence = N_("试了好几个不对的码了，歇10分钟再试，或者按编号找")


class AlreadyCollected(Refused):
    """A code works once."""

    sentence = N_("这个码%(month)d月%(day)d日已经取过了")


class OrderExpired(Refused):
    """Nobody came in time."""

    sentence = N_("这个码过期了，积分已经退回")


class OrderCancelled(Refused):
    """The owner gave it back."""

    sentence = N_("这一单已经取消了，积分已经退回")


class NotTicked(Refused):
    """Everything is ticked before it is handed over."""

    sentence = N_("还有%(missing)d样没勾")


class NameNotChecked(Refused):
    """The collector says the name; the keeper compares."""

    sentence = N_("请先问姓名，对上再交")


class ProxyNeedsCode(Refused):
    """Whoever collects for somebody else brings the code."""

    sentence = N_("代领要报取货码，请先查码再交")


class OwnOrder(Refused):
    """Nobody serves himself or his household."""

    sentence = N_("不能给自己或者家里人办，请另一位来办")


class TwoHats(Refused):
    """Who issues points is not who hands out goods is not who audits."""

    sentence = N_("发积分的、交货的、查账的要分开，请另一位管理员来办")


class NotCollected(Refused):
    """Only what was collected can come back."""

    sentence = N_("这一样没有取走过这么多，不能退")


class PriceInPast(Refused):
    """Orders of past days keep the price that was shown then."""

    sentence = N_("新价格从今天或者以后算起")


class CountSettled(Refused):
    """The count has been checked before."""

    sentence = N_("这一次盘点已经处理过了")


@dataclass(frozen=True, slots=True)
class Codes:
    """Pick-up codes under the application's secret: nobody with the database alone can tell or find one."""

    secret: str

    def code(self, community_id: int, order_id: int, turn: int) -> str:
        """Six digits for an order, the last of which checks the others; `turn` gives another one when a waiting order
        has the same.
        """
        number = int(self.digest(f"code:{community_id}:{order_id}:{turn}")[:15], 16) % 10 ** (CODE_DIGITS - 1)
        digits = f"{number:0{CODE_DIGITS - 1}d}"
        return digits + check_digit(digits)

    def hash(self, community_id: int, code: str) -> str:
        """What is stored to find the order by its code."""
        return self.digest(f"find:{community_id}:{code}")

    def digest(self, message: str) -> str:
        key = f"pick-up codes of {self.secret}".encode()
        return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


QUASIGROUP = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
"""Damm's table: one wrong digit and two neighbours that changed places are always noticed.
Source: Damm 2004, Total anti-symmetrische Quasigruppen.
"""


def check_digit(digits: str) -> str:
    """The digit that makes `digits` a code."""
    found = 0
    for digit in digits:
        found = int(QUASIGROUP[found][int(digit)])
    return str(found)


def is_mistyped(code: str) -> bool:
    """Six digits of which the last doesn't fit the others."""
    return len(code) == CODE_DIGITS and check_digit(code[:-1]) != code[-1]


def kept_until(made_at: datetime, keep_days: int, zone: str) -> datetime:
    """The end of the local day `keep_days` after the order was made: reserved on the 12th, kept through the 19th."""
    return local_moment(local_date(made_at, zone) + timedelta(days=keep_days + 1), 0, zone)


def last_day(expires_at: datetime, zone: str) -> date:
    """The last local day on which an order can be collected."""
    return local_date(expires_at - timedelta(microseconds=1), zone)


def period_start(day: date, months: int) -> date:
    """The first day that counts for a limit: of the month, or of the year when the limit is for twelve months."""
    return day.replace(day=1) if months == 1 else day.replace(month=1, day=1)


def month_began(day: date, zone: str) -> datetime:
    """The moment at which the local month of `day` began."""
    return local_moment(day.replace(day=1), 0, zone)


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


def check_day(product: Product, day: date) -> None:
    """Refuses goods that spoil on any day but Friday."""
    if product.fridays_only and day.weekday() != FRIDAY:
        raise FridaysOnly(name=product.called)


def is_open(openings: list[Opening], at: datetime, zone: str, closed: Collection[date] = ()) -> bool:
    """The store is open at this moment; `closed` are days on which it stays closed."""
    local = at.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return local.date() not in closed and any(
        opening.starts_minute <= minute < opening.ends_minute
        and (opening.weekday == local.weekday() or opening.month_day == local.day)
        for opening in openings
    )


def next_openings(
    openings: list[Opening], from_on: date, until_on: date, closed: Collection[date] = ()
) -> list[tuple[date, Opening]]:
    """Each (local date, opening) in [from_on, until_on], in order: when a waiting order can be collected."""
    days = [from_on + timedelta(days=number) for number in range((until_on - from_on).days + 1)]
    days = [day for day in days if day not in closed]
    found = [(day, one) for day in days for one in openings if one.weekday == day.weekday() or one.month_day == day.day]
    return sorted(found, key=lambda pair: (pair[0], pair[1].starts_minute))
