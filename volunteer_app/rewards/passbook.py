"""A person's passbook of a month: what the ledger says, put into the lines and sentences that people read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.attendance import queries as attendance
from volunteer_app.core.clock import local_date, local_moment, month_after
from volunteer_app.core.language import N_, Text
from volunteer_app.ledger import queries as ledger
from volunteer_app.ledger.queries import Balance, Expiry, Statement, StatementLine
from volunteer_app.people.owners import owner_of
from volunteer_app.rewards.models import Award

WARN_DAYS = 60  # Source: domain.md 2.9, rule 6: reminders 60 and 30 days before
CREDIT = "service_record:"
"""The cause of a credit: the record's id follows, and after another colon which credit of it this one replaced."""
MONTHS = (
    N_("1月"), N_("2月"), N_("3月"), N_("4月"), N_("5月"), N_("6月"),
    N_("7月"), N_("8月"), N_("9月"), N_("10月"), N_("11月"), N_("12月"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the passbook: local date, what happened, how the usable points changed."""

    on: date
    text: Text
    amount: int


@dataclass(frozen=True, slots=True)
class Passbook:
    """A month: opening + lines = closing. `balance` is the present one whatever the month."""

    month: date
    opening: int
    lines: list[Line]
    closing: int
    balance: Balance
    expiry: Expiry | None
    said: list[Text]


def passbook(session: Session, community_id: int, person_id: int, *, month: date, zone: str, now: datetime) -> Passbook:
    """The month that begins on `month`, with the column adding up to what may be spent."""
    owner = owner_of(person_id)
    first, after = month.replace(day=1), month_after(month)
    statement = ledger.statement(
        session, community_id, owner, from_at=local_moment(first, 0, zone), to_at=local_moment(after, 0, zone)
    )
    balance = ledger.balance(session, community_id, owner, now=now)
    is_present = first <= local_date(now, zone) < after
    return Passbook(
        month=first,
        opening=statement.opening,
        lines=lines_of(session, statement, zone) + unbooked(statement, balance, is_present, local_date(now, zone)),
        closing=balance.available if is_present else statement.closing,
        balance=balance,
        expiry=soon(ledger.next_expiry(session, community_id, owner, now=now), now),
        said=said(session, person_id, statement, month=first, zone=zone),
    )


def soon(expiry: Expiry | None, now: datetime) -> Expiry | None:
    """Only what runs out within sixty days is worth a warning."""
    return expiry if expiry and expiry.expires_at - now <= timedelta(days=WARN_DAYS) else None


def lines_of(session: Session, statement: Statement, zone: str) -> list[Line]:
    """The ledger's lines that change what may be spent; credits of one day are one line."""
    months = service_months(session, statement.lines)
    lines = []
    moved = [line for line in statement.lines if line.available]
    for (on, is_credit), group in groupby(moved, key=lambda line: (local_date(line.at, zone), is_service(line))):
        found = list(group)
        if is_credit and len(found) > 1:
            amount = sum(line.available for line in found)
            lines.append(Line(on, credits_words(found, months), amount))
        else:
            lines += [Line(on, line.reason, line.available) for line in found]
    return lines


def is_service(line: StatementLine) -> bool:
    return line.kind == "issue" and line.cause.startswith(CREDIT)


def service_months(session: Session, lines: Sequence[StatementLine]) -> dict[str, int]:
    """cause -> month of the service."""
    ids = {line.cause: int(line.cause.split(":")[1]) for line in lines if is_service(line)}
    statement = select(Award.service_record_id, Award.served_on).where(Award.service_record_id.in_(ids.values()))
    months = {record_id: day.month for record_id, day in session.execute(statement)}
    return {cause: months[record_id] for cause, record_id in ids.items() if record_id in months}


def credits_words(found: Sequence[StatementLine], months: dict[str, int]) -> Text:
    """9月服务8次，公示期满到账."""
    served = {months.get(line.cause) for line in found}
    if len(served) == 1 and None not in served:
        month = Text(MONTHS[(served.pop() or 1) - 1])
        return Text(N_("%(month)s服务%(times)d次，公示期满到账"), {"month": month, "times": len(found)})
    return Text(N_("服务%(times)d次，公示期满到账"), {"times": len(found)})


def unbooked(statement: Statement, balance: Balance, is_present: bool, today: date) -> list[Line]:
    """What has lapsed by now and waits for its entry, so that the column still adds up."""
    rest = balance.available - statement.closing
    if not is_present or rest == 0:
        return []
    words = N_("到期作废") if rest < 0 else N_("预约过期，退回来了")
    return [Line(today, Text(words), rest)]


def said(session: Session, person_id: int, statement: Statement, *, month: date, zone: str) -> list[Text]:
    """The month in sentences that a person could say: last month's service, this month's goods."""
    last = (month - timedelta(days=1)).replace(day=1)
    records = [
        record
        for record in attendance.records_of(session, person_id, states=("final",))
        if last <= record.served_on < month and record.minutes > 0
    ]
    sentences = []
    if records:
        ids = [record.id for record in records]
        awards = session.scalars(select(Award).where(Award.service_record_id.in_(ids), Award.state == "credited"))
        points = sum(award.points for award in awards)
        values: dict[str, object] = {"month": month_words(last), "times": len(records), "points": points}
        sentences.append(Text(N_("%(month)s您服务了%(times)d次，得了%(points)d分。"), values))
    for line in statement.lines:
        if line.kind == "collect" and line.held < 0:
            day = local_date(line.at, zone)
            spent = {"month": month_words(day), "day": day.day, "what": line.reason, "points": -line.held}
            sentences.append(Text(N_("%(month)s%(day)d日%(what)s，用掉%(points)d分。"), dict(spent)))
    return sentences


def month_words(day: date) -> Text:
    return Text(MONTHS[day.month - 1])


def months_with_lines(session: Session, community_id: int, person_id: int, *, zone: str, before: date) -> list[date]:
    """Up to a year of earlier months, newest first, that have lines."""
    month, found = before.replace(day=1), []
    for _ in range(12):
        month = (month - timedelta(days=1)).replace(day=1)
        statement = ledger.statement(
            session,
            community_id,
            owner_of(person_id),
            from_at=local_moment(month, 0, zone),
            to_at=local_moment(month_after(month), 0, zone),
        )
        if statement.lines:
            found.append(month)
        if statement.opening == 0 and not statement.lines:
            break
    return found
