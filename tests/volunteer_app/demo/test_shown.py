"""What a newcomer sees with own eyes: one winner of a race, and a forger who is named, on both databases."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import BACKENDS
from volunteer_app.cli import main


@pytest.fixture(params=BACKENDS)
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    found = {"YOULIN_INSTANCE": str(tmp_path)}
    return found if request.param == "sqlite" else found | {"DATABASE_URL": request.getfixturevalue("postgres").url}


def youlin(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)


def test_the_race_has_one_winner_and_says_so(environment: dict[str, str]) -> None:
    shown = youlin(environment, "demo", "race", "--people", "12")

    assert shown.exit_code == 0, shown.output
    assert shown.output.count("has it: order") == 1
    assert "11 people were told: 刚刚换完了，没有扣您的分" in shown.output
    assert "On the shelf 0, kept for an order 1" in shown.output
    assert "Books verified" in shown.output


def test_the_forger_is_refused_named_and_betrayed(environment: dict[str, str]) -> None:
    shown = youlin(environment, "demo", "tamper")

    assert shown.exit_code == 0, shown.output
    assert "the database refuses" in shown.output
    assert "his passbook says 600 points" in shown.output
    assert "BROKEN at txn 3" in shown.output
    assert "somebody has rewritten the books" in shown.output
