"""T2: a few seeded community years; `make soak` plays 1,000 of them. A broken one says how to see it again."""

from pathlib import Path

import pytest

from tests.nets.years import play

SHORT = 250


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_year_with_everything_going_wrong_keeps_right_books(seed: int, sqlite_template: Path) -> None:
    counts = play(seed, sqlite_template, SHORT)

    assert counts["entries"] > SHORT / 3
    assert counts["duplicates"] + counts["lost replies"] > 0
