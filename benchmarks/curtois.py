"""Measures Curtois & Qu instances: python -m benchmarks.curtois [--seconds S] [--out FILE] [INSTANCE ...].

Each case runs the command in a process of its own and appends a line to the results, so that a stopped measurement
goes on where it was: a case that has a line for the same seconds is not run again. The table comes from that file.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# Source: schedulingbenchmarks.org/nrp, upper bounds; 1-21 are proven optima, 22-24 the best known.
_BEST = "607 828 1001 1716 1143 1950 1056 1300 439 4631 3443 4040 1348 1278 3829 3225 5746 4459 3149 4769 21133"
BEST_KNOWN = dict(enumerate(map(int, (*_BEST.split(), 30241, 17428, 42463)), start=1))
FOLDER = Path("../shared/data/curtois")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curtois")
    parser.add_argument("instances", nargs="*", type=int)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/curtois.jsonl"))
    asked = parser.parse_args()
    wanted = asked.instances or [number for number in BEST_KNOWN if _path(number).exists()]
    done = _done(asked.out)
    for number in wanted:
        if (number, asked.seconds, asked.workers) not in done:
            _append(asked.out, _measured(number, asked.seconds, asked.workers))
    done = _done(asked.out)
    print("| instance | best known | found | gap | bound | proved | s | peak MB |")
    print("|---|---|---|---|---|---|---|---|")
    for number in wanted:
        print(_row(done[number, asked.seconds, asked.workers]))


def _path(number: int) -> Path:
    return FOLDER / f"Instance{number}.txt"


def _measured(number: int, seconds: float, workers: int) -> dict[str, Any]:
    """One run of the command, with its wall time and the peak memory of it and its workers together."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "solver", "curtois", str(_path(number)), "--seconds", str(seconds)]
        command += ["--workers", str(workers), "--out", str(Path(folder) / "roster.csv")]
        started, peak = time.monotonic(), 0
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
            while run.poll() is None:
                peak = max(peak, _resident_kb(run.pid))
                time.sleep(0.25)
            assert run.stdout is not None
            answer = json.loads(run.stdout.read().splitlines()[-1])
    wall = round(time.monotonic() - started, 1)
    return {"instance": number, "limit": seconds, "workers": workers, "wall": wall, "mb": peak // 1024, **answer}


def _resident_kb(pid: int) -> int:
    """Resident memory of a process and its children; 0 where /proc doesn't tell."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return own + sum(_resident_kb(int(child)) for child in children)


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def _done(path: Path) -> dict[tuple[int, float, int], dict[str, Any]]:
    if not path.exists():
        return {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {(line["instance"], line["limit"], line["workers"]): line for line in lines}


def _row(line: dict[str, Any]) -> str:
    best = BEST_KNOWN[line["instance"]]
    gap = f"{100 * (line['cost'] / best - 1):.2f} %"
    proved = "yes" if line["proved"] else ""
    return (
        f"| {line['instance']} | {best} | {line['cost']} | {gap} | {line['bound']} | {proved} "
        f"| {line['wall']} | {line['mb']} |"
    )


if __name__ == "__main__":
    main()
