"""How dates, times, amounts and names are written on pages, in Chinese and in English.

Every function is pure and takes the language ("zh" or "en"); `init_app` wraps them as template filters that
write in the language of the page. This file knows nothing of requests, rows or time zones: moments come in
already in the community's own zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from lunardate import LunarDate
from markupsafe import Markup, escape

from volunteer_app.core.language import N_
from volunteer_app.web.names import initial, masked_name, masked_text, person_name, place_name

THIN = "\u202f"  # narrow no-break space: between thousands, before % and after a sign
MINUS = "\u2212"
OWN_LANGUAGE = N_("zh")  # each catalogue answers with its own language

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
LUNAR_MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
LUNAR_DIGITS = "十一二三四五六七八九"
PARTS = {"morning": "上午", "afternoon": "下午", "evening": "晚上"}
GREETINGS = (
    (11, "早上好", "Good morning"),
    (13, "中午好", "Good day"),
    (18, "下午好", "Good afternoon"),
    (24, "晚上好", "Good evening"),
)


# Days


def weekday(day: date, language: str) -> str:
    """周二 / Tue."""
    return "周" + WEEKDAYS_ZH[day.weekday()] if language == "zh" else WEEKDAYS_EN[day.weekday()][:3]


def weekday_long(day: date, language: str) -> str:
    """星期二 / Tuesday."""
    return "星期" + WEEKDAYS_ZH[day.weekday()] if language == "zh" else WEEKDAYS_EN[day.weekday()]


def weekday_sign(day: date, language: str) -> str:
    """One character for narrow heads: 二 / Tu."""
    return WEEKDAYS_ZH[day.weekday()] if language == "zh" else WEEKDAYS_EN[day.weekday()][:2]


def every_weekday(day: date, language: str) -> str:
    """每周二 / Tuesdays."""
    return "每" + weekday(day, language) if language == "zh" else weekday_long(day, language) + "s"


def every_month_day(number: int, language: str) -> str:
    """每月15日 / the 15th of each month."""
    if language == "zh":
        return f"每月{number}日"
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"the {number}{ending} of each month"


def month_name(day: date, language: str) -> str:
    """10月 / Oct."""
    return f"{day.month}月" if language == "zh" else MONTHS_EN[day.month - 1][:3]


def month_long(day: date, language: str) -> str:
    """10月 / October."""
    return f"{day.month}月" if language == "zh" else MONTHS_EN[day.month - 1]


def month_year(day: date, language: str) -> str:
    """2026年10月 / October 2026."""
    return f"{day.year}年{day.month}月" if language == "zh" else f"{MONTHS_EN[day.month - 1]} {day.year}"


def day_number(day: date, language: str) -> str:
    """13日 / 13 Oct: a day whose month is plain from the sentence in Chinese."""
    return f"{day.day}日" if language == "zh" else f"{day.day} {month_name(day, language)}"


def date_short(day: date, language: str) -> str:
    """10月13日 / 13 October."""
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS_EN[day.month - 1]}"


def date_full(day: date, language: str) -> str:
    """2026年10月13日 / 13 October 2026."""
    return f"{day.year}年{date_short(day, language)}" if language == "zh" else f"{date_short(day, language)} {day.year}"


def date_weekday(day: date, language: str) -> str:
    """10月13日 周二 / Tuesday 13 October."""
    if language == "zh":
        return f"{date_short(day, language)} {weekday(day, language)}"
    return f"{weekday_long(day, language)} {date_short(day, language)}"


def day_weekday(day: date, language: str) -> str:
    """13日 周二 / Tue 13 Oct."""
    if language == "zh":
        return f"{day.day}日 {weekday(day, language)}"
    return f"{weekday(day, language)} {day_number(day, language)}"


def date_range(days: tuple[date, date], language: str) -> str:
    """10月12日到18日, 10月28日到11月3日 / 12–18 October, 28 October–3 November. Both days are included."""
    first, last = days
    same_month = (first.year, first.month) == (last.year, last.month)
    if language == "zh":
        return f"{date_short(first, language)}到" + (f"{last.day}日" if same_month else date_short(last, language))
    return (str(first.day) if same_month else date_short(first, language)) + "–" + date_short(last, language)


def weekday_range(days: tuple[date, date], language: str) -> str:
    """周二到周日 / Tue to Sun."""
    first, last = (weekday(day, language) for day in days)
    if days[0] == days[1]:
        return first
    return f"{first}到{last}" if language == "zh" else f"{first} to {last}"


def lunar(day: date, language: str) -> str:
    """九月初四, 闰六月廿三; nothing in English."""
    if language != "zh":
        return ""
    moon = LunarDate.from_solar_date(day.year, day.month, day.day)
    leap = "闰" if moon.is_leap_month else ""
    return f"{leap}{LUNAR_MONTHS[moon.month - 1]}月{_lunar_day(moon.day)}"


def _lunar_day(number: int) -> str:
    tens, ones = divmod(number, 10)
    if ones == 0:
        return ("初十", "二十", "三十")[tens - 1]
    return ("初", "十", "廿")[tens] + LUNAR_DIGITS[ones]


# Times


def day_part(moment: datetime | time, language: str) -> str:
    """上午 before 12, 下午 before 18, 晚上 / morning, afternoon, evening."""
    part = "morning" if moment.hour < 12 else "afternoon" if moment.hour < 18 else "evening"
    return PARTS[part] if language == "zh" else part


def when_words(starts_at: datetime, now: datetime, language: str) -> str:
    """今天上午, 明天上午, 后天下午, else 10月20日 周二上午 / Tomorrow morning, else Tuesday 20 October, morning."""
    part = day_part(starts_at, language)
    away = (starts_at.date() - now.date()).days
    if language == "zh":
        near = {0: "今天", 1: "明天", 2: "后天"}.get(away)
        return near + part if near else date_weekday(starts_at, language) + part
    if away == 0:
        return f"This {part}"
    if away == 1:
        return f"Tomorrow {part}"
    return f"{date_weekday(starts_at, language)}, {part}"


def clock_words(moment: datetime | time, language: str) -> str:
    """8点半, 3点, 8点10分 (twelve hours, the part of the day stands before it) / 8:30, 15:00."""
    if language != "zh":
        return time_hm(moment)
    hour = moment.hour if moment.hour <= 12 else moment.hour - 12
    minutes = {0: "", 30: "半"}.get(moment.minute, f"{'零' if moment.minute < 10 else ''}{moment.minute}分")
    return f"{hour}点{minutes}"


def time_words(span: tuple[datetime, datetime] | tuple[time, time], language: str) -> str:
    """8点半到10点半, 10点到下午2点, 10点到第二天早上6点 / 8:30–10:30, 22:00–6:00 next day."""
    starts, ends = span
    if isinstance(starts, datetime) and isinstance(ends, datetime) and ends.date() > starts.date():
        return time_words_over_midnight(starts, ends, language)
    if language != "zh":
        return time_range(span)
    on_edge = ends.minute == 0 and ends.hour in (12, 18)
    crossed = day_part(starts, language) != day_part(ends, language) and not on_edge
    part = day_part(ends, language) if crossed else ""
    return f"{clock_words(starts, language)}到{part}{clock_words(ends, language)}"


def time_words_over_midnight(starts: datetime, ends: datetime, language: str) -> str:
    is_midnight = (ends.hour, ends.minute) == (0, 0)
    if language != "zh":
        return f"{time_hm(starts)}–24:00" if is_midnight else f"{time_range((starts, ends))} next day"
    end = (
        "半夜12点"
        if is_midnight
        else f"第二天{'早上' if ends.hour < 12 else day_part(ends, language)}{clock_words(ends, language)}"
    )
    return f"{clock_words(starts, language)}到{end}"


def part_time_words(span: tuple[datetime, datetime], language: str) -> str:
    """上午 9点到11点 / Morning, 9:00–11:00."""
    part = day_part(span[0], language)
    words = time_words(span, language)
    return f"{part} {words}" if language == "zh" else f"{part.capitalize()}, {words}"


def time_hm(moment: datetime | time) -> str:
    """8:30, 15:00: for tables and sentences."""
    return f"{moment.hour}:{moment.minute:02d}"


def time_field(moment: datetime | time | None) -> str:
    """08:30: what a time field shows; empty when there is no time."""
    return f"{moment.hour:02d}:{moment.minute:02d}" if moment else ""


def time_range(span: tuple[datetime, datetime] | tuple[time, time]) -> str:
    """8:30–10:30."""
    return f"{time_hm(span[0])}–{time_hm(span[1])}"


def greeting(now: datetime, name: str, language: str) -> str:
    """姚文娟，早上好 before 11, 中午好 before 13, 下午好 before 18, 晚上好 / Good morning, Yao Wenjuan."""
    chinese, english = next((zh, en) for until, zh, en in GREETINGS if now.hour < until)
    if language == "zh":
        return f"{name}，{chinese}"
    return f"{english}, {person_name(name, language)}"


# Amounts


def number(amount: int) -> str:
    """15 725: thousands apart by a narrow no-break space, a true minus sign."""
    digits = f"{abs(amount):,}".replace(",", THIN)
    return MINUS + digits if amount < 0 else digits


def signed(amount: int) -> str:
    """+ 155, − 55: a movement in the passbook."""
    if amount == 0:
        return "0"
    return ("+" if amount > 0 else MINUS) + THIN + number(abs(amount))


def points(amount: int, language: str) -> str:
    """30分 / 30 points."""
    if language == "zh":
        return f"{number(amount)}分"
    return f"{number(amount)} point" + ("" if abs(amount) == 1 else "s")


def percent(share: float, *, places: int = 0) -> str:
    """0.258 with one place: 25.8 %."""
    return f"{share * 100:.{places}f}{THIN}%"


def hours(minutes: int, language: str) -> str:
    """8小时, 1.5小时, 486小时12分, 45分钟 / 8 h, 1.5 h, 486 h 12 min, 45 min."""
    whole, rest = divmod(minutes, 60)
    hour, minute, both = ("小时", "分钟", "分") if language == "zh" else (" h", " min", " min")
    if minutes and whole == 0 and rest != 30:
        return f"{rest}{minute}"
    if rest in (0, 30):
        return f"{number(whole)}{'.5' if rest else ''}{hour}"
    return f"{number(whole)}{hour}{'' if language == 'zh' else ' '}{rest}{both}"


def hours_parts(minutes: int, language: str) -> tuple[tuple[str, str], ...]:
    """Number and unit apart, for large figures: 29 172 minutes are ("486", "小时"), ("12", "分")."""
    whole, rest = divmod(minutes, 60)
    hour, minute = ("小时", "分") if language == "zh" else (("hour" if whole == 1 else "hours"), "min")
    if rest in (0, 30):
        return ((number(whole) + (".5" if rest else ""), hour),)
    return ((number(whole), hour), (str(rest), minute)) if whole else ((str(rest), minute),)


def load_hours(minutes: tuple[int, int], language: str) -> str:
    """Load against the own limit: 6/10 小时, 4.5/6 小时 / 6/10 h."""
    used, limit = (f"{value / 60:.1f}".removesuffix(".0") for value in minutes)
    return f"{used}/{limit} " + ("小时" if language == "zh" else "h")


def code_digits(code: str) -> Markup:
    """418 206 in sight, read out digit by digit."""
    half = (len(code) + 1) // 2
    shown = f"{code[:half]}\u00a0{code[half:]}"
    return Markup('<span aria-hidden="true">{}</span><span class="y-hidden">{}</span>').format(shown, " ".join(code))


# Lists


def listed(words: Sequence[str], language: str) -> Markup:
    """一、二、三 / one, two, three."""
    return Markup("、" if language == "zh" else ", ").join(escape(word) for word in words)


WRONG_FIELD = re.compile(
    r'<p class="y-field-error" id="([^"]+)-error" data-label="([^"]*)">.*?<span>(.*?)</span></p>', re.DOTALL
)


def wrong_fields(drawn: str) -> list[tuple[Markup, str]]:
    """(field and sentence, link to it) of everything that components/field_error.html marked in a drawn page."""
    found = {f"#{key}": (Markup(label), Markup(error)) for key, label, error in WRONG_FIELD.findall(drawn)}
    return [(Markup("<b>{}</b> {}").format(*words), address) for address, words in found.items()]


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        weekday, weekday_long, weekday_sign, every_weekday, every_month_day, month_name, month_long, month_year,
        day_number, date_short, date_full, date_weekday, day_weekday, date_range, weekday_range, lunar, day_part,
        when_words, clock_words, time_words, part_time_words, greeting, points, hours, hours_parts, load_hours,
        person_name, place_name, masked_text, masked_name, initial, listed,
    )
}  # fmt: skip


def init_app(app: Flask) -> None:
    """Register every filter; each writes in the language of the page's own catalogue."""
    for name, function in FILTERS.items():
        app.jinja_env.filters[name] = _in_page_language(function)
    for plain in (time_hm, time_field, time_range, number, signed, percent, code_digits, wrong_fields):
        app.jinja_env.filters[plain.__name__] = plain


def _in_page_language(function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def written(context: Context, value: Any, *more: Any, **options: Any) -> Any:
        return function(value, *more, language=page_language(context), **options)

    return written


def page_language(context: Context) -> str:
    """The catalogue itself says which language it is, so words and dates on a page can't disagree."""
    return str(context.call(context.resolve("gettext"), OWN_LANGUAGE))
