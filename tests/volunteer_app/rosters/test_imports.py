"""The web process never loads the solver's engine."""

import os
import subprocess
import sys

PROBE = """
import sys
import wsgi
loaded = [name for name in ("ortools", "apscheduler") if name in sys.modules]
print(",".join(loaded))
"""


def test_the_web_process_loads_neither_the_engine_nor_the_scheduler(tmp_path: object) -> None:
    environment = {**os.environ, "YOULIN_INSTANCE": str(tmp_path), "PYTHONPATH": os.getcwd()}
    done = subprocess.run([sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
