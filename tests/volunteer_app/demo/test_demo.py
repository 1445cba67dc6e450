"""One test is the product: needs, roster, attendance, notice, points, store, from start to end, on both databases."""

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.october import Played, october, play_into
from volunteer_app.core.clock import local_minute
from volunteer_app.demo import community
from volunteer_app.demo.files import rows
from volunteer_app.demo.stage import moment
from volunteer_app.needs.models import ActivityKind, Shift
from volunteer_app.places.models import Area

SCENARIO = Path(__file__).parents[4] / "shared" / "data" / "scenarios" / "b_slots_2026-10.csv"


def check(played: Played) -> None:
    assert played.right, played.printed
    assert "754/754" in played.printed
    assert "11/11" in played.printed
    assert "books verified" in played.printed


def test_the_month_comes_out_right_on_sqlite(shared_folder: Path) -> None:
    _made, played = october(shared_folder)
    check(played)


def test_the_month_comes_out_right_on_postgres(postgres_url: str) -> None:
    check(play_into(postgres_url))


def test_october_is_the_scenario_seat_for_seat(session: Session) -> None:
    """326 shifts and 754 seats, each with the scenario's kind, date, times, grid, seats and priority."""
    founded = community.found(session, now=moment("09-28 09:00"))
    grids = {area.id: area.code for area in session.scalars(select(Area).where(Area.kind == "grid"))}
    shifts = session.execute(
        select(Shift, ActivityKind.code).join(ActivityKind, ActivityKind.id == Shift.kind_id)
    ).all()
    assert founded.community_id
    assert (len(shifts), sum(shift.target for shift, _kind in shifts)) == (326, 754)
    if not SCENARIO.exists():
        pytest.skip(f"the scenario's file is not here: {SCENARIO.name}")
    made = sorted(
        (kind, shift.starts_on, clock(shift.starts_at), grids.get(shift.grid_id, "ALL"), shift.target, shift.priority)
        for shift, kind in shifts
    )
    with SCENARIO.open(encoding="utf-8-sig") as file:
        wanted = sorted(
            (row["kind"], date.fromisoformat(row["date"]), row["start"], row["grid"], *numbers(row))
            for row in csv.DictReader(file)
        )
    assert made == wanted


def numbers(row: dict[str, str]) -> tuple[int, int]:
    return int(row["need"]), int(row["priority"])


def clock(at: object) -> str:
    minute = local_minute(at, "Asia/Shanghai")  # type: ignore[arg-type]
    return f"{minute // 60:02d}:{minute % 60:02d}"


def test_the_mean_age_is_65() -> None:
    """Source: domain.md 5.B, ages sum to 4 680 over 72 people."""
    ages = [2026 - int(row["birth_year"]) for row in rows("volunteers")]
    assert (len(ages), sum(ages)) == (72, 4680)
