"""Rosters, solver runs, seats, published versions, sign-ups. Knows shifts and people; knows nothing of points."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person, person_key

ROSTER_STATES = ("draft", "published", "closed")
RUN_KINDS = ("solve", "repair")
RUN_STATES = ("queued", "running", "finished", "failed", "stopped", "stale")
STATES = (
    "proposed",
    "notified",
    "accepted",
    "declined",
    "no_answer",
    "seeking",
    "signed_in",
    "signed_out",
    "confirmed",
    "absent_excused",
    "absent",
    "withdrawn",
)
HOLDING_STATES = ("proposed", "notified", "accepted", "no_answer", "seeking", "signed_in", "signed_out", "confirmed")
"""The person still holds the seat. A `seeking` one can't come: the seat stays his until somebody covers it."""
PUBLISHED_STATES = tuple(state for state in HOLDING_STATES if state != "proposed")
"""Holding, and the person has been told."""
COMING_STATES = tuple(state for state in HOLDING_STATES if state != "seeking")
"""Holding, and counted on: what fills a seat."""
ORIGINS = ("solver", "hand", "sign_up")
SWAP_STATES = ("waiting", "agreed", "refused", "withdrawn", "lapsed")
COVER_STATES = ("asked", "agreed", "refused", "lapsed")
SIGN_UP_STATES = ("waiting", "confirmed", "refused", "withdrawn")
OPEN_RUN = text("state IN ('queued', 'running')")
LIVE = text("state NOT IN ('declined', 'withdrawn')")
WAITING = text("state = 'waiting'")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL of "column is one of the values"."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def roster_key(column: str = "roster_id") -> ForeignKeyConstraint:
    """Composite foreign key to a roster of the same community."""
    return ForeignKeyConstraint(["community_id", column], ["roster.community_id", "roster.id"])


def seat_key(column: str) -> ForeignKeyConstraint:
    """Composite foreign key to a seat of the same community."""
    return ForeignKeyConstraint(["community_id", column], ["assignment.community_id", "assignment.id"])


def shift_key(column: str = "shift_id") -> ForeignKeyConstraint:
    """Composite foreign key to a shift of the same community."""
    return ForeignKeyConstraint(["community_id", column], ["shift.community_id", "shift.id"])


class Roster(InCommunity, Base):
    """The turns of a period, [from_on, to_on] by the shifts' local dates; periods of one community never overlap.

    `version` counts publications, 0 before the first; `draft` counts the drafts that a solve or a hand change made.
    A published roster goes on being edited: such changes reach volunteers with the next version.
    """

    __tablename__ = "roster"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "from_on"),
        CheckConstraint("to_on >= from_on", name="period"),
        CheckConstraint(one_of("state", ROSTER_STATES), name="state"),
    )

    from_on: Mapped[date]
    to_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=0)
    draft: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]


class RosterVersion(InCommunity, Base):
    """What stood in a published version: `seats` is [[shift id, person id]], `changes` the difference to the last one.

    `changes` is {"added": [[shift, person]], "removed": [[shift, person]]}.
    """

    __tablename__ = "roster_version"
    __table_args__ = (key_in_community(), roster_key(), UniqueConstraint("roster_id", "version"))

    roster_id: Mapped[int] = mapped_column(index=True)
    version: Mapped[int]
    published_at: Mapped[datetime]
    published_by_id: Mapped[int | None]
    seats: Mapped[list[Any]] = mapped_column(JSON)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)


class RosterRun(InCommunity, Base):
    """One solve, or one repair of a published roster. `progress` is what the page shows meanwhile.

    `problem` is the solver's own JSON. `result` of a solve is too; of a repair it's what `solving.py` says: a proposal
    that changes nothing until it's accepted (`accepted_at`).

    `stop_asked` is "", "keep" (end now, keep the best) or "discard". `built_at` is the moment at which the problem was
    read; a turn that had begun by then isn't touched. `changes_meanwhile` is told when the run went stale.
    """

    __tablename__ = "roster_run"
    __table_args__ = (
        key_in_community(),
        roster_key(),
        Index("ix_roster_run_state", "state"),
        Index("uq_roster_run_open", "roster_id", unique=True, sqlite_where=OPEN_RUN, postgresql_where=OPEN_RUN),
        CheckConstraint(one_of("state", RUN_STATES), name="state"),
        CheckConstraint(one_of("kind", RUN_KINDS), name="kind"),
    )

    roster_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(8), default="solve")
    state: Mapped[str] = mapped_column(String(10), default="queued")
    asked_by_id: Mapped[int | None]
    asked_at: Mapped[datetime]
    limit_s: Mapped[int]
    seed: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    heartbeat_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    built_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    stop_asked: Mapped[str] = mapped_column(String(8), default="")
    changes_meanwhile: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]


class Assignment(InCommunity, Base):
    """One person in one seat.

    `leaving`: still his, but the next version takes it away. `pinned`: a solve keeps it. `leads`: on-site leader.
    `reason` is the volunteer's own word for why he can't come (health, home, away, other); not kept after the month.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        key_in_community(),
        roster_key(),
        shift_key(),
        person_key(),
        Index("uq_assignment_live", "shift_id", "person_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
    )

    roster_id: Mapped[int] = mapped_column(index=True)
    shift_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(16), default="proposed")
    pinned: Mapped[bool] = mapped_column(default=False)
    leads: Mapped[bool] = mapped_column(default=False)
    leaving: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[str] = mapped_column(String(8))
    told_at: Mapped[datetime | None]
    reply_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(10), default="")

    shift: Mapped[Shift] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(viewonly=True)


class SignUp(InCommunity, Base):
    """A volunteer wants an open turn. `state` is waiting, confirmed, refused or withdrawn."""

    __tablename__ = "sign_up"
    __table_args__ = (
        key_in_community(),
        shift_key(),
        person_key(),
        Index(
            "uq_sign_up_waiting",
            "shift_id",
            "person_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        CheckConstraint(one_of("state", SIGN_UP_STATES), name="state"),
    )

    shift_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None]

    shift: Mapped[Shift] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(viewonly=True)


class Swap(InCommunity, Base):
    """The holder of `seat_id` asks the holder of `other_id` to take each other's turns, until `until`.

    A seat is asked with, and asked for, once at a time. `state` is waiting, agreed, refused, withdrawn or lapsed.
    """

    __tablename__ = "swap"
    __table_args__ = (
        key_in_community(),
        seat_key("seat_id"),
        seat_key("other_id"),
        CheckConstraint("seat_id <> other_id", name="two_seats"),
        CheckConstraint(one_of("state", SWAP_STATES), name="state"),
        Index("uq_swap_seat_waiting", "seat_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
        Index("uq_swap_other_waiting", "other_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING),
    )

    seat_id: Mapped[int] = mapped_column(index=True)
    other_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    at: Mapped[datetime]
    until: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    seat: Mapped[Assignment] = relationship(
        foreign_keys=[seat_id], primaryjoin="Swap.seat_id == Assignment.id", viewonly=True
    )
    other: Mapped[Assignment] = relationship(
        foreign_keys=[other_id], primaryjoin="Swap.other_id == Assignment.id", viewonly=True
    )


class CoverAsk(InCommunity, Base):
    """Somebody is asked whether he'd come to a turn that lacks people, once; he may answer until `until`.

    `state` is asked, agreed, refused or lapsed (no answer in time, or others were sooner).
    """

    __tablename__ = "cover_ask"
    __table_args__ = (
        key_in_community(),
        shift_key(),
        person_key(),
        CheckConstraint(one_of("state", COVER_STATES), name="state"),
        UniqueConstraint("shift_id", "person_id"),
    )

    shift_id: Mapped[int] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    at: Mapped[datetime]
    until: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    shift: Mapped[Shift] = relationship(viewonly=True)
    person: Mapped[Person] = relationship(viewonly=True)
