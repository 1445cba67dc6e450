"""The pages served by waitress, in one process or in several that share a port.

Python gives a process one processor, so a second process uses the second one. SQLite has one writer whoever it is, and
its threads wait for one another best in one process.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

from flask import Flask
from waitress import serve

from volunteer_app.config import THREADS


def serve_all(
    app: Flask, host: str, port: int, *, processes: int = 1, listens: Callable[[], None] = lambda: None
) -> None:
    """Serves until it is told to stop. When one process ends all do, so that whoever started them starts them again.

    Calls `listens` once the port is its own; raises OSError when that is somebody else's.
    """
    with socket.create_server((host, port), backlog=1024) as listening:
        listens()
        if processes == 1:
            answer(app, listening)
            return
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        children = [fork(app, listening) for _ in range(processes)]
        try:
            os.wait()
        finally:
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGTERM)


def fork(app: Flask, listening: socket.socket) -> int:
    """The id of a process that answers; it opens its own connections to the database."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        answer(app, listening)
        os._exit(1)
    return child


def answer(app: Flask, listening: socket.socket) -> None:
    serve(app, sockets=[listening], threads=THREADS)
