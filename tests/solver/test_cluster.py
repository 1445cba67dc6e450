"""The dask.distributed executor with a real scheduler and a real worker process: the same answer as without."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solver.__main__ import main
from solver.formats import native
from solver.plan import Progress
from solver.solve import solve

from .test_parts import towns

distributed = pytest.importorskip("distributed", reason="dask.distributed isn't installed (youlin[cluster])")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    quiet = {"dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", **quiet) as one:
        yield one


def test_command_hands_parts_to_a_scheduler(cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, out = towns(4), tmp_path / "roster.json"
    (tmp_path / "problem.json").write_text(native.dumps(problem), encoding="utf-8")
    asked = ["solve", str(tmp_path / "problem.json"), "--seconds", "60", "--workers", "1", "--out", str(out)]
    assert main([*asked, "--executor", cluster.scheduler_address]) == 0
    assert {goal["state"] for goal in json.loads(capsys.readouterr().out)["goals"].values()} == {"proved"}
    assert native.loads_plan(out.read_text(encoding="utf-8")) == solve(problem, seconds=60, workers=1).plan


def test_machine_lost_in_mid_run_loses_nothing(cluster: Any) -> None:
    """The worker's process dies once the first part is back."""
    problem = towns(6)
    killed: list[int] = []
    with distributed.Client(cluster) as client:
        pids = list(client.run(os.getpid).values())

        def kill(step: Progress) -> None:
            if step.level == "parts" and not killed:
                killed.extend(pids)
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)

        result = solve(problem, seconds=120, workers=1, executor=client.get_executor(), on_progress=kill)
    assert killed == pids
    assert result.plan == solve(problem, seconds=120, workers=1).plan
