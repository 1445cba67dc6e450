"""Publishing: what stands from now on is written down, and everybody concerned is told once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.core import audit
from volunteer_app.core.audit import Actor
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.needs import actions as needs
from volunteer_app.needs.models import Shift
from volunteer_app.places.models import Community
from volunteer_app.rosters.legs import turns_known
from volunteer_app.rosters.locks import lock_roster, lock_seats
from volunteer_app.rosters.models import (
    COMING_STATES,
    HOLDING_STATES,
    PUBLISHED_STATES,
    Assignment,
    Roster,
    RosterVersion,
)
from volunteer_app.rosters.rules import NothingToPublish
from volunteer_app.rosters.versions import queries as versions
from volunteer_app.rosters.words import turn_words


def publish(session: Session, roster_id: int, *, actor: Actor, now: datetime) -> RosterVersion:
    """Makes the draft version n and puts one message per person concerned in the outbox.

    Refuses NothingToPublish when nothing differs from the last version; so a repeat after success changes nothing.
    """
    roster = lock_roster(session, roster_id)
    lock_seats(session, roster_id)
    added, removed = versions.changed_seats(session, roster_id)
    if not added and not removed:
        raise NothingToPublish
    for seat in added:
        seat.state, seat.told_at = "notified", now
    for seat in removed:
        leave(session, seat)
    removed += close_covered(session, [seat.shift_id for seat in added])
    made = next_version(session, roster, added=added, removed=removed, actor=actor, now=now)
    needs.mark_scheduled(session, {seat.shift.need_id for seat in added}, actor=actor, now=now)
    tell(session, roster, added=added, removed=removed, now=now)
    audit.record(session, "publish", f"roster:{roster.id}", actor=actor, now=now, note=f"version {made.version}")
    return made


def leave(session: Session, seat: Assignment) -> None:
    """The seat ends: `declined` if its holder had said that he can't come, else `withdrawn`."""
    seat.state = "declined" if seat.state == "seeking" else "withdrawn"
    seat.leaving = seat.pinned = seat.leads = False
    void_messages(session, seat)


def void_messages(session: Session, seat: Assignment) -> None:
    """The holder comes or not, unlike before: untold reminders, and notices that somebody is wanted, are untrue."""
    messages.void_all(session, f"remind:{seat.id}:", f"seeking:{seat.id}:", community_id=seat.community_id)


def next_version(
    session: Session,
    roster: Roster,
    *,
    added: list[Assignment],
    removed: list[Assignment],
    actor: Actor,
    now: datetime,
) -> RosterVersion:
    """Writes down what stands from now on, with the difference to the last version."""
    session.flush()
    standing = session.execute(
        select(Assignment.shift_id, Assignment.person_id)
        .where(Assignment.roster_id == roster.id, Assignment.state.in_(PUBLISHED_STATES))
        .order_by(Assignment.shift_id, Assignment.person_id)
    )
    roster.version, roster.state, roster.published_at = roster.version + 1, "published", now
    made = RosterVersion(
        community_id=roster.community_id,
        roster_id=roster.id,
        version=roster.version,
        published_at=now,
        published_by_id=actor.person_id,
        seats=[list(row) for row in standing],
        changes={
            "added": sorted([seat.shift_id, seat.person_id] for seat in added),
            "removed": sorted([seat.shift_id, seat.person_id] for seat in removed),
        },
    )
    session.add(made)
    session.flush()
    return made


def close_covered(session: Session, shift_ids: list[int]) -> list[Assignment]:
    """On shifts that have their target again, those who can't come are let go, the first to say so first."""
    session.flush()
    gone: list[Assignment] = []
    for shift_id in sorted(set(shift_ids)):
        shift = session.get_one(Shift, shift_id)
        rows = session.scalars(
            select(Assignment)
            .where(Assignment.shift_id == shift_id, Assignment.state.in_(HOLDING_STATES))
            .order_by(Assignment.reply_at, Assignment.id)
        ).all()
        there = sum(seat.state in COMING_STATES and seat.state != "proposed" for seat in rows)
        waiting = [seat for seat in rows if seat.state == "seeking"]
        gone += waiting[: max(0, there + len(waiting) - shift.target)]
    for seat in gone:
        leave(session, seat)
    return gone


def tell(
    session: Session, roster: Roster, *, added: list[Assignment], removed: list[Assignment], now: datetime
) -> None:
    """One message per person and version, with the turns that are new and those that fall away."""
    community = session.get_one(Community, roster.community_id)
    mine: dict[int, tuple[list[Assignment], list[Assignment]]] = {}
    for place, rows in enumerate((added, removed)):
        for seat in rows:
            mine.setdefault(seat.person_id, ([], []))[place].append(seat)
    for person_id, (new, gone) in sorted(mine.items()):
        messages.put(
            session,
            community_id=roster.community_id,
            person_id=person_id,
            kind="roster",
            text=told(community, new, gone),
            cause=f"roster:{roster.id}:version:{roster.version}:person:{person_id}",
            now=now,
        )


def told(community: Community, new: list[Assignment], gone: list[Assignment]) -> Text:
    """What the message says: how many turns are new, which is the first, which fall away; legs are one turn."""
    new, gone = turns_known(new), turns_known(gone)
    values = community.whom_to_ring
    if new:
        values |= {"n": len(new), "first": turn_words(new[0].shift, community.zone)}
    if gone:
        values |= {"m": len(gone), "gone": turn_words(gone[0].shift, community.zone)}
    if new and gone:
        return Text(TOLD_BOTH, values)
    return Text(TOLD_NEW if new else TOLD_GONE, values)


TOLD_NEW = N_("您有%(n)d个新的班，最早是%(first)s。去不了没关系，不扣分，早一点告诉%(contact)s，电话%(phone)s。")
TOLD_GONE = N_("有%(m)d个班改由别人去，您不用来了，最早的是%(gone)s。有事找%(contact)s，电话%(phone)s。")
TOLD_BOTH = N_(
    "您的班有改动：新的%(n)d个，最早是%(first)s；不用来的%(m)d个，最早是%(gone)s。有事找%(contact)s，电话%(phone)s。"
)
