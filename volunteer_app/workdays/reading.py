"""Understanding dates and times as people type them. Knows no clock: "near" is handed in where a year is missing."""

import re
import unicodedata
from datetime import date, timedelta

FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
SHORT = re.compile(r"(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*[日号]?")
CLOCK = re.compile(
    r"(上午|早上|中午|下午|晚上)?\s*(\d{1,2})\s*(?:[:：.]\s*(\d{2})|[点时]\s*(半|一刻|三刻|(\d{1,2})\s*分?)?|$)"
)
EXCEL_SERIAL = re.compile(r"\d{5}(?:\.0+)?")
EXCEL_DAY_0 = date(1899, 12, 30)  # Excel counts days from here, with 1900 as a leap year
SPANS, SPAN = re.compile(r"[,;、\n]|和"), re.compile(r"\s*(?:[-–—~]|到|至)\s*")
QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}
LATER = ("下午", "晚上")


def plain(text: str) -> str:
    """Full-width digits, colons and blanks as ordinary ones; no blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def read_day(text: str, *, near: date) -> date | None:
    """2026-10-12, 2026/10/12, 2026.10.12, 2026年10月12日, 10月12日, an Excel serial; None when it is no date.

    Without a year it is the date nearest to `near`.
    """
    typed = plain(text).split(" 00:00")[0]
    if EXCEL_SERIAL.fullmatch(typed):
        return EXCEL_DAY_0 + timedelta(days=int(float(typed)))
    if found := FULL.fullmatch(typed):
        return day_of(*(int(part) for part in found.groups()))
    if found := SHORT.fullmatch(typed):
        month, day = (int(part) for part in found.groups())
        near_years = (day_of(near.year + step, month, day) for step in (0, -1, 1))
        possible = [one for one in near_years if one is not None]
        return min(possible, key=lambda one: abs(one - near), default=None)
    return None


def day_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_minute(text: str) -> int | None:
    """8:30, 08:30, 8：30, 8点半, 下午3点 as minutes since midnight; 24:00 is 1440; None when it is no time."""
    found = CLOCK.fullmatch(plain(text).removesuffix(":00") if plain(text).count(":") == 2 else plain(text))
    if not found:
        return None
    part, hour, minutes, words, spoken = found.groups()
    minute = int(minutes or spoken or QUARTERS.get(words or "", 0))
    total = int(hour) * 60 + minute + (720 if part in LATER and int(hour) < 12 else 0)
    return total if minute < 60 and total <= 1440 else None


def read_spans(text: str) -> list[tuple[int, int]] | None:
    """11:00-12:30，14点到15点半 as (starts, ends) in the order typed; None when a part of it is no span."""
    parts = [part for part in SPANS.split(plain(text)) if part.strip()]
    ends = [[read_minute(end) for end in SPAN.split(part)] for part in parts]
    if any(len(pair) != 2 or None in pair for pair in ends):
        return None
    return [(pair[0] or 0, pair[1] or 0) for pair in ends]


def minute_text(minute: int) -> str:
    """510 as 8:30; minutes past midnight count on, 1530 is 1:30."""
    return f"{minute // 60 % 24 if minute != 1440 else 24}:{minute % 60:02d}"
