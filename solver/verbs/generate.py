"""python -m solver generate: invent a problem."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..formats import native
from ..generate import generate
from .files import Unusable, expect_place, write
from .verb import DONE, Verbs, add_verb


def add(verbs: Verbs) -> None:
    one = add_verb(verbs, "generate", _generate, "invent a problem")
    for name in ("people", "days", "seats", "seed"):
        one.add_argument(f"--{name}", type=int, required=True)
    one.add_argument("--out", type=Path, required=True)


def _generate(asked: argparse.Namespace) -> int:
    if min(asked.people, asked.days) < 1 or asked.seats < 0:
        raise Unusable("--people and --days must be above 0, --seats not below 0")
    expect_place(asked.out)
    problem = generate(people=asked.people, days=asked.days, seats=asked.seats, seed=asked.seed)
    write(asked.out, native.dumps(problem))
    return DONE
