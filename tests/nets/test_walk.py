"""T1: 5,000 steps of random histories on each database; after every one, answers, balances and rows are the model's.

`make soak` takes 200,000.
"""

import os

from sqlalchemy.orm import Session

from tests.factory import Factory
from tests.nets.desk import Desk
from tests.nets.walk import STEPS, Walk

WALKS = int(os.environ.get("YOULIN_STEPS", "5000")) // STEPS


def test_5000_random_steps_agree_with_the_model(session: Session, make: Factory) -> None:
    """Each history has a community of its own in the same database."""
    for seed in range(WALKS):
        session.rollback()
        Walk(Desk(session, make.community(f"c{seed}", "邻村").id), seed).run()
