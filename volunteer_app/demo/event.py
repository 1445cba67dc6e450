"""An event that the product was not made for: its file of needs, invented volunteers, one roster."""

import random
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.availability import actions as availability
from volunteer_app.availability.rules import FinerEntry
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import in_transaction, scope
from volunteer_app.demo.rostering import solve_live
from volunteer_app.demo.run import fresh_app, show_roster
from volunteer_app.demo.stage import moment
from volunteer_app.needs.catalogue import load_kinds
from volunteer_app.needs.importing import import_needs
from volunteer_app.needs.models import Shift
from volunteer_app.people import actions as people
from volunteer_app.places.actions import found_community
from volunteer_app.rosters import actions as rosters
from volunteer_app.rosters.models import RosterRun
from volunteer_app.web.database import db

SEED = 20270130
PARTS = ((0, 1, 2), (0, 1), (1, 2), (1,))
"""Whole day, until the evening, from noon, the afternoon: parts of a day as the squares have them."""
NIGHT = (21 * 60, 24 * 60)
LIMITS = {"max_shifts_week": 8, "max_minutes_week": 24 * 60, "max_shifts_day": 3, "max_minutes_day": 10 * 60}
AT = "11-09 08:05"


def run_event(path: Path, *, day0: date, people: int, seconds: int) -> int:
    """Founds, imports, solves and prints; the exit code is 0 when a roster came out."""
    app = fresh_app("event")
    with app.app_context():
        run = roster_event(db.session(), path, day0=day0, number=people, seconds=seconds)
        assert run.result is not None
        show_roster(run.result)
        missing = [gap for gap in run.result["gaps"] if gap["missing"]]
        click.echo(f"Shifts with empty seats   {len(missing)}")
        scope(db.session(), None)
    return 0


def roster_event(session: Session, path: Path, *, day0: date, number: int, seconds: int) -> RosterRun:
    """The event's needs as shifts, `number` invented volunteers, and the finished run of their roster."""
    now = moment(AT)
    who = in_transaction(session, lambda: found_event(session, path, day0=day0, number=number, now=now))
    first, last = session.execute(select(func.min(Shift.starts_on), func.max(Shift.starts_on))).one()
    run = in_transaction(
        session, lambda: rosters.ask_for_roster(session, first, last, limit_s=seconds, actor=who, now=now)
    )
    return solve_live(session, run.id, at=now)


def found_event(session: Session, path: Path, *, day0: date, number: int, now: datetime) -> Actor:
    """A community of its own with the needs and the volunteers; the session is scoped to it."""
    made = found_community(session, code="event", name="活动", contact=("小顾", "0513-5550 0136"), above=[])
    scope(session, made.id)
    who = Actor(made.id, None, "demo", frozenset({"coordinator"}))
    load_kinds(session, made.id, actor=who, now=now)
    report = import_needs(session, path, community_id=made.id, actor=who, now=now, day0=day0)
    click.echo(f"{report.file_name}: {report.shifts} shifts, {report.minutes / 60:g} person-hours")
    days = list(session.scalars(select(Shift.starts_on).distinct().order_by(Shift.starts_on)))
    dice = random.Random(SEED)
    for place in range(1, number + 1):
        add_volunteer(session, place, days, dice, actor=who, now=now)
    return who


def add_volunteer(
    session: Session, place: int, days: list[date], dice: random.Random, *, actor: Actor, now: datetime
) -> None:
    """Somebody who agreed and is free on some of the days, for all of a day or a part of it."""
    values = {"number": f"E{place:03d}", "name": f"志愿者{place}", "gender": dice.choice("FM"), "birth_year": 1990}
    person = people.register(session, values, actor=actor, now=now)
    people.consent(session, person.id, "service", given_by=person.name, channel="wechat", actor=actor, now=now)
    people.change_profile(session, person.id, dict(LIMITS), actor=actor, now=now)
    chosen = {day.weekday(): dice.choice(PARTS) for day in sorted(dice.sample(days, dice.randint(1, len(days))))}
    squares = sum(1 << (weekday * 3 + part) for weekday, parts in chosen.items() for part in parts)
    month = days[0].replace(day=1)
    availability.save_sheet(session, person.id, month, squares=squares, actor=actor, now=now)
    for weekday, parts in chosen.items():
        if 2 in parts:
            entry = FinerEntry(*NIGHT, weekday=weekday, is_free=True)
            availability.add_finer(session, person.id, month, entry, actor=actor, now=now)
