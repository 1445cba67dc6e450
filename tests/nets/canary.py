"""T4: plants each bug in a copy of the program and lets its net out; a bug that gets through is the news.

python -m tests.nets.canary                     all of them, and the table
python -m tests.nets.canary "a credit"          those whose name has these words
"""

import atexit
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

from tests.nets.planted import PLANTED, Planted

ROOT = Path(__file__).resolve().parents[2]
FORK = multiprocessing.get_context("fork")
NETS: dict[str, list[str]] = {
    "years": [],
    "race": [f"tests/volunteer_app/{room}/test_concurrency.py" for room in ("core", "ledger", "store")],
    "tamper": ["tests/nets/test_tampering.py"],
    "guards": [f"tests/volunteer_app/ledger/test_{part}.py" for part in ("verify", "laws", "entries")],
}
"""What pytest runs; walks and years are played in a forked process that knows every library but not the program yet."""
WALKS, YEARS, REQUESTS = 20, 12, 300
LIBRARIES = ("hypothesis.stateful", "pytest", "flask_migrate", "flask_smorest", "flask_bootstrap", "flask_wtf")
LIMIT_S = 400


def plant(bug: Planted | None, folder: Path) -> None:
    """The program in the folder, with the bug; raises when the bug no longer fits."""
    shutil.copytree(ROOT / "volunteer_app", folder / "volunteer_app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tests", "templates", "solver", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    if bug is None:
        return
    path = folder / "volunteer_app" / bug.file
    source = path.read_text(encoding="utf-8")
    if source.count(bug.old) != 1:
        raise SystemExit(f"'{bug.name}' no longer fits {bug.file}: {source.count(bug.old)} places")
    path.write_text(source.replace(bug.old, bug.new), encoding="utf-8")
    compile(path.read_text(encoding="utf-8"), str(path), "exec")


def caught(bug: Planted | None, net: str) -> tuple[bool, str]:
    """Whether the net failed on the planted program, and its last words."""
    with tempfile.TemporaryDirectory(prefix="youlin-canary-") as name:
        plant(bug, Path(name))
        return by_years(Path(name)) if net == "years" else by_tests(name, net)


def by_tests(folder: str, net: str) -> tuple[bool, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *NETS[net]]
    environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
    if net == "tamper":
        environment["YOULIN_TEST_DATABASES"] = "sqlite"
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    return bool(done.returncode), last_words(done.stdout + done.stderr) if done.returncode else ""


def by_years(folder: Path) -> tuple[bool, str]:
    """Walks and plays community years in a process that imports the planted program."""
    for library in LIBRARIES:
        import_module(library)
    template = year_template()
    receives, sends = FORK.Pipe(duplex=False)
    process = FORK.Process(target=play_years, args=(folder, template, sends))
    process.start()
    said: str = receives.recv() if receives.poll(LIMIT_S) else ""
    process.kill()
    process.join()
    if said.startswith(("ImportError", "SyntaxError", "ModuleNotFoundError")):
        raise SystemExit(f"the net could not be let out: {said}")
    return bool(said), said[:110]


def play_years(folder: Path, template: Path, sends: Connection) -> None:
    """Says what was wrong in the first broken walk or year; nothing when none was."""
    sys.path.insert(0, str(folder))
    try:
        from tests.nets.walk import walk_copy
        from tests.nets.years import play

        for seed in range(WALKS):
            walk_copy(seed, template)
        for seed in range(YEARS):
            play(seed, template, REQUESTS)
    except Exception as error:  # whatever it is, the net has caught it
        sends.send(f"{type(error).__name__}: {error}")
    else:
        sends.send("")


@cache
def year_template() -> Path:
    """An empty migrated file, made once by the program as it is."""
    path = Path(tempfile.mkdtemp(prefix="youlin-canary-")) / "template.db"
    script = (
        f"from tests.conftest import build_schema; build_schema('sqlite:///{path}');"
        f"import sqlite3; sqlite3.connect('{path}').execute('PRAGMA wal_checkpoint(TRUNCATE)')"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    return path


def last_words(output: str) -> str:
    """The line that says what was wrong; a program that couldn't even start has not been caught."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for word in ("ImportError", "SyntaxError", "usage:"):
        if any(word in line for line in lines):
            raise SystemExit(f"the net could not be let out: {lines[-3:]}")
    telling = [line for line in lines if line.startswith(("BROKEN seed", "E  "))]
    return (telling or lines or ["nothing said"])[0][:110]


def main(words: str = "") -> int:
    """Control first: on the program as it is every net keeps quiet."""
    chosen = [bug for bug in PLANTED if words in bug.name]
    for net in dict.fromkeys(bug.net for bug in chosen):
        is_caught, said = caught(None, net)
        print(f"{'BROKEN ' if is_caught else 'quiet  '} {net:7} the program as it is {said}", flush=True)
        if is_caught:
            return 1
    through = 0
    for bug in chosen:
        began = time.monotonic()
        is_caught, said = caught(bug, bug.net)
        through += not is_caught
        mark = "caught " if is_caught else "THROUGH"
        print(f"{mark} {bug.net:7} {bug.name:62} {time.monotonic() - began:4.0f} s  {said}", flush=True)
    print(f"{len(chosen)} bugs, {len(chosen) - through} caught")
    return 1 if through else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
