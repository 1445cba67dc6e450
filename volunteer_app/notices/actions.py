"""Publishing a list, objecting, answering, closing: what nobody objected to becomes final and is credited."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.attendance import corrections
from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.corrections import Change
from volunteer_app.attendance.models import Correction, ServiceRecord
from volunteer_app.core.audit import Actor, record
from volunteer_app.core.clock import local_date
from volunteer_app.core.database import scoped
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.messages import actions as messages
from volunteer_app.notices import queries, rules
from volunteer_app.notices.models import OPEN_OBJECTION, Notice, NoticeLine, Objection
from volunteer_app.places.models import Community
from volunteer_app.rewards import actions as rewards
from volunteer_app.workdays import queries as workdays


def today_in(session: Session, community_id: int, now: datetime) -> date:
    return local_date(now, session.get_one(Community, community_id).zone)


def publish(session: Session, from_on: date, to_on: date, *, actor: Actor, now: datetime) -> Notice:
    """Hangs up the list of all confirmed records of [from_on, to_on] for three working days and tells everybody on it.

    Repeated, it finds nothing left: NothingToPublish.
    """
    if from_on > to_on:
        raise rules.DaysInOrder
    found = queries.pending_records(session, from_on, to_on)
    if not found:
        raise rules.NothingToPublish
    today = today_in(session, actor.community_id, now)
    made = Notice(
        community_id=actor.community_id,
        kind="hours",
        from_on=from_on,
        to_on=to_on,
        published_on=today,
        published_at=now,
        published_by_id=actor.person_id,
        closes_on=workdays.add_working_days(session, today, rules.NOTICE_DAYS, community_id=actor.community_id),
        state="open",
    )
    session.add(made)
    session.flush()
    put_on(session, made, found)
    tell(session, made, found, now=now)
    record(session, "publish_notice", f"notice:{made.id}", actor=actor, now=now, note=f"{len(found)} records")
    return made


def put_on(session: Session, notice: Notice, found: Sequence[ServiceRecord]) -> None:
    for one in found:
        one.state = "on_notice"
        session.add(NoticeLine(community_id=notice.community_id, notice_id=notice.id, service_record_id=one.id))
    session.flush()


def tell(session: Session, notice: Notice, found: Sequence[ServiceRecord], *, now: datetime) -> None:
    """One message a person, through the channel that he chose."""
    for line in queries.by_person(session, notice.community_id, found):
        messages.put(
            session,
            community_id=notice.community_id,
            person_id=line.person.id,
            kind="notice",
            text=Text(
                N_("您服务了%(times)d次，约%(points)d分，正在公示，到%(month)d月%(day)d日。哪里记得不对，请告诉我们。"),
                {
                    "times": line.times,
                    "points": line.points,
                    "month": notice.closes_on.month,
                    "day": notice.closes_on.day,
                },
            ),
            cause=f"notice:{notice.id}:person:{line.person.id}",
            now=now,
        )


def object_to(
    session: Session,
    person_id: int,
    *,
    said: str,
    about_on: date,
    record_id: int | None = None,
    actor: Actor,
    now: datetime,
) -> Objection:
    """Takes "something is wrong" about a record of the person's own or about a missing day, by him or by staff for him.

    The record is credited only after an answer. Refuses AlreadyObjected.
    """
    if person_id not in attendance.people_by_id(session, [person_id]):
        raise NotFound
    if record_id is not None:
        found = attendance.record_here(session, record_id)
        if found.person_id != person_id or found.state == "corrected":
            raise NotFound
        if queries.open_objection_to(session, record_id) is not None:
            raise rules.AlreadyObjected
        about_on = found.served_on
        if found.state in ("pending", "on_notice"):
            found.state = "objected"
    made = Objection(
        community_id=actor.community_id,
        person_id=person_id,
        record_id=record_id,
        about_on=about_on,
        said=said,
        state="open",
        taken_by_id=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    record(session, "object", f"objection:{made.id}", actor=actor, now=now, acting_for=person_id)
    return made


def locked(session: Session, objection_id: int, *, states: tuple[str, ...] = OPEN_OBJECTION) -> Objection:
    found = session.scalars(
        select(Objection)
        .where(Objection.id == objection_id)
        .with_for_update(of=Objection)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    if found.state not in states:
        raise rules.AlreadyAnswered
    return found


def check_answerer(session: Session, found: Objection, actor: Actor) -> None:
    """Neither the household concerned nor the one who wrote or confirmed the record."""
    if found.person_id in attendance.own_household(session, actor.person_id):
        raise rules.AnotherMustAnswer
    if found.record_id is not None:
        about = attendance.record_here(session, found.record_id)
        if actor.person_id in (about.recorded_by_id, about.confirmed_by_id):
            raise rules.AnotherMustAnswer


def let_stand(session: Session, objection_id: int, *, answer: str, actor: Actor, now: datetime) -> Objection:
    """A second person says that the record is right. It goes back on the board, or is final when the time is over."""
    found = locked(session, objection_id, states=("open",))
    check_answerer(session, found, actor)
    close(session, found, "stands", answer, actor=actor, now=now)
    about = attendance.record_here(session, found.record_id) if found.record_id else None
    if about is not None and about.state == "objected":
        go_on(session, about, queries.notice_of(session, about.id), actor=actor, now=now)
    return found


def propose_for(session: Session, objection_id: int, change: Change, *, actor: Actor, now: datetime) -> Correction:
    """The first person writes what should stand instead; a second one confirms it."""
    found = locked(session, objection_id, states=("open",))
    if change.person_id != found.person_id:
        raise NotFound
    made = corrections.propose(session, change, actor=actor, now=now)
    found.state, found.correction_id = "proposed", made.id
    return made


def confirm_correction(session: Session, correction_id: int, *, actor: Actor, now: datetime) -> ServiceRecord:
    """The second person agrees: the new record takes the old one's place, on the board or in the points.

    On the board while a list for that day hangs there; final at once when the old one had become final, or when it was
    an objection to a list that has come down meanwhile; else it waits for the next list.
    """
    proposal = attendance.correction_here(session, correction_id)
    old = attendance.record_here(session, proposal.corrects_id) if proposal.corrects_id else None
    was_final = old is not None and old.state == "final"
    notice = queries.notice_of(session, proposal.corrects_id) or queries.open_notice_for(
        session, proposal.shift.starts_on
    )
    made = corrections.confirm(session, correction_id, actor=actor, now=now)
    found = queries.objection_of_correction(session, correction_id)
    if found is not None:
        close(session, found, "upheld", "", actor=actor, now=now)
    if was_final or (notice is not None and notice.state == "closed"):
        finalise(session, [made], actor=actor, now=now)
    elif notice is not None:
        put_on(session, notice, [made])
    elif found is not None and hung(session, made.served_on):
        finalise(session, [made], actor=actor, now=now)
    return made


def hung(session: Session, day: date) -> bool:
    """A list for that day has come down already."""
    statement = select(Notice.id).where(Notice.state == "closed", Notice.from_on <= day, Notice.to_on >= day)
    return session.scalars(statement).first() is not None


def refuse_correction(session: Session, correction_id: int, *, actor: Actor, now: datetime) -> Correction:
    """The second person disagrees: the objection is open again and the old record stands as it was."""
    proposal = corrections.refuse(session, correction_id, actor=actor, now=now)
    found = queries.objection_of_correction(session, correction_id)
    if found is not None:
        found.state, found.correction_id = "open", None
    return proposal


def close(session: Session, found: Objection, state: str, answer: str, *, actor: Actor, now: datetime) -> None:
    found.state, found.answer = state, answer
    found.answered_by_id, found.answered_at = actor.person_id, now
    text = (
        Text(N_("您提的意见核对过了：%(answer)s"), {"answer": answer})
        if state == "stands"
        else Text(N_("您提的意见核对过了，已经改好。"))
    )
    messages.put(
        session,
        community_id=found.community_id,
        person_id=found.person_id,
        kind="objection",
        text=text,
        cause=f"objection:{found.id}:{state}",
        now=now,
    )
    record(session, f"objection_{state}", f"objection:{found.id}", actor=actor, now=now, acting_for=found.person_id)


def go_on(session: Session, found: ServiceRecord, notice: Notice | None, *, actor: Actor, now: datetime) -> None:
    """A record whose objection is settled goes where it would be without it."""
    if notice is None:
        found.state = "pending"
    elif notice.state == "open":
        found.state = "on_notice"
    else:
        finalise(session, [found], actor=actor, now=now)


def finalise(session: Session, found: Sequence[ServiceRecord], *, actor: Actor, now: datetime) -> None:
    """Records become final and are credited, each once."""
    for one in found:
        one.state = "final"
    session.flush()
    rewards.credit_all(session, found, actor=actor, now=now)


def close_due(session: Session, community_id: int, *, now: datetime) -> list[Notice]:
    """Takes down every list whose three working days are over and credits what nobody objected to.

    Late or repeated, the effect is the same and happens once. Runs in the caller's transaction.
    """
    actor = Actor(community_id, None, "job")
    with scoped(session, community_id):
        today = today_in(session, community_id, now)
        due = session.scalars(
            select(Notice)
            .where(Notice.community_id == community_id, Notice.state == "open", Notice.closes_on < today)
            .order_by(Notice.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        for notice in due:
            close_notice(session, notice, actor=actor, now=now)
        return list(due)


def close_notice(session: Session, notice: Notice, *, actor: Actor, now: datetime) -> None:
    found = [one for one in queries.records_on(session, notice.id) if one.state == "on_notice"]
    notice.state, notice.closed_at = "closed", now
    if found:
        finalise(session, found, actor=actor, now=now)
    record(session, "close_notice", f"notice:{notice.id}", actor=actor, now=now, note=f"{len(found)} records")
