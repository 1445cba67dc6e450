"""Which pins a plan without broken rules can keep. Refuses to know solvers."""

from __future__ import annotations

from . import check
from .plan import Plan, RefusedPin
from .problem import Pin, Problem


def keepable_pins(problem: Problem) -> tuple[tuple[Pin, ...], tuple[RefusedPin, ...]]:
    """Pins taken one by one in their order; one that breaks a rule beside those before it is refused, with the rules.

    A pin of someone who serves only with a companion counts as a pin of the companion too.
    """
    plan, refused = Plan(), []
    companions = {pair.person: pair.companion for pair in problem.together}
    for pin in dict.fromkeys(problem.pins):
        trial, broken = plan, []
        for person in _party(pin.person, companions):
            if (person, pin.shift) not in trial.assignments:
                verdict = check.verdict(problem, trial, person, pin.shift)
                broken += [one.rule for one in verdict if one.rule != "together"]
                trial = trial.with_seat(person, pin.shift)
        if broken:
            refused.append(RefusedPin(pin, tuple(dict.fromkeys(broken))))
        else:
            plan = trial
    return tuple(Pin(person, shift) for person, shift in sorted(plan.assignments)), tuple(refused)


def _party(person: str, companions: dict[str, str]) -> list[str]:
    party = [person]
    while party[-1] in companions and companions[party[-1]] not in party:
        party.append(companions[party[-1]])
    return party
