"""T1: 5,000 random steps on each database; after every one, answers, balances and stored rows are the model's.

`make soak` takes 200,000.
"""

import os
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.nets.machine import Desk, machine

STEPS, HISTORIES = 50, int(os.environ.get("YOULIN_HISTORIES", "100"))
QUIET = settings(
    max_examples=HISTORIES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_5000_random_steps_agree_with_the_model(session: Session, make: Factory) -> None:
    """Each history has a community of its own in the same database."""
    numbers = count()

    def new_desk() -> Desk:
        session.rollback()
        return Desk(session, make.community(f"c{next(numbers)}", "邻村").id)

    run_state_machine_as_test(machine(new_desk, verify_each=5), settings=QUIET)
