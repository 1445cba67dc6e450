"""Where parts of a problem are solved: processes of this machine, or the workers of a dask.distributed scheduler."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from .files import Unusable

PROCESSES, SCHEDULER = "processes:", "tcp://"
_REACHED_S = 10
"""How long a scheduler may take to answer."""


@contextmanager
def executor(text: str | None) -> Iterator[Executor | None]:
    """What `--executor` names: processes:N, tcp://HOST:PORT, or None for what suits the problem.

    Unusable if it's neither, if dask.distributed isn't installed, or if no scheduler answers.
    """
    if text is None:
        yield None
    elif text.startswith(PROCESSES) and text.removeprefix(PROCESSES).isdigit() and int(text[len(PROCESSES) :]):
        with ProcessPoolExecutor(int(text[len(PROCESSES) :]), multiprocessing.get_context("spawn")) as pool:
            yield pool
    elif text.startswith(SCHEDULER):
        with _dask(text) as pool:
            yield pool
    else:
        raise Unusable(f"--executor {text}: expected processes:N or tcp://HOST:PORT")


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise Unusable(
            f"--executor {address}: dask.distributed isn't installed (pip install youlin[cluster])"
        ) from error
    try:
        client = distributed.Client(address, timeout=_REACHED_S)
    except (OSError, ValueError) as error:
        raise Unusable(f"--executor {address}: no scheduler answers there") from error
    try:
        yield client.get_executor()
    finally:
        client.close()
