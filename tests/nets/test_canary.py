"""T4 in small: every planted bug still fits the program and is in the list of the docs; a few are let loose."""

from pathlib import Path

import pytest

from tests.nets.canary import NETS, ROOT, caught
from tests.nets.planted import PLANTED

LET_LOOSE = ("a credit forgets the debt", "postings can be changed")


def test_every_planted_bug_fits_in_one_place() -> None:
    sources = {bug.file: (ROOT / "volunteer_app" / bug.file).read_text(encoding="utf-8") for bug in PLANTED}

    assert len({bug.name for bug in PLANTED}) == len(PLANTED) >= 40
    assert [bug.name for bug in PLANTED if sources[bug.file].count(bug.old) != 1] == []
    assert {bug.net for bug in PLANTED} == NETS.keys()


def test_the_list_of_planted_bugs_is_in_the_docs() -> None:
    listed = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
    assert [bug.name for bug in PLANTED if f"| {bug.name} | {bug.net} |" not in listed] == []


@pytest.mark.parametrize("name", LET_LOOSE)
def test_a_planted_bug_is_caught(name: str) -> None:
    [bug] = [bug for bug in PLANTED if bug.name == name]
    assert caught(bug, bug.net)[0]
