"""Carries one claimed run through: question, solving process, progress, stop, answer. Imports no OR-Tools.

Each write is a transaction of its own, so that a worker may be killed at any moment: the roster changes in the last one
only.
"""

import json
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from volunteer_app.core.clock import Clock
from volunteer_app.core.database import in_transaction, scoped
from volunteer_app.rosters.runs import claims
from volunteer_app.rosters.runs import queries as runs

log = logging.getLogger("youlin.worker")

BEAT_S = 1.0
ROOT = Path(__file__).resolve().parents[3]
OnProgress = Callable[[dict[str, Any]], None]


class SolvingProcess:
    """The child that solves, and the lines that it has written; each is {"progress": ...} or {"result": ...}.

    It stands apart from the worker's process group, so that a Ctrl-C reaches the worker alone, and ends with its input.
    """

    def __init__(self, question: dict[str, Any]) -> None:
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        self.child = subprocess.Popen(
            [sys.executable, "-m", "volunteer_app.rosters.runs.solving"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONIOENCODING": "utf-8"},
        )
        self.lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self.read, args=(self.child.stdout,), daemon=True).start()
        self.send(json.dumps(question, ensure_ascii=False))

    def read(self, stream: IO[str]) -> None:
        for line in stream:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def send(self, line: str) -> None:
        assert self.child.stdin is not None
        try:
            self.child.stdin.write(line + "\n")
            self.child.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended; reading its last lines says how

    def next_line(self) -> dict[str, Any] | None:
        """The next line; {} when none came for a moment; None when the process has ended."""
        try:
            return self.lines.get(timeout=BEAT_S / 4)
        except queue.Empty:
            return {}

    def end(self) -> None:
        self.child.kill()
        self.child.wait()
        for stream in (self.child.stdin, self.child.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # a stop that nobody reads any more
                    stream.close()


class Carrier:
    """One run in the hands of one worker. `should_quit` is asked every second; True gives the run back to the queue."""

    def __init__(
        self,
        session: Session,
        run_id: int,
        *,
        worker: str,
        clock: Clock,
        on_progress: OnProgress | None = None,
        should_quit: Callable[[], bool] | None = None,
    ) -> None:
        self.session = session
        self.run_id = run_id
        self.worker = worker
        self.clock = clock
        self.on_progress = on_progress
        self.should_quit = should_quit or (lambda: False)

    def carry(self) -> str:
        """Solves and applies; the state in which the run is left: finished, stale, stopped, failed, queued, lost."""
        community_id = runs.roster_run(self.session, self.run_id).community_id
        with scoped(self.session, community_id):
            question = in_transaction(self.session, self.question)
            if question is None:
                return "lost"
            process = SolvingProcess(question)
            try:
                return self.watch(process)
            finally:
                process.end()

    def question(self) -> dict[str, Any] | None:
        run = claims.held(self.session, self.run_id, worker=self.worker)
        if run is None:
            return None
        claims.build(self.session, run, now=self.clock())
        return {"kind": run.kind, "problem": run.problem, "seconds": run.limit_s, "workers": os.cpu_count() or 2}

    def watch(self, process: SolvingProcess) -> str:
        """Hands progress on once a second and orders down, until the result is there or the run isn't ours."""
        latest: dict[str, Any] | None = None
        told_to_stop = False
        beaten_at = time.monotonic()
        while True:
            line = process.next_line()
            if line is None:
                return self.end("queued" if self.should_quit() else "failed")
            if "result" in line:
                return self.finish(line["result"], latest)
            if "progress" in line:
                latest = line["progress"]
                if self.on_progress is not None:
                    self.on_progress(line["progress"])
            if self.should_quit():
                return self.end("queued")
            if time.monotonic() - beaten_at < BEAT_S:
                continue
            beaten_at = time.monotonic()
            order = self.beat(latest)
            if order is None:
                return "lost"
            if order == "discard":
                return self.end("stopped")
            if order == "keep" and not told_to_stop:
                told_to_stop = True
                process.send("stop")

    def beat(self, progress: dict[str, Any] | None) -> str | None:
        return in_transaction(
            self.session,
            lambda: claims.beat(self.session, self.run_id, worker=self.worker, progress=progress, now=self.clock()),
        )

    def end(self, state: str) -> str:
        """Without an answer that can be used: given back, dropped or failed; the roster is as it was."""

        def write() -> None:
            if state == "queued":
                claims.give_back(self.session, self.run_id, worker=self.worker)
            elif state == "stopped":
                claims.drop(self.session, self.run_id, worker=self.worker, now=self.clock())
            else:
                claims.fail(self.session, self.run_id, worker=self.worker, now=self.clock())

        in_transaction(self.session, write)
        return state

    def finish(self, answer: dict[str, Any], progress: dict[str, Any] | None) -> str:
        def write() -> str:
            claims.beat(self.session, self.run_id, worker=self.worker, progress=progress, now=self.clock())
            run = claims.finish(self.session, self.run_id, answer, worker=self.worker, now=self.clock())
            return "lost" if run is None else run.state

        try:
            return in_transaction(self.session, write)
        except IntegrityError:
            log.exception("run %s: its plan doesn't fit the roster", self.run_id)
            return self.end("failed")


def solve_now(
    session: Session, run_id: int, *, clock: Clock, worker: str = "here", on_progress: OnProgress | None = None
) -> str:
    """Claims this very run and carries it through in the foreground; the demo's way. Returns the run's last state."""
    run = in_transaction(session, lambda: claims.claim(session, worker=worker, now=clock(), run_id=run_id))
    if run is None:
        return runs.roster_run(session, run_id).state
    return Carrier(session, run_id, worker=worker, clock=clock, on_progress=on_progress).carry()
