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
    moved = [line for line in without_renewals(statement.lines) if line.available or line.debt]
    for (on, is_credit), group in groupby(moved, key=lambda line: (local_date(line.at, zone), is_service(line))):
        found = list(group)
        if is_credit and len(found) > 1:
            amount, debt = sum(line.available for line in found), sum(line.debt for line in found)
            lines.append(Line(on, with_debt(credits_words(found, months), debt), amount))
        else:
            lines += [Line(on, entry_words(line), line.available) for line in found]
    return lines


def without_renewals(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """Without what gave points back only to keep them anew at the same moment: they were kept all the time."""
    found: list[StatementLine] = []
    for line in lines:
        if found and renews(line, found[-1]):
            found.pop()
        else:
            found.append(line)
    return found


def renews(line: StatementLine, before: StatementLine) -> bool:
    same = (line.at, line.reason, line.available, line.debt) == (before.at, before.reason, -before.available, 0)
    return same and (before.kind, line.kind) == ("release", "hold")


def entry_words(line: StatementLine) -> Text:
    """What happened, that a part of the goods was left, and what of it paid or made a debt."""
    left_some = line.kind == "collect" and line.available > 0
    words = Text(N_("%(what)s，没要的退回来了"), {"what": line.reason}) if left_some else line.reason
    return words if line.kind == "set_off" else with_debt(words, line.debt)


def with_debt(words: Text, debt: int) -> Text:
    """The words with how the debt changed; negative: so many points paid it off."""
    if debt == 0:
        return words
    said = N_("%(what)s，其中%(n)d分抵扣了以前记错的") if debt < 0 else N_("%(what)s，其中%(n)d分不够减，记成待抵扣")
    return Text(said, {"what": words, "n": abs(debt)})


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
        if line.kind == "collect" and spent(line):
            sentences.append(spent_words(line, local_date(line.at, zone)))
    return sentences


def spent(line: StatementLine) -> int:
    """Points that left for good: what was kept, less what came back to be used or paid a debt."""
    return line.debt - line.held - line.available


def spent_words(line: StatementLine, day: date) -> Text:
    """10月9日换了香皂1块，用掉30分。"""
    values: dict[str, object] = {"month": month_words(day), "day": day.day, "points": spent(line)}
    if goods := line.reason.values.get("goods"):
        return Text(N_("%(month)s%(day)d日换了%(goods)s，用掉%(points)d分。"), values | {"goods": goods})
    return Text(N_("%(month)s%(day)d日%(what)s，用掉%(points)d分。"), values | {"what": line.reason})


def month_words(day: date) -> Text:
    return Text(MONTHS[day.month - 1])


def months_with_lines(session: Session, community_id: int, person_id: int, *, zone: str, before: date) -> list[date]:
    """The months before the one of `before` in which something was booked, newest first."""
    moments = ledger.moments(session, community_id, owner_of(person_id))
    months = {local_date(at, zone).replace(day=1) for at in moments}
    return sorted((month for month in months if month < before.replace(day=1)), reverse=True)
