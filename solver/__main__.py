"""The command line: python -m solver VERB ..., a module of `verbs` for each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from .verbs import check, compare, curtois, explain, generate, inrc2, replan, solve
from .verbs.files import Unusable
from .verbs.verb import MALFORMED, Run

_VERBS = (solve, check, explain, replan, compare, generate, curtois, inrc2)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 done, 1 `check` found broken rules, 2 malformed input (one sentence on stderr)."""
    asked = _parser().parse_args(arguments)
    try:
        run: Run = asked.run
        return run(asked)
    except Unusable as error:
        print(error, file=sys.stderr)
        return MALFORMED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m solver", description="Fair volunteer rosters.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for module in _VERBS:
        module.add(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
