"""T4: plants each bug in a copy of the program and lets its net out; a bug that gets through is the news.

python -m tests.nets.canary                     all of them, and the table
python -m tests.nets.canary "a credit"          those whose name has these words
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.nets.planted import PLANTED, Planted

ROOT = Path(__file__).resolve().parents[2]
PYTEST = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
NETS = {
    "years": [[sys.executable, "-m", "tests.nets.years", "--years", "12", "--operations", "300", "--first"]],
    "race": [
        [*PYTEST, "tests/volunteer_app/ledger/test_concurrency.py", "tests/volunteer_app/store/test_concurrency.py"]
    ],
    "tamper": [[*PYTEST, "tests/nets/test_tampering.py"]],
    "guards": [[*PYTEST, "tests/volunteer_app/ledger/test_verify.py"]],
}
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
        for command in NETS[net]:
            environment = {**os.environ, "PYTHONPATH": name, "PYTHONDONTWRITEBYTECODE": "1"}
            if net in ("tamper",):
                environment["YOULIN_TEST_DATABASES"] = "sqlite"
            done = subprocess.run(
                command, cwd=name, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
            )
            if done.returncode:
                return True, last_words(done.stdout + done.stderr)
    return False, ""


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
