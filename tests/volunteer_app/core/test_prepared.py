"""Reads end without losing what PostgreSQL has prepared, and nothing half done is ever kept for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factory import Factory
from volunteer_app.core.database import scope
from volunteer_app.core.isolation import SETTING
from volunteer_app.people.models import Household

PREPARED = text("SELECT COUNT(*) FROM pg_prepared_statements WHERE statement LIKE '%household%'")
OFTEN = 7  # psycopg prepares what it is asked for the sixth time


@pytest.fixture
def on_postgresql(session: Session) -> Iterator[Session]:
    if session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite's driver keeps its statements itself")
    yield session
    session.rollback()


def read_often(session: Session) -> None:
    for _ in range(OFTEN):
        session.scalars(select(Household)).all()
        session.rollback()


def test_statements_stay_prepared_over_reads(on_postgresql: Session) -> None:
    read_often(on_postgresql)
    assert on_postgresql.execute(PREPARED).scalar_one() == 1


def test_a_failure_forgets_what_was_prepared(on_postgresql: Session) -> None:
    read_often(on_postgresql)
    with pytest.raises(DBAPIError):
        on_postgresql.execute(text("SELECT 1 / 0"))
    on_postgresql.rollback()
    assert on_postgresql.execute(PREPARED).scalar_one() == 0


def test_a_column_that_changes_its_type_is_read_again_after_one_failure(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with Session(engine) as session, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
        owner.execute(text("CREATE TABLE household (size int)"))
        for _ in range(OFTEN):
            session.scalars(text("SELECT size FROM household")).all()
            session.rollback()
        owner.execute(text("ALTER TABLE household ALTER size TYPE text"))
        with pytest.raises(DBAPIError, match="cached plan"):
            session.scalars(text("SELECT size FROM household"))
        session.rollback()
        assert session.scalars(text("SELECT size FROM household")).all() == []
    engine.dispose()


def test_what_was_written_and_not_committed_is_gone(session: Session, make: Factory) -> None:
    community = make.community()
    session.add(Household(community_id=community.id, code="H1"))
    session.flush()
    session.close()
    session.add(Household(community_id=community.id, code="H2"))
    session.flush()
    session.rollback()
    assert session.scalars(select(Household)).all() == []


def test_the_next_read_has_not_the_scope_of_the_last(on_postgresql: Session, make: Factory) -> None:
    here = make.community().id
    scope(on_postgresql, here)
    assert on_postgresql.scalars(select(Household)).all() == []
    driver = on_postgresql.connection().connection.driver_connection
    on_postgresql.rollback()
    assert driver is not None
    assert driver.execute(f"SELECT current_setting('{SETTING}', true)").fetchone()[0] in (None, "")
    driver.rollback()
