"""T4 in small: every planted bug still fits the program and is in the list of the docs; a few are let loose."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.nets.canary import NETS, ROOT
from tests.nets.planted import PLANTED

LET_LOOSE = ("a credit forgets the debt", "postings can be changed")
ALONE = """
import sys
from tests.nets.canary import caught
from tests.nets.planted import PLANTED
[bug] = [bug for bug in PLANTED if bug.name == sys.argv[1]]
print("caught" if caught(bug, bug.net)[0] else "got through")
"""


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
    """In a process that has not imported the program as it is: it would play the years with that one."""
    done = subprocess.run([sys.executable, "-c", ALONE, name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("caught")
