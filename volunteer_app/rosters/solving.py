"""The solver's own process: a problem comes in, progress and a result go out, one JSON object a line.

Run as `python -m volunteer_app.rosters.solving`; nothing else imports it, so that OR-Tools never enters a web or a
worker process. The first line in is {"problem", "seconds", "workers", "plan"}; a later line `stop` ends the solve and
keeps the best. When the input ends, whoever asked is gone, and so is this process at once.
"""

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

from solver.formats import native
from solver.plan import Progress
from solver.problem import Problem
from solver.solve import solve

EVERY_S = 0.5
"""Progress is told at most so often."""


class Teller:
    """Writes progress lines, and keeps how each goal stood when the next one began."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.goals: dict[str, dict[str, Any]] = {}
        self.goal_began: dict[str, float] = {}
        self.last = 0.0

    def tell(self, progress: Progress) -> None:
        began = self.goal_began.setdefault(progress.goal, progress.seconds)
        fresh = progress.goal not in self.goals
        self.goals[progress.goal] = {
            "value": progress.value,
            "bound": progress.bound,
            "proved": progress.proved,
            "seconds": progress.seconds - began,
        }
        now = time.monotonic()
        if fresh or progress.proved or now - self.last >= EVERY_S:
            self.last = now
            self.write(progress)

    def write(self, progress: Progress) -> None:
        words = {name: value for name, value in asdict(progress).items() if name != "plan"}
        say({"progress": {**words, "goals": self.goals, "shares": self.shares(progress)}})

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
    teller = Teller(problem)
    result = solve(
        problem,
        seconds=question["seconds"],
        workers=question["workers"],
        on_progress=teller.tell,
        should_stop=stopped.is_set,
    )
    say({"result": native.to_plain(result)})
    os._exit(0)


if __name__ == "__main__":
    main()
