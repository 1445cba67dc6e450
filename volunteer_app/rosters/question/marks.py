"""What people count as, day by day: skills and insurance that lapse, birthdays of the year, consents withdrawn."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from solver.problem import DatedTag
from volunteer_app.needs.rules import ADULT_FROM, person_tags
from volunteer_app.people.models import Consent, Person, PersonTag
from volunteer_app.places.queries import area_codes
from volunteer_app.rosters.question.frame import UNCONSENTED, Frame


@dataclass(frozen=True, slots=True)
class Dated:
    """Tags that hold on every day of a roster, and those that hold on some of its days only."""

    always: frozenset[str]
    at_times: tuple[DatedTag, ...]


class Marks:
    """Identities, skills, areas and consents, read once."""

    def __init__(self, session: Session) -> None:
        self.tags: dict[int, list[PersonTag]] = defaultdict(list)
        for tag in session.scalars(select(PersonTag).order_by(PersonTag.id)):
            self.tags[tag.person_id].append(tag)
        self.codes = area_codes(session)
        self.consents: dict[int, list[Consent]] = defaultdict(list)
        for given in session.scalars(select(Consent).where(Consent.purpose.in_(("service", "guardian")))):
            self.consents[given.person_id].append(given)

    def on(self, person: Person, day: date) -> frozenset[str]:
        """The tags that rules ask for on a day."""
        found = person_tags(person, person.profile, self.tags[person.id], self.codes, day)
        return found if self.has_consent(person, day) else found | {UNCONSENTED}

    def has_consent(self, person: Person, day: date) -> bool:
        """A minor's guardian has agreed; an adult's own word counts, before it what was agreed for him, and nobody has
        taken back all of that.

        Source: a minor serves with the guardian's consent (domain.md 2.1); withdrawing is as easy as giving (2.7).
        """
        age, given = person.age_on(day), self.consents[person.id]
        if age is not None and age < ADULT_FROM:
            return any(one.purpose == "guardian" and one.withdrawn_at is None for one in given)
        counted = [one for one in given if one.purpose == "service"] or given
        return not counted or any(one.withdrawn_at is None for one in counted)

    def over(self, person: Person, frame: Frame) -> Dated:
        """The whole roster at once: looked at only on days on which something may change."""
        starts = self._changes(person, frame)
        ends = [*(day - timedelta(days=1) for day in starts[1:]), frame.to_on]
        spans = [(self.on(person, first), first, last) for first, last in zip(starts, ends, strict=True)]
        always = frozenset.intersection(*(tags for tags, _, _ in spans))
        found: dict[str, list[DatedTag]] = defaultdict(list)
        for tags, first, last in spans:
            for tag in tags - always:
                holds = DatedTag(tag, frame.day(first), frame.day(last))
                if found[tag] and found[tag][-1].last_day == frame.day(first) - 1:
                    holds = replace(found[tag].pop(), last_day=holds.last_day)
                found[tag].append(holds)
        return Dated(always, tuple(one for tag in sorted(found) for one in found[tag]))

    def _changes(self, person: Person, frame: Frame) -> list[date]:
        lapses = [tag.valid_until for tag in self.tags[person.id]]
        lapses.append(person.profile.insured_until if person.profile else None)
        days = {one + timedelta(days=1) for one in lapses if one is not None}
        days |= {date(year, 1, 1) for year in range(frame.from_on.year + 1, frame.to_on.year + 1)}
        return [frame.from_on, *sorted(day for day in days if frame.from_on < day <= frame.to_on)]
