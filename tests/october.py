"""The demo's month, played once a test run and then copied: the database that browser and demo tests look at."""

import contextlib
import fcntl
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade

from tests.conftest import SetClock, settings_for
from volunteer_app import create_app
from volunteer_app.demo.run import play
from volunteer_app.demo.stage import moment
from volunteer_app.web.database import db

MONDAY = moment("11-09 08:05")


@dataclass(frozen=True, slots=True)
class Played:
    """What the demo printed, and whether it found everything right."""

    right: bool
    printed: str


def play_into(url: str) -> Played:
    """The whole month in the database at `url`, with little time for the solver: seats are filled first."""
    app = create_app(settings_for(url, SetClock(MONDAY)))
    printed = io.StringIO()
    with app.app_context(), contextlib.redirect_stdout(printed):
        upgrade()
        right = play(db.session(), solve_s=6, next_solve_s=3)
        db.session.remove()
        db.engine.dispose()
    return Played(right, printed.getvalue())


def october(shared: Path) -> tuple[Path, Played]:
    """The played month as a SQLite file in `shared`; made by whichever test process comes first."""
    made, said = shared / "october.db", shared / "october.txt"
    with (shared / "october.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.exists():
            played = play_into(f"sqlite:///{made}")
            said.write_text(f"{played.right}\n{played.printed}", "utf-8")
    right, _, printed = said.read_text("utf-8").partition("\n")
    return made, Played(right == "True", printed)


def copy(made: Path, to: Path) -> str:
    """A copy of the month for one test; returns its URL."""
    shutil.copy(made, to)
    return f"sqlite:///{to}"
