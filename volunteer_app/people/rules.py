"""Pure decisions about people: limits by age band, names that don't give anybody away."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WeekLimits:
    """Most shifts and minutes in an ISO week."""

    shifts_week: int
    minutes_week: int


def limits_by_age(age: int | None) -> WeekLimits:
    """The delivered limits; each person's own can be edited. Source: domain.md 5.B, age limits [D].

    56-69: 5 shifts, 10 h; 70-74: 3, 6 h; 75-79: 2, 4 h; 80 and over: 1, 2 h; everybody younger (employed,
    students, minors) and those of unknown age: 2, 6 h.
    """
    if age is None or age < 56:
        return WeekLimits(2, 360)
    if age < 70:
        return WeekLimits(5, 600)
    if age < 75:
        return WeekLimits(3, 360)
    if age < 80:
        return WeekLimits(2, 240)
    return WeekLimits(1, 120)


def age_band(age: int | None) -> str:
    """The band that lists show in place of the age: 16-17, 18-55, 56-69, 70-74, 75-79, 80+; empty when unknown."""
    if age is None:
        return ""
    for least, most in ((0, 17), (18, 55), (56, 69), (70, 74), (75, 79)):
        if least <= age <= most:
            return f"{least}–{most}" if least else f"≤{most}"
    return "80+"
