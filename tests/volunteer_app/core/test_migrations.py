"""The schema: migrations make what the models say, and each of them works both ways."""

from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from tests.conftest import SetClock
from tests.factory import Factory
from volunteer_app.core.database import Base
from volunteer_app.core.ids import fingerprint
from volunteer_app.rewards.models import Bonus
from volunteer_app.web.database import db

pytestmark = pytest.mark.timeout(120)


def test_models_and_migrations_say_the_same(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": False}), Base.metadata)
        if connection.dialect.name == "sqlite":
            # a composite key can't be added to a table that is there: SQLite holds it by a trigger
            found = [one for one in found if one[0] not in ("add_fk", "remove_fk")]
    assert found == []


def test_every_migration_can_be_undone(app: Flask) -> None:
    with app.app_context():
        before = sorted(inspect(db.engine).get_table_names())
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert left == set()
        upgrade()
        assert sorted(inspect(db.engine).get_table_names()) == before
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM alembic_version")).scalar_one() == 1


def test_old_referrals_lose_their_names_and_those_paid_twice_stay(
    app: Flask, session: Session, make: Factory, clock: SetClock
) -> None:
    community = make.community()
    people = [make.person(community).id for _ in range(2)]
    rows = [
        (people[0], "referral", "newcomer:9", "何新来"),
        (people[1], "referral", "newcomer:9", "何新来"),
        (people[0], "suggestion", "灯" * 80, "灯" * 90),
        (people[0], "suggestion", "2026-10:bench", "长椅"),
    ]
    with app.app_context():
        downgrade(revision="0030_entries")
        session.rollback()
        for person_id, kind, occasion, note in rows:
            given = {"earned_on": date(2026, 10, 12), "given_at": clock(), "points": 5}
            named = {"person_id": person_id, "kind": kind, "occasion": occasion, "note": note}
            make.save(Bonus(community_id=community.id, **named, **given))
        upgrade()

    found = session.execute(select(Bonus.occasion, Bonus.note).order_by(Bonus.id)).all()
    assert [tuple(row) for row in found] == [
        ("newcomer:9", ""),
        ("newcomer:9:2", ""),
        (fingerprint("灯" * 90), "灯" * 90),
        ("2026-10:bench", "长椅"),
    ]
