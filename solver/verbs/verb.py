"""A verb of the command line: its name, its summary, what it runs, and what its exit code means."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import TypeAlias

from .files import Unusable

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run: TypeAlias = Callable[[argparse.Namespace], int]

DONE, BROKEN, MALFORMED = 0, 1, 2
"""Exit codes: done; `check` found broken rules; input that can't be used (one sentence on stderr)."""


def add_verb(verbs: Verbs, name: str, run: Run, summary: str) -> argparse.ArgumentParser:
    """A parser for the verb's own arguments; `run` gets what was asked and answers with an exit code."""
    parser = verbs.add_parser(name, help=summary)
    parser.set_defaults(run=run)
    return parser


def expect_limits(seconds: float, workers: int = 1, seed: int = 0) -> None:
    """Unusable unless a search can be held to these."""
    if not 0 < seconds < math.inf or workers < 1 or seed < 0:
        raise Unusable("--seconds and --workers must be above 0, --seed not below 0")
