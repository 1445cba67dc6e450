"""T3 for a few seconds: clients killed with -9, the database going down; `make chaos` plays all nine mixes."""

import pytest

from tests.conftest import BACKENDS
from tests.nets.chaos import run_mix
from tests.postgres import NoPostgres

SECONDS = 4


@pytest.mark.parametrize("database", BACKENDS)
def test_nothing_is_lost_or_doubled_when_processes_and_database_die(database: str) -> None:
    try:
        said = run_mix("kill and restart", database, SECONDS, seed=1)
    except NoPostgres as reason:
        pytest.skip(f"PostgreSQL part skipped: {reason}")
    assert int(said.split()[0]) > 3, said
