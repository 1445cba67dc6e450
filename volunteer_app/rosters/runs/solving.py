"""The solver's own process: a problem comes in, progress and a result go out, one JSON object a line.

Run as `python -m volunteer_app.rosters.runs.solving`; nothing else imports it, so that OR-Tools never enters a web or a
worker process. The first line in is {"kind", "problem", "seconds", "workers"}; a later line `stop` ends the solve and
keeps the best. When the input ends, whoever asked is gone, and so is this process at once. A repair changes the plan
that the problem gives as `previous`, and answers with {"plan", "steps", "gaps", "seconds"}.
"""

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

from solver.formats import native
from solver.plan import Plan, Progress
from solver.problem import Problem
from solver.replan import replan
from solver.solve import solve

EVERY_S = 0.5
"""Progress is told at most so often."""
SUMMED = ("must_cover", "target_cover")


class Teller:
    """Writes progress lines, and keeps how each goal stood when the next one began. Called from several threads."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.lock = threading.Lock()
        self.levels: dict[str, dict[str, Progress]] = {}
        self.began: dict[str, float] = {}
        self.told_at = 0.0

    def tell(self, progress: Progress) -> None:
        with self.lock:
            fresh = progress.goal not in self.levels
            self.began.setdefault(progress.goal, progress.seconds)
            self.levels.setdefault(progress.goal, {})[progress.level] = progress
            if fresh or time.monotonic() - self.told_at >= EVERY_S:
                self.told_at = time.monotonic()
                say({"progress": self.words(progress)})

    def words(self, progress: Progress) -> dict[str, Any]:
        return {
            "goal": progress.goal,
            "level": progress.level,
            "stage": progress.stage,
            "value": progress.value,
            "bound": progress.bound,
            "proved": progress.proved,
            "seconds": round(progress.seconds, 2),
            "seats_filled": progress.seats_filled,
            "seats_wanted": progress.seats_wanted,
            "goals": {goal: self.headline(goal) for goal in self.levels},
            "shares": self.shares(progress),
        }

    def headline(self, goal: str) -> dict[str, Any]:
        """A goal by one number: covers summed over priorities, fairness by its highest load, else the last level."""
        levels = self.levels[goal]
        last = list(levels.values())[-1]
        shown = list(levels.values()) if goal in SUMMED else [levels.get("highest", last)]
        return {
            "value": sum(one.value for one in shown),
            "bound": sum(one.bound for one in shown),
            "proved": all(one.proved for one in levels.values()),
            "seconds": round(last.seconds - self.began[goal], 2),
        }

    def shares(self, progress: Progress) -> list[float]:
        """Load of each person with a share, as a part of it."""
        return [
            round(
                sum(self.problem.shift[shift].minutes for shift in progress.plan.of_person.get(person.id, ()))
                / person.share,
                4,
            )
            for person in self.problem.people
            if person.share
        ]


def say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def listen(stopped: threading.Event) -> None:
    """Reads the orders that follow the question."""
    for line in sys.stdin:
        if line.strip() == "stop":
            stopped.set()
    os._exit(3)


def main() -> None:
    question = json.loads(sys.stdin.readline())
    problem = native.from_plain(Problem, question["problem"])
    stopped = threading.Event()
    threading.Thread(target=listen, args=(stopped,), daemon=True).start()
    answers = {"solve": solved, "repair": repaired}
    say({"result": answers[question["kind"]](problem, question, stopped)})
    os._exit(0)


def solved(problem: Problem, question: dict[str, Any], stopped: threading.Event) -> dict[str, Any]:
    result = solve(
        problem,
        seconds=question["seconds"],
        workers=question["workers"],
        on_progress=Teller(problem).tell,
        should_stop=stopped.is_set,
    )
    return native.to_plain(result)


def repaired(problem: Problem, question: dict[str, Any], stopped: threading.Event) -> dict[str, Any]:
    published = Plan(problem.previous or frozenset())
    repair = replan(problem, published, seconds=question["seconds"], should_stop=stopped.is_set)
    return {
        "plan": sorted(repair.plan.assignments),
        "steps": [asdict(step) for step in repair.steps],
        "gaps": dict(repair.gaps),
        "seconds": repair.seconds,
    }


if __name__ == "__main__":
    main()
