"""What a day is, and which festival falls on it. Knows no database."""

from datetime import date, timedelta

from lunardate import LunarDate

from volunteer_app.core.language import N_, Text

WORKDAYS = frozenset({"workday", "makeup_workday"})
KIND_WORDS = {
    "statutory_holiday": N_("法定节假日"),
    "holiday_rest": N_("放假调休"),
    "makeup_workday": N_("调休上班"),
    "workday": N_("工作日"),
    "rest": N_("周末"),
}
# Lunar (month, day) -> name; the eve of the Spring Festival is found from the day after it.
FESTIVALS = {
    (1, 1): N_("春节"),
    (1, 15): N_("元宵节"),
    (5, 5): N_("端午节"),
    (7, 7): N_("七夕"),
    (8, 15): N_("中秋节"),
    (9, 9): N_("重阳节"),
    (12, 8): N_("腊八节"),
}
EVE = N_("除夕")
HOLIDAYS = (N_("元旦"), N_("清明节"), N_("劳动节"), N_("国庆节"), EVE, *FESTIVALS.values())
MAKEUP = "调休"


def is_rest(day_type: str) -> bool:
    """True on weekends and every day off of a holiday."""
    return day_type not in WORKDAYS


def plain_type(day: date) -> str:
    """What the weekday alone says: workday or rest."""
    return "workday" if day.weekday() < 5 else "rest"


def holiday_words(name: str) -> Text:
    """The name of a calendar day as a message: 国庆节, 国庆节调休; names that aren't ours stay as they are."""
    holiday = name.removesuffix(MAKEUP)
    if holiday not in HOLIDAYS:
        return Text("%(name)s", {"name": name})
    return Text(N_("%(holiday)s调休"), {"holiday": Text(holiday)}) if name.endswith(MAKEUP) else Text(holiday)


def festival(day: date) -> str:
    """The lunar festival's name (a message of the catalogue), empty on other days; leap months have none."""
    if lunar_of(day + timedelta(days=1)) == (1, 1):
        return EVE
    return FESTIVALS.get(lunar_of(day), "")


def lunar_of(day: date) -> tuple[int, int]:
    """(month, day) of the Chinese calendar; (0, 0) in a leap month."""
    moon = LunarDate.from_solar_date(day.year, day.month, day.day)
    return (0, 0) if moon.is_leap_month else (moon.month, moon.day)
