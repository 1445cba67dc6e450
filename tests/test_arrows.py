"""Arrows that .importlinter can't draw: who may speak of pages, and what the solver stands on."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("views", "api", "commands", "schemas", "drawing")
"""Files of a feature, by how their names begin, that face the page, the JSON API or the command line."""
BESIDE_PAGES = {
    "calendars/feed.py",
    "erasing/at_once.py",
    "jobs/scheduler.py",
    "jobs/stopping.py",
    "jobs/worker.py",
    "people/typed.py",
    "rewards/asked.py",
    "rewards/beside.py",
    "rosters/board/panels.py",
    "rosters/turns/given.py",
    "rosters/turns/questions.py",
    "sheets/book_views.py",
    "sheets/sending.py",
    "sheets/sheet_views.py",
    "sheets/words.py",
    "store/counter/typed_codes.py",
    "store/orders/typed_pieces.py",
}
"""What draws or reads for them under a name of its own, and the processes that carry an application."""
SOLVER_STANDS_ON = {"numba", "numpy", "ortools"}


def test_pages_are_known_only_to_what_faces_them() -> None:
    found = {
        place
        for path in (ROOT / "volunteer_app").rglob("*.py")
        if (place := path.relative_to(ROOT / "volunteer_app").as_posix()).count("/")
        and not place.startswith(("web/", "demo/", "migrations/"))
        and not path.name.startswith(PAGES)
        and any(name.split(".")[0].startswith("flask") or name.startswith("volunteer_app.web") for name in named(path))
    }
    assert found == BESIDE_PAGES


def test_the_solver_stands_on_numbers_only() -> None:
    outside = {
        name.split(".")[0]
        for path in (ROOT / "solver").rglob("*.py")
        for name in named(path)
        if name.split(".")[0] not in {*sys.stdlib_module_names, "solver"}
    }
    assert outside == SOLVER_STANDS_ON


def named(path: Path) -> Iterator[str]:
    """Modules that the file imports by their whole names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
