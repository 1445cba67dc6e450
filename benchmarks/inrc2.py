"""Measures the nurse rostering competition's cases with the command itself: python -m benchmarks.inrc2 --help.

Each finished run is a line of the log; a run that is there already isn't repeated, so that an interrupted measurement
goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from solver.formats.inrc2.case import Case
from solver.formats.inrc2.judge import judge
from solver.formats.inrc2.reader import loads_history, loads_scenario, loads_solution, loads_week

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared/data/inrc2"
LOG = ROOT / "build/bench-inrc2.jsonl"
_GRACE_S = 30.0

# Best costs with all weeks known. Source: wssuite/NurseScheduler @0c174371, benchmark/w4.yml; * = proved.
BEST = {
    "n030w4_1_6-2-9-1": 1670,  # *
    "n030w4_1_6-7-5-3": 1815,  # *
    "n035w4_0_1-7-1-8": 1360,  # *
    "n035w4_2_8-8-7-5": 1080,  # *
    "n050w4_0_0-4-8-7": 1315,  # *
    "n050w4_0_7-2-7-2": 1315,  # *
    "n080w4_2_4-3-3-3": 3300,
    "n080w4_2_6-0-4-8": 3190,
    "n100w4_0_1-1-0-8": 1170,  # *
    "n100w4_2_0-6-4-6": 1780,  # *
    "n120w4_1_4-6-2-6": 2020,
    "n120w4_1_5-6-9-8": 2050,  # *
}


def main() -> None:
    asked = _asked()
    asked.log.parent.mkdir(parents=True, exist_ok=True)
    done = _logged(asked.log)
    print("| case | weeks | cost | best known | gap | bound | over bound | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for name in asked.cases:
        weeks = "rolling" if asked.rolling else "known"
        key = {"case": name, "weeks": weeks, "seconds": asked.seconds, "workers": asked.workers, "seed": asked.seed}
        row = next((one for one in done if key.items() <= one.items()), None)
        if row is None:
            row = {**key, **_measured(name, asked)}
            with asked.log.open("a") as log:
                log.write(json.dumps(row) + "\n")
        print(_shown(row), flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inrc2", description=__doc__)
    parser.add_argument("cases", nargs="*", default=list(BEST), help="such as n030w4_1_6-2-9-1")
    parser.add_argument("--seconds", type=float, default=600.0, help="for each case")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rolling", action="store_true", help="week by week")
    parser.add_argument("--log", type=Path, default=LOG)
    return parser.parse_args()


def _logged(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _measured(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Runs the command and judges the files that it wrote."""
    scenario, history, weeks = _files(name)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "solver", "inrc2", "--scenario", scenario, "--history", history]
        command += ["--weeks", *weeks, "--seconds", asked.seconds, "--workers", asked.workers, "--seed", asked.seed]
        command += ["--out", folder, *(["--rolling"] if asked.rolling else [])]
        ran = subprocess.run(
            [str(word) for word in command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=asked.seconds + _GRACE_S,
        )
        figures: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        broken, cost = _judged(scenario, history, weeks, Path(folder))
    assert cost == figures["cost"], (cost, figures)
    return {"cost": cost, "bound": figures["bound"], "broken": broken, "took": figures["seconds"]}


def _files(name: str) -> tuple[Path, Path, list[Path]]:
    family, history, weeks = name.split("_")
    folder = DATA / family
    files = [folder / f"WD-{family}-{week}.txt" for week in weeks.split("-")]
    return folder / f"Sc-{family}.txt", folder / f"H0-{family}-{history}.txt", files


def _judged(scenario_file: Path, history_file: Path, week_files: list[Path], folder: Path) -> tuple[int, int]:
    """(broken hard rules, cost) of the solution files."""
    scenario = loads_scenario(scenario_file.read_text())
    history = loads_history(history_file.read_text(), scenario)
    weeks = tuple(map(partial(loads_week, scenario=scenario), (file.read_text() for file in week_files)))
    rows = []
    for file in folder.glob("sol-week*.txt"):
        week, found = loads_solution(file.read_text(), scenario)
        rows += [row._replace(day=row.day + 7 * (week - history.week)) for row in found]
    broken, cost = judge(Case(scenario, history, weeks), rows)
    return broken.total, cost.total


def _shown(row: dict[str, Any]) -> str:
    cost, bound, best = row["cost"], row["bound"], BEST.get(row["case"])
    gap = f"{100 * (cost / best - 1):+.1f} %" if best else "-"
    over = f"{100 * (cost / bound - 1):.1f} %" if bound > 0 else "-"
    shown = f"{cost}, {row['broken']} hard rules broken" if row["broken"] else str(cost)
    return (
        f"| {row['case']} | {row['weeks']} | {shown} | {best or '-'} | {gap} | {bound:g} | {over} | {row['took']:g} |"
    )


if __name__ == "__main__":
    main()
