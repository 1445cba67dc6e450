"""What the solver's judge says about one seat: may this person, what stands against, what becomes of the load.

Builds the same question that a solve would get, with the draft as the plan; solves nothing.
"""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from solver import check, eligibility
from solver.check import Violation
from solver.plan import Plan
from solver.problem import Problem
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import Roster
from volunteer_app.rosters.problem import problem_for
from volunteer_app.rosters.rules import AlreadyThere, BreaksRule, TurnOver, WeekFull
from volunteer_app.rosters.words import hours, rule_words, tags_words

WEEK_RULES = ("week_shifts", "week_minutes")


@dataclass(frozen=True)
class Case:
    """A roster's question with its draft as the plan. People and shifts are named by their rows' ids."""

    problem: Problem
    plan: Plan
    names: dict[int, str]

    def verdict(self, person_id: int, shift_id: int, *, without: int | None = None) -> tuple[Violation, ...]:
        """Hard rules that the seat would newly break, after taking it from `without`; a former no is no rule."""
        person, shift = str(person_id), str(shift_id)
        plan = self.plan.without_seat(str(without), shift) if without is not None else self.plan
        return check.verdict(self.asking(person, shift), plan, person, shift)

    def asking(self, person: str, shift: str) -> Problem:
        """The question without this person's former no to this shift: staff may ask again."""
        bars = tuple(bar for bar in self.problem.bars if (bar.person, bar.shift) != (person, shift))
        return self.problem if len(bars) == len(self.problem.bars) else replace(self.problem, bars=bars)

    def sentence(self, broken: Violation, person_id: int, shift_id: int) -> Text:
        return rule_words(self.problem, broken, name=self.names[person_id], person=str(person_id), shift=str(shift_id))

    def minutes(self, person_id: int) -> int:
        """Planned minutes of the person in this roster."""
        return sum(self.problem.shift[shift].minutes for shift in self.plan.of_person.get(str(person_id), ()))

    def load(self, person_id: int, *, more: int = 0) -> float:
        """Planned minutes, with `more` added, as a part of the person's own limit over the roster."""
        share = self.problem.person[str(person_id)].share
        return (self.minutes(person_id) + more) / share if share else 0.0

    @cached_property
    def average(self) -> float:
        """Mean load of everybody who can take part."""
        loads = [self.load(int(person.id)) for person in self.problem.people if person.share]
        return sum(loads) / len(loads) if loads else 0.0

    def knows(self, person_id: int, shift_id: int) -> bool:
        return str(person_id) in self.problem.person and str(shift_id) in self.problem.shift


def case_of(session: Session, roster: Roster, *, now: datetime) -> Case:
    """The roster's case as it stands; turns that have begun are no longer part of it."""
    problem = problem_for(session, roster, at=now)
    pairs = frozenset(
        (str(seat.person_id), str(seat.shift_id))
        for seat in queries.draft_seats(session, roster.id)
        if seat.state != "seeking" and str(seat.shift_id) in problem.shift and str(seat.person_id) in problem.person
    )
    names = {row.id: row.name for row in session.execute(select(Person.id, Person.name))}
    return Case(problem, Plan(pairs), names)


def judge(case: Case, person_id: int, shift_id: int, *, without: int | None = None) -> None:
    """Refuses with the first hard rule that the seat breaks, in words."""
    if not case.knows(person_id, shift_id):
        raise TurnOver
    if (str(person_id), str(shift_id)) in case.plan.assignments:
        raise AlreadyThere(name=case.names[person_id])
    for broken in case.verdict(person_id, shift_id, without=without):
        raise BreaksRule(rule=case.sentence(broken, person_id, shift_id))


def may_join(session: Session, shift: Shift, person_id: int, *, now: datetime) -> None:
    """The volunteer's own view of the same judgement: a full week is said kindly."""
    roster = queries.roster_on(session, shift.community_id, shift.starts_on)
    assert roster is not None, "an open turn belongs to a roster"
    case = case_of(session, roster, now=now)
    broken = case.verdict(person_id, shift.id) if case.knows(person_id, shift.id) else ()
    week = next((one for one in broken if one.rule in WEEK_RULES), None)
    if week is not None:
        raise WeekFull(most=case.problem.person[str(person_id)].limits.shifts_per_week)
    judge(case, person_id, shift.id)


def notices(case: Case, person_id: int, shift_id: int) -> list[Text]:
    """Wishes that a hand-made seat goes against: allowed, but said."""
    person, shift = case.problem.person[str(person_id)], case.problem.shift[str(shift_id)]
    name, found = case.names[person_id], []
    after = case.load(person_id, more=shift.minutes)
    if after > case.average * 1.25:
        found.append(
            Text(
                N_("%(name)s的负荷升到%(load)d%%，平均%(average)d%%。"),
                {"name": name, "load": round(after * 100), "average": round(case.average * 100)},
            )
        )
    if shift.id in person.unwanted or eligibility.is_available(eligibility.merged(person.avoids), shift):
        found.append(Text(N_("%(name)s写过，这个时候能不来就不来。"), {"name": name}))
    return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody for a seat: `load` after taking it; `against` is the rule that forbids it, None when he may."""

    person_id: int
    name: str
    load: float
    against: Text | None


def candidates(case: Case, shift_id: int, *, without: int | None = None) -> list[Candidate]:
    """Everybody who isn't on the shift: first those who may, least busy first, then those whom one rule stops."""
    shift = case.problem.shift[str(shift_id)]
    there = set(case.plan.on_shift.get(shift.id, ()))
    found: list[tuple[int, float, str, Candidate]] = []
    for person in case.problem.people:
        if person.id in there:
            continue
        one = int(person.id)
        broken = case.verdict(one, shift_id, without=without)
        if len(broken) > 1 or (broken and broken[0].rule in ("skill", "tag_barred")):
            continue
        against = case.sentence(broken[0], one, shift_id) if broken else None
        load = case.load(one, more=shift.minutes)
        found.append((len(broken), load, person.id, Candidate(one, case.names[one], load, against)))
    return [row[-1] for row in sorted(found, key=lambda row: row[:3])]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Why a seat is empty: rule -> people whom it stops first, `open_to` whom nothing stops, who nearly could."""

    stopped: tuple[tuple[str, int], ...]
    open_to: tuple[Candidate, ...]
    nearly: tuple[Candidate, ...]
    asked: int


def funnel(case: Case, shift_id: int) -> Funnel:
    """From everybody with the skill down to the ones whom a single rule stops."""
    shift = case.problem.shift[str(shift_id)]
    there = set(case.plan.on_shift.get(shift.id, ()))
    stopped: Counter[str] = Counter()
    asked = 0
    for person in case.problem.people:
        if person.id in there:
            continue
        asked += 1
        broken = case.verdict(int(person.id), shift_id)
        if broken:
            stopped[broken[0].rule] += 1
    near = candidates(case, shift_id)
    return Funnel(
        stopped=tuple(stopped.most_common()),
        open_to=tuple(one for one in near if one.against is None),
        nearly=tuple(one for one in near if one.against is not None),
        asked=asked,
    )


def reasons(case: Case, person_id: int, shift_id: int) -> list[Text]:
    """Why this person has this seat: own time, own limit and its use, load beside the average, partner, rule."""
    person, shift = case.problem.person[str(person_id)], case.problem.shift[str(shift_id)]
    found = [Text(N_("这个时间有空，是%(name)s自己填的"), {"name": case.names[person_id]})]
    found.append(week_words(case, person_id, shift_id))
    found.append(
        Text(
            N_("这张表的负荷%(load)d%%，大家平均%(average)d%%"),
            {"load": round(case.load(person_id) * 100), "average": round(case.average * 100)},
        )
    )
    with_him = [one for one in case.plan.on_shift.get(shift.id, ()) if one in person.partners]
    if with_him:
        found.append(Text(N_("想和%(partner)s一起，排在一起了"), {"partner": case.names[int(with_him[0])]}))
    found += [
        Text(RULE_MET, {"least": mix.at_least, "who": tags_words(mix.tags)})
        for mix in shift.mixes
        if mix.tags & person.tags
    ]
    found += [
        Text(SKILL_MET, {"skill": tags_words(frozenset({tag}))})
        for tag in sorted(shift.requires)
        if tag.startswith("skill:")
    ]
    return found


def week_words(case: Case, person_id: int, shift_id: int) -> Text:
    """Which turn of the week this is, beside the own limits."""
    person, shift = case.problem.person[str(person_id)], case.problem.shift[str(shift_id)]
    own = [case.problem.shift[one] for one in case.plan.of_person.get(person.id, ())]
    week = [one for one in own if one.week == shift.week] + [one for one in person.held if one.week == shift.week]
    earlier = sum(one.starts_min < shift.starts_min for one in week)
    return Text(
        N_("这周第%(nth)d次。上限是每周%(most)d次、%(hours)s小时"),
        {
            "nth": earlier + 1,
            "most": person.limits.shifts_per_week or 0,
            "hours": hours(person.limits.minutes_per_week or 0),
        },
    )


RULE_MET = N_("这个班要有%(least)d位%(who)s")
SKILL_MET = N_("这个班要%(skill)s")
