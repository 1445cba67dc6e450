"""What the record decides without a database: numbers of certificates, refusals."""

from collections.abc import Callable

from volunteer_app.core.errors import Refused
from volunteer_app.core.ids import digits
from volunteer_app.core.language import N_

NOTICE_DAYS = 5
"""Working days on the board before a star is certified. Source: domain.md 2.4 (at least five)."""

CHECKED = 9
"""Digits of a certificate's number that are drawn; one more checks them."""


class StarNotReached(Refused):
    """Stars follow hours."""

    sentence = N_("时长还不够%(stars)d星，要%(hours)d小时。")


class StarInHand(Refused):
    """One application for a star at a time."""

    sentence = N_("这颗星已经申请过了。")


class StarNotThere(Refused):
    """The star isn't at the step that was asked for."""

    sentence = N_("这一步已经办过了，或者还没到。")


class NoticeNotOver(Refused):
    """The board first."""

    sentence = N_("公示到%(last)s，满了才能评定。")


class SecondPersonForStar(Refused):
    """Who puts it on the board doesn't certify it, and nobody his own."""

    sentence = N_("评定要另一位来，公示的人和本人都不行。")


class NothingServed(Refused):
    """A certificate of nothing."""

    sentence = N_("这段时间里没有公示期满的服务，开不了证明。")


class OwnRecord(Refused):
    """Nobody writes his own record."""

    sentence = N_("不能给自己和家人记，请另一位来。")


class AlreadyRevoked(Refused):
    """Once."""

    sentence = N_("这张证明已经作废了。")


class AlreadyVoided(Refused):
    """Once."""

    sentence = N_("这一条已经作废了。")


def new_number(draw: Callable[[int], str] = digits) -> str:
    """Ten digits in two groups, the last one a check digit: 48219-00736."""
    drawn = draw(CHECKED)
    whole = drawn + check_digit(drawn)
    return f"{whole[:5]}-{whole[5:]}"


def check_digit(drawn: str) -> str:
    """Luhn's: catches a wrong digit and two neighbours exchanged. Source: ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(drawn)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def read_number(typed: str) -> str | None:
    """The number as it is stored, however it was typed; None when it can't be one."""
    found = "".join(sign for sign in typed if sign.isdigit())
    if len(found) != CHECKED + 1 or not found.isascii() or check_digit(found[:-1]) != found[-1]:
        return None
    return f"{found[:5]}-{found[5:]}"
