"""The pages served by waitress, in one process or in several that share a port.

Python gives a process one processor, so a second process uses the second one. SQLite has one writer whoever it is, and
its threads wait for one another best in one process.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from flask import Flask
from waitress import serve

from volunteer_app.config import THREADS


def serve_all(
    app: Flask, host: str, port: int, *, processes: int = 1, listens: Callable[[], None] = lambda: None
) -> None:
    """Serves until it is told to stop. When one process ends all do, with 1, so that whoever started them starts them
    again. Calls `listens` once the port is its own; raises OSError when that is somebody else's.
    """
    with socket.create_server((host, port), backlog=1024) as listening:
        listens()
        if processes == 1:
            answer(app, listening)
            return
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        held = os.pipe()
        children = [fork(app, listening, held) for _ in range(processes)]
        try:
            os.wait()
            sys.exit(1)
        finally:
            for child in children:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGTERM)


def fork(app: Flask, listening: socket.socket, held: tuple[int, int]) -> int:
    """The id of a process that answers; it opens its own connections to the database, and ends with whoever holds the
    pipe's other end: a killed parent tells nobody.
    """
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(held[1])
        threading.Thread(target=end_with, args=(held[0],), daemon=True).start()
        answer(app, listening)
        os._exit(1)
    return child


def end_with(held: int) -> None:
    """Nothing is ever written: reading ends when the other end is gone."""
    os.read(held, 1)
    os._exit(1)


def answer(app: Flask, listening: socket.socket) -> None:
    serve(app, sockets=[listening], threads=THREADS)
