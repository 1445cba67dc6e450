from collections.abc import Mapping
from datetime import date

import pytest

from volunteer_app.core.errors import BadInput
from volunteer_app.needs.catalogue import columns, delivered_kinds
from volunteer_app.needs.models import ActivityKind
from volunteer_app.needs.rules import (
    STEPS,
    SeatRules,
    WrongState,
    checked_rule,
    held_on,
    next_state,
    occurrences,
    person_tags,
    rule_words,
    seat_rules,
)
from volunteer_app.people.models import Person, PersonTag, VolunteerProfile

ON = date(2026, 10, 12)
CODES = {1: "G1", 2: "N03"}
KINDS: Mapping[str, ActivityKind] = {entry.code: ActivityKind(**columns(entry)) for entry in delivered_kinds()}


def person(birth_year: int | None = 1960, gender: str = "F") -> Person:
    return Person(gender=gender, birth_year=birth_year, grid_id=1, neighbourhood_id=2)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (16, {"under70"}),
        (17, {"under70"}),
        (18, {"under70", "adult"}),
        (69, {"under70", "adult"}),
        (70, {"adult"}),
        (74, {"adult"}),
        (75, {"adult", "age75plus"}),
        (None, {"under70", "adult"}),
    ],
)
def test_age_tags_change_on_the_birthday_year(age: int | None, expected: set[str]) -> None:
    tags = person_tags(person(None if age is None else 2026 - age), None, [], {}, ON)
    assert tags == expected | {"F"}


def test_person_counts_as_grid_skill_party_and_insured() -> None:
    tags = person_tags(
        person(1960, "M"),
        VolunteerProfile(insured_until=ON),
        [
            PersonTag(kind="identity", code="party_retired"),
            PersonTag(kind="skill", code="river", valid_until=ON),
            PersonTag(kind="skill", code="first_aid", valid_until=date(2026, 10, 11)),
        ],
        CODES,
        ON,
    )
    assert tags == {
        "M", "under70", "adult", "grid:G1", "neighbourhood:N03", "identity:party_retired", "party",
        "skill:river", "insured",
    }  # fmt: skip


def test_insurance_lapses() -> None:
    assert "insured" not in person_tags(person(), VolunteerProfile(insured_until=date(2026, 10, 11)), [], {}, ON)
    assert "insured" not in person_tags(person(), VolunteerProfile(insured_until=None), [], {}, ON)


# Who may take what: domain dossier §5.B and the scenario's description.
@pytest.mark.parametrize(
    ("code", "ends_minute", "requires", "bars", "mixes"),
    [
        ("daily_patrol", 630, ["grid:G1", "adult"], [], [{"tag": "under70", "at_least": 1}]),
        ("weekly_cleanup", 660, ["grid:G1"], [], []),
        ("festival_event", 1020, [], [], []),
        ("river_patrol", 540, ["skill:river", "adult", "insured"], ["age75plus"], []),
        ("fire_drill", 1230, ["adult", "under70", "insured"], ["age75plus"], []),
        ("fire_drill_aid", 1230, ["skill:first_aid", "adult", "insured"], ["age75plus"], []),
        ("fire_drill_log", 1230, ["adult", "insured"], ["age75plus"], []),
        ("study_delivery", 960, ["party", "adult"], [], []),
        ("elder_visit", 630, ["adult"], [], [{"tag": "M", "at_least": 1}]),
        (
            "monthly_review",
            960,
            ["adult"],
            [],
            [{"tag": "grid:G1", "at_least": 1}, {"tag": "grid:G2", "at_least": 1}],
        ),
        ("store_duty", 1020, ["adult"], [], []),
    ],
)
def test_seats_follow_the_kind(
    code: str, ends_minute: int, requires: list[str], bars: list[str], mixes: list[dict[str, object]]
) -> None:
    found = seat_rules(
        KINDS[code], ends_minute=ends_minute, grid_code="G1", grid_codes=["G1", "G2"], recipient_gender="M"
    )
    assert found == SeatRules(requires, bars, mixes)


@pytest.mark.parametrize(("ends_minute", "bars"), [(1080, []), (1081, ["age75plus"]), (1500, ["age75plus"])])
def test_nobody_of_75_is_out_after_18(ends_minute: int, bars: list[str]) -> None:
    assert seat_rules(KINDS["festival_event"], ends_minute=ends_minute).bars == bars


def test_mixes_of_the_shift_come_on_top() -> None:
    extra: dict[str, object] = {"tag": "identity:party_retired", "at_least": 1}
    found = seat_rules(KINDS["daily_patrol"], ends_minute=630, mixes=[extra])
    assert found.mixes == [{"tag": "under70", "at_least": 1}, extra]


def test_catalogue_has_the_dossiers_20_kinds_and_says_the_risk_of_each() -> None:
    assert len(KINDS) == 23  # 20 of §1.6, two more parts of the fire drill, anything else
    assert [kind.code for kind in KINDS.values() if not kind.risk_note or not kind.what] == []
    assert [kind.code for kind in KINDS.values() if kind.risk == "high" and not kind.needs_insurance] == []


@pytest.mark.parametrize("verb", STEPS)
def test_steps_start_only_where_they_may(verb: str) -> None:
    starts_from, leads_to = STEPS[verb]
    for state in ("draft", "submitted", "verified", "scheduled", "done", "evaluated", "cancelled"):
        if state in starts_from:
            assert next_state(state, verb) == leads_to
        else:
            with pytest.raises(WrongState):
                next_state(state, verb)


def test_daily_and_fortnightly_dates() -> None:
    october = {"from_on": date(2026, 10, 1), "to_on": date(2026, 10, 31)}
    assert len(occurrences("FREQ=DAILY", date(2026, 9, 1), **october)) == 31
    fortnightly = occurrences("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", date(2026, 10, 5), **october)
    assert [day.day for day in fortnightly] == [5, 19]
    review = occurrences("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 1, 1), **october)
    assert [day.day for day in review] == [30]


def test_clean_up_leaves_a_makeup_workday() -> None:
    types = {date(2026, 10, 10): "makeup_workday", date(2026, 10, 11): "rest"}
    saturday = date(2026, 10, 10)
    assert held_on(saturday, types, on_makeup="next_day", on_holiday="keep") == date(2026, 10, 11)
    assert held_on(saturday, types, on_makeup="skip", on_holiday="keep") is None
    assert held_on(saturday, types, on_makeup="keep", on_holiday="keep") == saturday


@pytest.mark.parametrize(
    "rule",
    ["", "SA", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;X=1", "FREQ=DAILY;COUNT=3"],
)
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(BadInput) as refused:
        checked_rule(rule)
    assert "rrule" in refused.value.fields


def test_rule_is_kept_in_its_usual_spelling() -> None:
    assert checked_rule(" rrule:freq=weekly;byday=sa ") == "FREQ=WEEKLY;BYDAY=SA"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "每天"),
        ("FREQ=DAILY;INTERVAL=3", "每3天"),
        ("FREQ=WEEKLY;BYDAY=TU,TH,SA", "每周 周二 周四 周六"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "每2周 周一"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "每月15日"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "每月最后一个周五"),
        ("FREQ=MONTHLY;BYDAY=4WE", "每月第4个 周三"),
        ("FREQ=YEARLY;BYMONTH=3", "FREQ=YEARLY;BYMONTH=3"),
    ],
)
def test_rule_is_said_in_words(rule: str, words: str) -> None:
    assert " ".join(str(text) for text in rule_words(rule)) == words
