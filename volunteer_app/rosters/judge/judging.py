"""What the solver's judge says about one seat: may this person, what stands against, what becomes of the load.

Builds the same question that a solve would get, with the draft as the plan; solves nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from solver import explain, pairs
from solver.check import Violation
from solver.plan import Plan
from solver.problem import Problem
from volunteer_app.core.errors import AppError, NotFound
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import Assignment, Roster
from volunteer_app.rosters.question.problem import problem_for
from volunteer_app.rosters.rules import AlreadyThere, BreaksRule, NotServing, SwapUnsuited, TurnOver, WeekFull
from volunteer_app.rosters.words import hours, rule_words, tag_words, tags_words

WEEK_RULES = ("week_shifts", "week_minutes")


@dataclass(frozen=True)
class Case:
    """A roster's question with its draft as the plan. People and shifts are named by their rows' ids."""

    problem: Problem
    plan: Plan
    names: dict[int, str]

    def verdict(self, person_id: int, shift_id: int, *, without: int | None = None) -> tuple[Violation, ...]:
        """Hard rules that the seat would newly break, after taking it from `without`; a former no is no rule.

        Legs of one task are judged and taken together.
        """
        person, shift = str(person_id), str(shift_id)
        return explain.verdict(self.asking(person, shift), self.relieved(without, shift), person, shift)

    def exchange(self, first: Assignment, second: Assignment) -> tuple[Violation, ...]:
        """Hard rules that the holders of two seats would break by taking each other's, with all legs of both."""
        one, other = ((str(seat.person_id), str(seat.shift_id)) for seat in (first, second))
        return explain.exchange(self.problem, self.plan, one, other)

    def relieved(self, without: int | None, shift: str) -> Plan:
        """The draft without this person on the shift and its other legs; the draft itself without nobody."""
        return self.plan if without is None else explain.without_task(self.problem, self.plan, str(without), shift)

    def asking(self, person: str, shift: str) -> Problem:
        """The question without this person's former no to this shift or its legs: staff may ask again."""
        parts = explain.parts_of(self.problem, shift)
        bars = tuple(bar for bar in self.problem.bars if bar.person != person or bar.shift not in parts)
        return self.problem if len(bars) == len(self.problem.bars) else replace(self.problem, bars=bars)

    def sentence(self, broken: Violation, person_id: int, shift_id: int) -> Text:
        return rule_words(self.problem, broken, name=self.names[person_id], person=str(person_id), shift=str(shift_id))

    def load(self, person_id: int, *, with_shift: int | None = None) -> float:
        """Planned turns, with one more added, as a part of the person's own limit over the roster; heavy ones weigh
        more.
        """
        share = self.problem.person[str(person_id)].share
        asked = () if with_shift is None else explain.parts_of(self.problem, str(with_shift))
        shifts = {*self.plan.of_person.get(str(person_id), ()), *asked}
        return sum(self.problem.shift[shift].load_pct_min for shift in shifts) / (100 * share) if share else 0.0

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
    """Refuses with the first hard rule that the seat breaks, in words; and with what rules it out before."""
    if (refusal := ruled_out(case, person_id, shift_id)) is not None:
        raise refusal
    for broken in case.verdict(person_id, shift_id, without=without):
        raise BreaksRule(rule=case.sentence(broken, person_id, shift_id))


def ruled_out(case: Case, person_id: int, shift_id: int) -> AppError | None:
    """What is known before any rule is asked: TurnOver, NotFound, NotServing, AlreadyThere, or None for nothing."""
    if str(shift_id) not in case.problem.shift:
        return TurnOver()
    if person_id not in case.names:
        return NotFound()
    if str(person_id) not in case.problem.person:
        return NotServing(name=case.names[person_id])
    if (str(person_id), str(shift_id)) in case.plan.assignments:
        return AlreadyThere(name=case.names[person_id])
    return None


def may_exchange(case: Case, first: Assignment, second: Assignment) -> bool:
    """No rule stands against the holders of two seats taking each other's."""
    return next(against_exchange(case, first, second), None) is None


def judge_exchange(case: Case, first: Assignment, second: Assignment, *, asker_id: int | None) -> None:
    """Refuses with what first stands against the exchange, in words. Staff, who ask with None, hear all of it; one of
    the two hears what is about himself, and SwapUnsuited in place of what is about somebody else.
    """
    for person_id, refusal in against_exchange(case, first, second):
        raise refusal if asker_id in (None, person_id) else SwapUnsuited


def against_exchange(case: Case, first: Assignment, second: Assignment) -> Iterator[tuple[int, AppError]]:
    """(whom it is about, what forbids it); whoever has the first asks for no second."""
    comes = {second.shift_id: first.person_id, first.shift_id: second.person_id}
    for shift_id, person_id in comes.items():
        if (refusal := ruled_out(case, person_id, shift_id)) is not None:
            yield person_id, refusal
    for broken in case.exchange(first, second):
        person_id = int(broken.person) if broken.person else comes.get(int(broken.shift), first.person_id)
        got = first.shift_id if person_id == second.person_id else second.shift_id
        yield person_id, BreaksRule(rule=case.sentence(broken, person_id, got))


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
    after = case.load(person_id, with_shift=shift_id)
    if after > case.average * 1.25:
        found.append(
            Text(
                N_("%(name)s的负荷升到%(load)d%%，平均%(average)d%%。"),
                {"name": name, "load": round(after * 100), "average": round(case.average * 100)},
            )
        )
    if shift.id in person.unwanted or pairs.is_available(pairs.merged(person.avoids), shift):
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
    """Everybody who isn't on the shift: first those who may, best first, then those whom a single rule stops."""
    shift = str(shift_id)
    rows = explain.candidates(case.problem, case.relieved(without, shift), shift)
    return [
        candidate(case, row, shift_id, without=without)
        for row in rows
        if not row.is_on and len(row.rules) <= 1 and not set(row.rules) & NEVER and row.person != str(without)
    ]


def candidate(case: Case, row: explain.Candidate, shift_id: int, *, without: int | None) -> Candidate:
    person_id = int(row.person)
    broken = case.verdict(person_id, shift_id, without=without) if row.rules else ()
    against = case.sentence(broken[0], person_id, shift_id) if broken else None
    after = case.load(person_id, with_shift=shift_id)
    return Candidate(person_id, case.names[person_id], after, against)


def reasons(case: Case, person_id: int, shift_id: int) -> list[Text]:
    """Why this person has this seat: own time as it is filled in now, own limit and its use, load beside the average,
    partner, rule.
    """
    found = explain.why_person(case.problem, case.plan, str(person_id), str(shift_id))
    shift = case.problem.shift[str(shift_id)]
    free = pairs.merged(case.problem.person[str(person_id)].windows)
    is_free = pairs.is_available(free, shift)
    said = [Text(N_("填的是这个时间有空") if is_free else N_("现在填的是这个时间没有空"))]
    said.append(
        Text(
            N_("这一周排了%(turns)d次，上限是每周%(most)d次、%(hours)s小时"),
            {
                "turns": found.turns_week,
                "most": found.limit_week or 0,
                "hours": hours(found.limit_minutes_week or 0),
            },
        )
    )
    said.append(
        Text(
            N_("这张表的负荷是自己上限的%(load)d%%，能来的人平均%(average)d%%"),
            {"load": round(case.load(person_id) * 100), "average": round(case.average * 100)},
        )
    )
    if shift.heaviness_pct > 100:
        said.append(Text(N_("这个班累，一小时算%(times)s小时的负荷"), {"times": f"{shift.heaviness_pct / 100:g}"}))
    if found.partners:
        said.append(Text(N_("想和%(partner)s一起，排在一起了"), {"partner": case.names[int(found.partners[0])]}))
    if found.is_familiar:
        said.append(Text(N_("以前去过这一家，老面孔")))
    for index in found.mixes:
        mix = shift.mixes[index]
        said.append(Text(RULE_MET, {"least": mix.at_least, "who": tags_words(mix.tags)}))
    for tag in sorted(shift.requires):
        if tag.startswith("skill:"):
            said.append(Text(N_("这个班要%(skill)s的人"), {"skill": tag_words(tag)}))
    return said


NEVER = frozenset({"skill", "lapsed", "tag_barred", "effort", "barred_seat"})
"""Rules that no telephone call can change."""
RULE_MET = N_("这个班要有%(least)d位%(who)s，算在内")


def planned_pct(problem: Problem, plan: Plan, person: str) -> int:
    """Planned minutes as a part of the own limit over the roster, in percent."""
    share = problem.person[person].share
    minutes = sum(problem.shift[one].minutes for one in plan.of_person.get(person, ()))
    return round(100 * minutes / share) if share else 0
