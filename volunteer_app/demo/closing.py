"""The end of the month: the list on the board, an objection, the credits, the flag, and one credit taken back."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from volunteer_app.attendance import corrections
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor
from volunteer_app.core.language import N_
from volunteer_app.demo.attending import Attended
from volunteer_app.demo.community import LAST, MONTH, minutes
from volunteer_app.demo.stage import Stage, moment
from volunteer_app.ledger import actions as ledger
from volunteer_app.notices import actions as notices
from volunteer_app.people.owners import owner_of
from volunteer_app.rewards import bonuses

OPENING_POINTS = (120, 260, 180, 90, 320)
OLD_POINTS = 30
OLD_EVERY = 6
FLAG = "N06"
SPENDER = "V070"
"""Brings no old points, spends what October gave, and then one of its credits turns out to be somebody else's."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How many records became final with the list, and how many people got the flag's points."""

    credited: int
    flag: int


def bring_old_points(stage: Stage) -> None:
    """What stood in the paper books: most until 2027, every sixth person 30 points that run out with October."""
    at, who = moment("09-30 09:00"), Actor(stage.founded.community_id, None, "demo")
    numbers = sorted(number for number in stage.founded.person if number.startswith("V") and number != SPENDER)

    def work() -> None:
        for place, number in enumerate(numbers):
            owner = owner_of(stage.founded.person[number])
            lots = [(OPENING_POINTS[place % len(OPENING_POINTS)], moment("01-01 00:00").replace(year=2028), "opening")]
            if place % OLD_EVERY == 0:
                lots.append((OLD_POINTS, moment("11-01 00:00"), "opening-2024"))
            for points, until, label in lots:
                ledger.issue(
                    stage.session,
                    to=owner,
                    points=points,
                    cause=f"{label}:{number}",
                    reason=N_("纸质积分册的结余"),
                    expires_at=until,
                    actor=who,
                    now=at,
                )

    stage.write(work)


def close_october(stage: Stage, attended: Attended) -> Closed:
    """Published on 2 November, objected to on the 3rd, closed after three working days, on the 6th."""
    session, first, second = stage.session, stage.founded.coordinator, stage.founded.second
    stage.write(lambda: notices.publish(session, MONTH, LAST, actor=first, now=moment("11-02 09:00")))
    object_to_the_ninth(stage, attended)
    stage.write(lambda: notices.close_due(session, stage.founded.community_id, now=moment("11-06 00:05")))
    winners = stage.write(
        lambda: len(
            bonuses.reward_neighbourhood(
                session, stage.founded.area[FLAG], month=MONTH, actor=second, now=moment("11-06 09:00")
            )
        )
    )
    thank_a_resident(stage)
    final = select(ServiceRecord.id).where(ServiceRecord.state == "final")
    return Closed(len(session.scalars(final).all()), winners)


def thank_a_resident(stage: Stage) -> None:
    """Two suggestions of a resident were taken up."""
    session, who, resident = stage.session, stage.founded.second, stage.founded.person["R01"]
    for place, occasion in enumerate(("bench", "lamp")):
        at = moment(f"11-06 1{place}:30")
        stage.write(
            partial(
                bonuses.give_bonus, session, "suggestion", resident, occasion=f"2026-10:{occasion}", actor=who, now=at
            )
        )


def object_to_the_ninth(stage: Stage, attended: Attended) -> None:
    """ "I was there on the 9th": one member of staff writes it, another one confirms it."""
    person, shift = attended.forgotten
    session, at = stage.session, moment("11-03 10:00")
    voice = Actor(stage.founded.community_id, person, "demo")
    objection = stage.write(
        lambda: (
            notices.object_to(
                session,
                person,
                said="10月9日那天我去了，没记",
                about_on=date(2026, 10, 9),
                actor=voice,
                now=at,
            ).id
        )
    )
    change = Change(shift, person, "巡查本上有签名", minutes("15:00"), minutes("17:00"))
    proposal = stage.write(
        lambda: notices.propose_for(session, objection, change, actor=stage.founded.coordinator, now=at).id
    )
    stage.write(
        lambda: notices.confirm_correction(session, proposal, actor=stage.founded.second, now=moment("11-03 15:00"))
    )


def take_one_back(stage: Stage, at: datetime) -> int:
    """A credited turn was somebody else's: two people void it; what is spent already becomes a debt. Returns points."""
    session, person = stage.session, stage.founded.person[SPENDER]
    record = session.scalars(
        select(ServiceRecord)
        .where(ServiceRecord.person_id == person, ServiceRecord.state == "final")
        .order_by(ServiceRecord.served_on.desc())
    ).first()
    assert record is not None
    change = Change(record.shift_id, person, "签到表上写错了人")
    proposal = stage.write(lambda: corrections.propose(session, change, actor=stage.founded.coordinator, now=at).id)
    stage.write(lambda: notices.confirm_correction(session, proposal, actor=stage.founded.second, now=at))
    return record.minutes
