"""Points: every vector of scenario 5.B, the October total, and the rules at their edges."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from volunteer_app.attendance.rules import actual_minutes, credited_minutes
from volunteer_app.core.clock import local_moment
from volunteer_app.rewards.queries import reason_texts
from volunteer_app.rewards.rules import DEFAULT, Rules, Service, Worth, expires_at, from_json, stars_for, to_json, worth

ZONE = "Asia/Shanghai"
MONDAY = date(2026, 10, 12)
SLOTS = Path(__file__).parents[3].parent / "shared/data/scenarios/b_slots_2026-10.csv"


def at(clock: str, day: date = MONDAY) -> datetime:
    hour, minute = clock.split(":")
    return local_moment(day, int(hour) * 60 + int(minute), ZONE)


def service(planned: str, *, day: date = MONDAY, credited: int | None = None, **more: object) -> Service:
    starts, ends = (at(clock, day) for clock in planned.split("–"))
    length = int((ends - starts).total_seconds()) // 60
    return Service(length if credited is None else credited, starts, ends, **more)  # type: ignore[arg-type]


VECTORS = [
    # planned, in, out, more, already today -> actual, credited, coefficient, points
    ("early and late ignored", "8:30–10:30", "8:25", "10:32", {}, 0, (120, 120, 100, 20)),
    ("11 min late", "8:30–10:30", "8:41", "10:30", {}, 0, (109, 90, 100, 15)),
    ("leaves at 65 %", "8:30–10:30", "8:30", "9:48", {}, 0, (78, 60, 100, 10)),
    ("leaves at 58 %", "8:30–10:30", "8:30", "9:40", {}, 0, (70, 0, 100, 0)),
    ("evening drill", "18:30–20:30", "18:30", "20:30", {}, 0, (120, 120, 120, 24)),
    ("statutory holiday", "8:30–10:30", "8:30", "10:30", {"day_type": "statutory_holiday"}, 0, (120, 120, 150, 30)),
    (
        "holiday and leader",
        "8:30–10:30",
        "8:30",
        "10:30",
        {"day_type": "statutory_holiday", "leads": True},
        0,
        (120, 120, 150, 30),
    ),
    ("leader, ordinary", "8:30–10:30", "8:30", "10:30", {"leads": True}, 0, (120, 120, 120, 24)),
    ("river", "7:30–9:00", "7:30", "9:00", {"level": "L2"}, 0, (90, 90, 120, 18)),
    ("festival", "14:00–17:00", "14:00", "17:00", {"day_type": "rest"}, 0, (180, 180, 100, 30)),
    ("daily cap, 50 already", "18:30–20:30", "18:30", "20:30", {}, 50, (120, 120, 120, 10)),
]


@pytest.mark.parametrize(
    ("reasons", "pct", "said"),
    [
        (("statutory_holiday",), 150, ["法定节假日，按1.5倍"]),
        (("statutory_holiday", "leader"), 150, ["法定节假日，按1.5倍"]),
        (("ordinary", "leader"), 120, ["平常日子", "带队，多记20个百分点"]),
        (("evening", "leader"), 140, ["晚上的班，按1.2倍", "带队，多记20个百分点"]),
        (("kind_L3", "leader", "day_cap"), 150, ["难度高的服务，按1.5倍", "一天最多60分"]),
        (("employed",), 150, ["在岗工作，不计积分"]),
    ],
)
def test_words_name_the_levels_own_coefficient_and_what_a_leader_adds(
    reasons: tuple[str, ...], pct: int, said: list[str]
) -> None:
    assert [str(text) for text in reason_texts(reasons, pct, DEFAULT)] == said


def test_a_leader_adds_what_the_highest_coefficient_leaves() -> None:
    steep = replace(DEFAULT, levels_pct={"L1": 100, "L2": 140, "L3": 150})
    said = [str(text) for text in reason_texts(("evening", "leader"), 150, steep)]
    assert said == ["晚上的班，按1.4倍", "带队，多记10个百分点"]


@pytest.mark.parametrize(
    ("planned", "arrived", "left", "more", "already", "expected"),
    [vector[1:] for vector in VECTORS],
    ids=[vector[0] for vector in VECTORS],
)
def test_points_vectors(
    planned: str, arrived: str, left: str, more: dict[str, object], already: int, expected: tuple[int, int, int, int]
) -> None:
    starts, ends = (at(clock) for clock in planned.split("–"))
    minutes = actual_minutes(starts, ends, at(arrived), at(left))
    credited = credited_minutes(minutes, int((ends - starts).total_seconds()) // 60)
    found = worth(DEFAULT, service(planned, credited=credited, **more), zone=ZONE, day_so_far=already)
    assert (minutes, credited, found.coefficient_pct, found.points) == expected


def test_the_highest_level_counts_and_never_a_product() -> None:
    found = worth(DEFAULT, service("18:30–20:30", level="L2", day_type="holiday_rest"), zone=ZONE)
    assert found == Worth(120, 24, 24, ("kind_L2",))


def test_urgent_help_and_night_are_the_third_level() -> None:
    urgent = worth(DEFAULT, service("8:45–9:45", emergency=True), zone=ZONE)
    night = Service(120, at("23:00"), at("7:00", date(2026, 10, 13)))
    assert (urgent.coefficient_pct, urgent.points) == (150, 15)
    assert (worth(DEFAULT, night, zone=ZONE).coefficient_pct) == 150


@pytest.mark.parametrize(
    ("starts", "ends", "ends_on", "pct"),
    [
        ("15:00", "17:00", MONDAY, 100),
        ("17:00", "19:59", MONDAY, 100),  # 89 of 179 minutes are evening: less than half
        ("17:00", "20:00", MONDAY, 120),  # 90 of 180: half
        ("17:30", "1:00", date(2026, 10, 13), 120),  # 6.5 of 7.5 hours after 18:30, 2 of 7.5 in the night
        ("1:00", "6:30", MONDAY, 150),
        ("6:30", "11:30", MONDAY, 100),
    ],
)
def test_a_turn_belongs_to_the_part_of_the_day_that_holds_half_of_it(
    starts: str, ends: str, ends_on: date, pct: int
) -> None:
    found = worth(DEFAULT, Service(120, at(starts), at(ends, ends_on)), zone=ZONE)
    assert found.coefficient_pct == pct


def test_monthly_cap_leaves_the_rest() -> None:
    found = worth(DEFAULT, service("8:30–10:30"), zone=ZONE, month_so_far=595)
    assert (found.uncapped, found.points, found.reasons) == (20, 5, ("ordinary", "month_cap"))


def test_one_activity_has_a_cap_of_its_own() -> None:
    tight = replace(Rules(), activity_cap=12)
    found = worth(tight, service("8:30–10:30"), zone=ZONE)
    assert (found.uncapped, found.points, found.reasons) == (20, 12, ("ordinary", "activity_cap"))
    assert worth(tight, service("8:30–10:30"), zone=ZONE, day_so_far=55).reasons == ("ordinary", "day_cap")


def test_nothing_more_after_the_daily_cap() -> None:
    found = worth(DEFAULT, service("8:30–10:30"), zone=ZONE, day_so_far=60)
    assert (found.points, found.reasons) == (0, ("ordinary", "day_cap"))


def test_employed_wardens_on_duty_earn_nothing() -> None:
    found = worth(DEFAULT, service("8:30–10:30", employed=True, emergency=True), zone=ZONE)
    assert (found.points, found.reasons) == (0, ("employed",))


def test_half_a_point_is_dropped() -> None:
    # 30 minutes at 150 % are 7.5 points
    assert worth(DEFAULT, service("8:30–9:00", day_type="statutory_holiday"), zone=ZONE).points == 7


def test_points_of_december_run_out_with_december_two_years_later() -> None:
    earned = datetime(2024, 12, 10, 2, 0, tzinfo=UTC)
    assert expires_at(earned, DEFAULT, ZONE) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def test_the_month_of_earning_is_the_local_one() -> None:
    # 30 November 16:30 UTC is already 1 December in Shanghai
    assert expires_at(datetime(2024, 11, 30, 16, 30, tzinfo=UTC), DEFAULT, ZONE) == datetime(
        2026, 12, 31, 16, 0, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("hours", "stars"), [(99, 0), (100, 1), (299, 1), (300, 2), (600, 3), (1000, 4), (1499, 4), (1500, 5)]
)
def test_stars(hours: int, stars: int) -> None:
    assert stars_for(hours * 60, DEFAULT) == stars


def test_rules_survive_their_storage() -> None:
    changed = replace(Rules(), day_cap=80, evening=(19 * 60, 31 * 60), star_hours=(10, 20, 30, 40, 50))
    assert from_json(to_json(changed)) == changed


LEVELS = {"elder_visit": "L2", "river_patrol": "L2", "fire_drill": "L2", "fire_drill_aid": "L2", "fire_drill_log": "L2"}
DAY_TYPES = {"weekend": "rest"}


def points_of_seats(rows: list[dict[str, str]]) -> int:
    """Every seat attended in full, no leader, no cap."""
    total = 0
    for row in rows:
        planned = f"{row['start']}–{row['end']}"
        done = service(
            planned,
            day=date.fromisoformat(row["date"]),
            level=LEVELS.get(row["kind"], "L1"),
            day_type=DAY_TYPES.get(row["day_type"], row["day_type"]),
        )
        total += worth(DEFAULT, done, zone=ZONE).uncapped * int(row["need"])
    return total


def test_a_small_month_by_hand() -> None:
    rows = [
        # 2 x 30 on 1 October, 2 x 12 for a visit, 6 x 20 for a Saturday clean-up, 2 x 24 on a rest day of the holiday
        ("2026-10-01", "daily_patrol", "08:30", "10:30", "2", "statutory_holiday"),
        ("2026-10-08", "elder_visit", "09:30", "10:30", "2", "workday"),
        ("2026-10-17", "weekly_cleanup", "09:00", "11:00", "6", "weekend"),
        ("2026-10-04", "daily_patrol", "15:00", "17:00", "2", "holiday_rest"),
    ]
    names = ("date", "kind", "start", "end", "need", "day_type")
    assert points_of_seats([dict(zip(names, row, strict=True)) for row in rows]) == 60 + 24 + 120 + 48


@pytest.mark.skipif(not SLOTS.exists(), reason=f"the October scenario's file is not here: {SLOTS.name}")
def test_all_of_october_is_15_725_points() -> None:
    with SLOTS.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["need"]) for row in rows) == 754
    assert points_of_seats(rows) == 15_725
