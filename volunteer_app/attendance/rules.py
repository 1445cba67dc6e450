"""What counts as having been there. Pure: moments in, minutes and words out. Knows no database, no points."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from volunteer_app.core.clock import local_moment
from volunteer_app.core.errors import NotFound, Refused
from volunteer_app.core.language import N_, Text

HALF_HOUR = 30
LEAST_SHARE_PCT = 60  # Source: domain.md 2.2 [S:R26], default rule 3 of 2.9
EARLY_MIN = 30  # Source: PAGES.md 5.1
LATE_SIGN_OUT_MIN = 60
CODE_DIGITS = 4
TIME = re.compile(r"(\d{1,2})(?:[:.]|点|时)(\d{1,2})?分?|(\d{2})(\d{2})")


class NotATime(Refused):
    """Written in a way that nobody can read."""

    status = 422
    sentence = N_("看不懂这个时间，写成 8:30。")


class OutBeforeIn(Refused):
    status = 422
    sentence = N_("签退比签到早。")


class InMissing(Refused):
    status = 422
    sentence = N_("有签退，没有签到。")


class OutMissing(Refused):
    status = 422
    sentence = N_("有签到，没有签退。")


class NotYet(Refused):
    """Sign-in opens half an hour before the turn."""

    sentence = N_("还早呢，%(opens)s以后再签到。")


class TurnOver(Refused):
    sentence = N_("这一班已经结束了，请打电话给社区，工作人员会帮您补上。")


class NotSignedInYet(Refused):
    sentence = N_("还没有签到，先签到再签退。")


class TooLateToSignOut(Refused):
    sentence = N_("过了签退的时间，请打电话给社区，工作人员会帮您补上。")


PARTS = ("上午", "早上", "中午", "下午", "晚上", "半夜", "凌晨")
LATE_EVENING = 5
"""晚上1点 is after midnight, 晚上5点 isn't."""


def parse_time(typed: str) -> int:
    """Minute of the day, [0, 1440), of 8:30, 8.30, 0830, 8点半, 8点, 下午3点, 晚上12点, in half or full width; else
    NotATime.
    """
    text = unicodedata.normalize("NFKC", typed).replace(" ", "").replace("点半", "点30").replace("点整", "点")
    part = next((word for word in PARTS if text.startswith(word)), "")
    text = text.removeprefix(part)
    found = TIME.fullmatch(text)
    if found is None:
        raise NotATime
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    if hour == 12 and part in ("晚上", "半夜", "凌晨"):
        hour = 0
    elif hour < 12 and (
        part == "下午" or (part == "晚上" and hour >= LATE_EVENING) or (part == "中午" and hour < LATE_EVENING)
    ):
        hour += 12
    if hour > 23 or minute > 59 or (found[2] is None and found[3] is None and text[-1] in ":."):
        raise NotATime
    return hour * 60 + minute


def day_named(address: str) -> date:
    """The day of an address like 2026-10-12; NotFound for anything else."""
    try:
        return date.fromisoformat(address)
    except ValueError as error:
        raise NotFound from error


def moment_near(day: date, minute: int, *, planned: datetime, zone: str) -> datetime:
    """The moment with this clock time nearest to the planned one, for turns that run over midnight."""
    candidates = [local_moment(day + timedelta(days=shift), minute, zone) for shift in (0, 1)]
    return min(candidates, key=lambda moment: abs(moment - planned))


def actual_minutes(starts_at: datetime, ends_at: datetime, arrived: datetime, left: datetime) -> int:
    """Whole minutes of [arrived, left) inside the planned [starts_at, ends_at). Early and late don't count."""
    inside = min(ends_at, left) - max(starts_at, arrived)
    return max(0, int(inside.total_seconds()) // 60)


def is_enough(minutes: int, planned_min: int) -> bool:
    """At least 60 % of the planned time; less goes to review."""
    return minutes * 100 >= planned_min * LEAST_SHARE_PCT


def full_half_hours(minutes: int) -> int:
    """Minutes in full half-hours: 109 gives 90."""
    return minutes // HALF_HOUR * HALF_HOUR


def credited_minutes(minutes: int, planned_min: int, *, in_full: bool = False) -> int:
    """What makes points: full half-hours, nothing under 60 % unless staff decided otherwise (`in_full`)."""
    return full_half_hours(minutes) if in_full or is_enough(minutes, planned_min) else 0


@dataclass(frozen=True, slots=True)
class Served:
    """How a row reads: minutes that count, minutes that make points, and whether somebody must look at it.

    `remark` is a sentence; `kind` is the chip's: yes, info, wait, line.
    """

    minutes: int | None
    credited: int | None
    check: bool
    remark: Text
    kind: str


def judge(
    starts_at: datetime,
    ends_at: datetime,
    *,
    arrived: datetime | None,
    left: datetime | None,
    verdict: str | None = None,
) -> Served:
    """One row of the sheet, from its two times and staff's decision."""
    planned = int((ends_at - starts_at).total_seconds()) // 60
    if arrived is None:
        return Served(None, None, True, Text(N_("还没有记")), "wait")
    if left is None:
        return Served(None, None, True, Text(N_("缺签退时间")), "wait")
    minutes = actual_minutes(starts_at, ends_at, arrived, left)
    credited = credited_minutes(minutes, planned, in_full=verdict == "in_full")
    if not is_enough(minutes, planned):
        return short_service(minutes, planned, credited, verdict)
    return Served(minutes, credited, False, *punctual(starts_at, ends_at, arrived, left))


def short_service(minutes: int, planned: int, credited: int, verdict: str | None) -> Served:
    """Under 60 %: to be checked until staff have decided."""
    pct: dict[str, object] = {"pct": minutes * 100 // planned}
    if verdict == "hours_only":
        return Served(minutes, 0, False, Text(N_("做了%(pct)d %%，只记时长"), pct), "info")
    if verdict == "in_full":
        return Served(minutes, credited, False, Text(N_("做了%(pct)d %%，核对过，照计"), pct), "info")
    return Served(minutes, 0, True, Text(N_("做了%(pct)d %%，待核对"), pct), "wait")


def punctual(starts_at: datetime, ends_at: datetime, arrived: datetime, left: datetime) -> tuple[Text, str]:
    late = int((arrived - starts_at).total_seconds()) // 60
    if left < ends_at:
        return Text(N_("提前走")), "info"
    if late > 0:
        return Text(N_("晚%(late)d分钟"), {"late": late}), "info"
    return Text(N_("齐")), "yes"


def code_of(secret: str, community_id: int, day: date, post_id: int | None) -> str:
    """The four digits that stand on the wall of a post on a day; nothing is stored, another day has another code."""
    message = f"sign-in:{community_id}:{day.isoformat()}:{post_id or 0}".encode()
    number = int.from_bytes(hmac.new(secret.encode(), message, hashlib.sha256).digest()[:8])
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def sign_in_opens(starts_at: datetime) -> datetime:
    return starts_at - timedelta(minutes=EARLY_MIN)


def sign_out_closes(ends_at: datetime) -> datetime:
    return ends_at + timedelta(minutes=LATE_SIGN_OUT_MIN)
