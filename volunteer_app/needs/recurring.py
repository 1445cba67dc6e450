"""Writes: a need that comes again and again, and the shifts of its dates."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date
from volunteer_app.core.errors import BadInput
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.actions import add_shift, locked_need
from volunteer_app.needs.models import Need, Series, Shift
from volunteer_app.needs.plans import (
    SeriesPlan,
    check_seats,
    checked_legs,
    plans_of_series,
)
from volunteer_app.needs.rules import (
    LONGEST_MOVE_DAYS,
    checked_rule,
    held_on,
    occurrences,
)
from volunteer_app.places.models import Community
from volunteer_app.workdays.queries import day_types

LONGEST_AHEAD_DAYS = 400


def add_series(session: Session, need_id: int, plan: SeriesPlan, *, actor: Actor, now: datetime) -> Series:
    """A need comes again and again; extend_series makes its shifts."""
    need = locked_need(session, need_id, actor=actor)
    check_seats(plan.least, plan.target, plan.most)
    if plan.until_on is not None and plan.until_on < plan.starts_on:
        raise BadInput({"until_on": [Text(N_("最后一天比第一天早。"))]})
    first, *later = checked_legs(plan.starts_minute, plan.ends_minute, plan.later_legs)
    series = Series(
        community_id=need.community_id,
        need_id=need.id,
        kind_id=need.kind_id,
        rrule=checked_rule(plan.rrule),
        starts_on=plan.starts_on,
        until_on=plan.until_on,
        starts_minute=plan.starts_minute,
        ends_minute=first[1],
        later_legs=later,
        grid_id=plan.grid_id or need.grid_id,
        post_id=plan.post_id or need.post_id,
        recipient_id=plan.recipient_id or need.recipient_id,
        least=plan.least,
        target=plan.target,
        most=plan.most,
        priority=plan.priority,
        mixes=[{"tag": tag, "at_least": number} for tag, number in plan.mixes],
        on_makeup=plan.on_makeup,
        on_holiday=plan.on_holiday,
    )
    session.add(series)
    session.flush()
    record(session, "add_series", f"series:{series.id}", actor=actor, now=now)
    return series


def extend_series(session: Session, community_id: int, until: date, *, actor: Actor, now: datetime) -> list[Shift]:
    """Makes the shifts of all verified series up to a local date, included; those that exist stay as they are.

    Safe to repeat and to run late: each date of a series becomes a shift, or one for each leg, at most once.
    """
    wanted = (
        select(Series)
        .join(Need, (Need.id == Series.need_id) & (Need.community_id == Series.community_id))
        .where(Series.community_id == community_id, Need.state.in_(("verified", "scheduled")))
        .order_by(Series.id)
        .with_for_update(of=Series)
    )
    zone = session.get_one(Community, community_id).zone
    until = min(until, local_date(now, zone) + timedelta(days=LONGEST_AHEAD_DAYS))
    return [
        shift
        for series in session.scalars(wanted).all()
        for shift in extend(session, series, until, actor=actor, now=now)
    ]


def extend(session: Session, series: Series, until: date, *, actor: Actor, now: datetime) -> list[Shift]:
    """The new shifts of one series."""
    first = series.starts_on if series.extended_until is None else series.extended_until + timedelta(days=1)
    last = until if series.until_on is None else min(until, series.until_on)
    if last < first:
        return []
    days = occurrences(series.rrule, series.starts_on, from_on=first, to_on=last)
    types = day_types(session, first, last + timedelta(days=LONGEST_MOVE_DAYS), community_id=series.community_id)
    need = session.get_one(Need, series.need_id)
    made = []
    for day in days:
        held = held_on(day, types, on_makeup=series.on_makeup, on_holiday=series.on_holiday)
        for plan in plans_of_series(series, held) if held is not None else ():
            made.append(add_shift(session, need, plan, actor=actor, now=now, series_id=series.id, occurs_on=day))
    series.extended_until = last
    if made:
        note = f"{len(made)} until {last}"
        record(session, "extend_series", f"series:{series.id}", actor=actor, now=now, note=note)
    return made
