"""`youlin serve` with two processes on one port: both answer, and neither outlives the one that started them."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster


def children_of(parent: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def is_running(pid: int) -> bool:
    """Neither gone nor waiting to be collected by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def waited_for(what: Callable[[], bool], seconds: float = 90) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def served(postgres: Cluster, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("youlin")), "serve", "--port", str(port), "--processes", "2"]
    environment = os.environ | {"DATABASE_URL": postgres.url, "YOULIN_INSTANCE": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def test_two_processes_share_a_port_and_end_together(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = served
    assert waited_for(lambda: answers(port))
    children = children_of(process.pid)
    assert len(children) == 2

    os.kill(children[0], signal.SIGKILL)

    assert waited_for(lambda: process.poll() is not None)
    assert process.returncode == 1
    assert waited_for(lambda: not any(Path(f"/proc/{child}/cmdline").exists() for child in children))
    assert not answers(port)


def test_a_killed_parent_leaves_no_process_behind(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = served
    assert waited_for(lambda: answers(port))
    children = children_of(process.pid)

    process.kill()

    assert waited_for(lambda: not any(is_running(child) for child in children), 20)
    assert not answers(port)
