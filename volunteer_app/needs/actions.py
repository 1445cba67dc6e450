"""Writes: taking a need down, leading it from step to step, making its shifts.

What comes again and again is in recurring.py; changes to shifts that people may already hold are in changes.py.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_moment
from volunteer_app.core.errors import BadInput, NotFound, Refused
from volunteer_app.core.language import N_, Text
from volunteer_app.needs import queries
from volunteer_app.needs.models import ActivityKind, Need, Series, Shift
from volunteer_app.needs.plans import (
    URGENT_PRIORITY,
    NeedEntry,
    ShiftPlan,
    after,
    check_entry,
    check_legs,
    check_seats,
    plans_of,
)
from volunteer_app.needs.rules import (
    STATE_WORDS,
    Mix,
    WrongState,
    next_state,
    seat_rules,
)
from volunteer_app.people.models import Recipient
from volunteer_app.places.models import Area, Community


class NeedIncomplete(Refused):
    """A need becomes a shift only when day, hours and number of people are known."""

    sentence = N_("先写清楚哪天、几点到几点，再核实。")


class StillToDo(Refused):
    """A need with shifts to come can't be closed."""

    sentence = N_("还有%(number)d个班没做完，先做完或者取消。")


def add_need(
    session: Session,
    entry: NeedEntry,
    *,
    actor: Actor,
    now: datetime,
    state: str = "submitted",
    import_id: int | None = None,
) -> Need:
    """Takes a need down under the community's next number."""
    community = session.scalars(select(Community).where(Community.id == actor.community_id).with_for_update()).one()
    checked = check_entry(session, entry, community.id)
    last = session.scalar(select(func.max(Need.number)).where(Need.community_id == community.id)) or 0
    need = Need(
        community_id=community.id,
        number=last + 1,
        state=state,
        import_id=import_id,
        reported_at=now,
        **{name: getattr(checked, name) for name in NeedEntry.__slots__},
    )
    need.handler_id = checked.handler_id or actor.person_id
    session.add(need)
    session.flush()
    record(session, "add_need", f"need:{need.id}", actor=actor, now=now)
    return need


def step(session: Session, need_id: int, verb: str, *, actor: Actor, now: datetime) -> Need:
    """Leads a need one step on and notes it; raises WrongState when the step doesn't start here."""
    need = locked_need(session, need_id, actor=actor)
    need.state = next_state(need.state, verb)
    record(session, f"{verb}_need", f"need:{need.id}", actor=actor, now=now)
    return need


def locked_need(session: Session, need_id: int, *, actor: Actor) -> Need:
    wanted = select(Need).where(Need.id == need_id, Need.community_id == actor.community_id)
    need = session.scalars(wanted.with_for_update(of=Need)).first()
    if need is None:
        raise NotFound
    return need


def submit(session: Session, need_id: int, *, actor: Actor, now: datetime) -> Need:
    """A draft is handed in."""
    return step(session, need_id, "submit", actor=actor, now=now)


def verify(session: Session, need_id: int, *, actor: Actor, now: datetime) -> Need:
    """The need is real: a dated one becomes a shift, or one for each leg, a recurring one keeps its series.

    Raises NeedIncomplete.
    """
    need = step(session, need_id, "verify", actor=actor, now=now)
    if not has_shifts(session, need):
        if need.wanted_on is None or need.starts_minute is None or need.ends_minute is None:
            raise NeedIncomplete
        for plan in plans_of(need):
            add_shift(session, need, plan, actor=actor, now=now)
    session.flush()
    return need


def has_shifts(session: Session, need: Need) -> bool:
    """Whether the need has a shift or a series already."""
    series = session.scalars(select(Series.id).where(Series.need_id == need.id).limit(1)).first()
    shift = session.scalars(select(Shift.id).where(Shift.need_id == need.id).limit(1)).first()
    return series is not None or shift is not None


def mark_scheduled(session: Session, need_ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """The roster with these needs' shifts is published; those that are past this step stay where they are."""
    wanted = select(Need).where(Need.id.in_(list(need_ids)), Need.community_id == actor.community_id)
    verified = list(session.scalars(wanted.where(Need.state == "verified").order_by(Need.id).with_for_update(of=Need)))
    for need in verified:
        need.state = next_state(need.state, "schedule")
        record(session, "schedule_need", f"need:{need.id}", actor=actor, now=now)
    return len(verified)


def close(session: Session, need_id: int, *, actor: Actor, now: datetime) -> Need:
    """Done. Refused while a shift of it is still to come (StillToDo)."""
    need = step(session, need_id, "close", actor=actor, now=now)
    to_come = select(func.count()).where(Shift.need_id == need.id, Shift.state == "open", Shift.ends_at > now)
    if number := session.scalar(to_come):
        raise StillToDo(number=number)
    need.closed_at = now
    return need


def evaluate(session: Session, need_id: int, *, stars: int, text: str, actor: Actor, now: datetime) -> Need:
    """What those who asked say about it: 1 to 5 and a sentence."""
    need = step(session, need_id, "evaluate", actor=actor, now=now)
    need.stars, need.evaluation = stars, text
    return need


def add_shift(
    session: Session,
    need: Need,
    plan: ShiftPlan,
    *,
    actor: Actor,
    now: datetime,
    series_id: int | None = None,
    occurs_on: date | None = None,
) -> Shift:
    """Makes one shift of the need with the rules of its kind."""
    check_seats(plan.least, plan.target, plan.most)
    zone = session.get_one(Community, need.community_id).zone
    ends = after(plan.starts_minute, plan.ends_minute)
    recipient_id = plan.recipient_id or need.recipient_id
    kind = session.get_one(ActivityKind, plan.kind_id or need.kind_id)
    grid_id = plan.grid_id or need.grid_id
    shift = Shift(
        community_id=need.community_id,
        need_id=need.id,
        series_id=series_id,
        occurs_on=occurs_on,
        kind_id=kind.id,
        grid_id=grid_id,
        post_id=plan.post_id or need.post_id,
        recipient_id=recipient_id,
        starts_at=local_moment(plan.day, plan.starts_minute, zone),
        ends_at=local_moment(plan.day, ends, zone),
        starts_on=plan.day,
        least=plan.least,
        target=plan.target,
        most=plan.most,
        priority=plan.priority,
        note=plan.note,
        is_heavy=plan.is_heavy,
        is_leg=plan.is_leg,
        leg=plan.leg,
    )
    obey(session, shift, kind, ends_minute=ends, mixes=plan.mixes)
    session.add(shift)
    session.flush()
    if series_id is None:
        record(session, "add_shift", f"shift:{shift.id}", actor=actor, now=now)
    return shift


def obey(
    session: Session, shift: Shift, kind: ActivityKind, *, ends_minute: int, mixes: Iterable[tuple[str, int]]
) -> None:
    """Writes the kind's rules into the shift, so that a later change of the kind leaves it alone."""
    grid = session.get(Area, shift.grid_id) if shift.grid_id is not None else None
    recipient = session.get(Recipient, shift.recipient_id) if shift.recipient_id is not None else None
    each_grid = any(mix["tag"] == "each_grid" for mix in kind.mixes)
    grid_codes = [area.code for area in queries.grids(session, shift.community_id)] if each_grid else []
    own: list[Mix] = [{"tag": tag, "at_least": number} for tag, number in mixes]
    rules = seat_rules(
        kind,
        ends_minute=ends_minute,
        grid_code=grid.code if grid else None,
        grid_codes=grid_codes,
        recipient_gender=recipient.gender if recipient else None,
        mixes=own,
    )
    shift.requires, shift.bars, shift.mixes = rules.requires, rules.bars, rules.mixes


def add_urgent(
    session: Session,
    entry: NeedEntry,
    plans: Iterable[ShiftPlan],
    *,
    actor: Actor,
    now: datetime,
    same_people: bool = False,
) -> Need:
    """Somebody needs help now: the need is verified at once and each leg is a shift of the first priority.

    With `same_people` whoever serves one leg serves them all; refuses legs of several days or out of order.
    """
    legs = [replace(plan, priority=URGENT_PRIORITY) for plan in plans]
    same_people = same_people and len(legs) > 1
    if same_people:
        check_team(legs)
    need = add_need(session, replace(entry, urgency="urgent"), actor=actor, now=now, state="verified")
    for number, plan in enumerate(legs):
        leg = number if same_people else 0
        add_shift(session, need, replace(plan, is_leg=same_people, leg=leg), actor=actor, now=now)
    return need


def check_team(legs: list[ShiftPlan]) -> None:
    """Legs for the same people are of one day, one after the other, with the same seats."""
    check_legs([(one.starts_minute, after(one.starts_minute, one.ends_minute)) for one in legs], name="legs")
    if len({(one.day, one.least, one.target, one.most) for one in legs}) > 1:
        raise BadInput({"legs": [Text(N_("同一批人走的几程，日子和人数要一样。"))]})


def change_need(session: Session, need_id: int, entry: NeedEntry, *, actor: Actor, now: datetime) -> Need:
    """Corrects what was taken down, until it is verified; afterwards its shifts are changed one by one."""
    need = locked_need(session, need_id, actor=actor)
    if need.state not in ("draft", "submitted"):
        raise WrongState(state=Text(STATE_WORDS[need.state]))
    checked = check_entry(session, entry, need.community_id)
    for name in NeedEntry.__slots__:
        if name != "handler_id":
            setattr(need, name, getattr(checked, name))
    record(session, "change_need", f"need:{need.id}", actor=actor, now=now)
    return need
