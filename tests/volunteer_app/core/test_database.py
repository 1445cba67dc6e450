from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from tests.factory import Factory
from volunteer_app.core.database import in_transaction, make_durable, scoped
from volunteer_app.core.isolation import EVERY
from volunteer_app.people.models import Household, Person, PersonTag


def test_a_scoped_session_reads_its_own_community_only(session: Session, make: Factory) -> None:
    here, there = make.community(), make.community("other", "北郭社区")
    here_id, mine, theirs = here.id, make.person(here).number, make.person(there).id
    session.expunge_all()
    with scoped(session, here_id):
        assert session.scalars(select(Person.number)).all() == [mine]
        assert session.get(Person, theirs) is None
    assert len(session.scalars(select(Person)).all()) == 2


def test_a_foreign_row_in_a_scoped_write_is_a_bug(session: Session, make: Factory) -> None:
    here, there = make.community(), make.community("other", "北郭社区")
    with scoped(session, here.id):
        session.add(Household(community_id=there.id, code="H1"))
        with pytest.raises(AssertionError, match="another community"):
            session.flush()
    session.rollback()


def test_the_database_itself_refuses_a_reference_across_communities(session: Session, make: Factory) -> None:
    here, there = make.community(), make.community("other", "北郭社区")
    stranger = make.person(there)
    session.add(PersonTag(community_id=here.id, person_id=stranger.id, kind="skill", code="river"))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_an_exception_rolls_everything_back(session: Session, make: Factory) -> None:
    community = make.community()

    def work() -> None:
        session.add(Household(community_id=community.id, code="H1"))
        session.flush()
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_transaction(session, work)
    assert session.scalars(select(Household)).all() == []


def test_moments_are_aware_and_come_back_in_utc(session: Session, make: Factory) -> None:
    person = make.person(make.community(), created_at=datetime.fromisoformat("2026-10-12T08:30+08:00"))
    session.expire_all()
    assert person.created_at == datetime(2026, 10, 12, 0, 30, tzinfo=UTC)
    person.created_at = datetime(2026, 10, 12)  # noqa: DTZ001 - the naive moment is the point
    with pytest.raises(StatementError, match="aware"):
        session.flush()
    session.rollback()


def test_a_connection_that_is_lost_in_a_scope_is_told_as_that(postgres_url: str) -> None:
    """Not as a transaction that wants rolling back: whoever asks again has to know a lost connection by its name."""
    engine = create_engine(postgres_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner, Session(engine) as session:
        with pytest.raises(OperationalError):
            read_on_a_lost_connection(session, owner)
        session.rollback()
        assert session.execute(text("SELECT current_setting('app.community')")).scalar_one() == EVERY
    engine.dispose()


def read_on_a_lost_connection(session: Session, owner: Connection) -> None:
    with scoped(session, 1):
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        owner.execute(text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend})
        session.execute(text("SELECT 1"))


def test_a_connection_that_is_lost_while_the_disk_is_waited_for_is_told_once(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By its error, not by a second one about giving it back; whoever asks next has a new one."""
    engine = create_engine(postgres_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner, Session(engine) as session:
        backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        session.rollback()
        owner.execute(text("SELECT pg_terminate_backend(:backend, 5000)"), {"backend": backend})
        with pytest.raises(OperationalError, match="pg_logical_emit_message"):
            make_durable(session)
        assert caplog.records == []
        make_durable(session)
    engine.dispose()


def test_whoever_answers_has_waited_for_what_he_saw(postgres_url: str) -> None:
    """One commits without waiting for the disk; another reads that row, writes his own and answers: by then the log is
    on the disk beyond both. The log's writer sleeps meanwhile, so that nobody else can have flushed it.
    """
    engine = create_engine(postgres_url, connect_args={"options": "-c synchronous_commit=on"})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
        owner.execute(text("CREATE TABLE said (who text)"))
        owner.execute(text("ALTER SYSTEM SET wal_writer_delay = '10s'"))
        owner.execute(text("SELECT pg_reload_conf()"))
        try:
            with Session(engine) as first, Session(engine) as second:
                first.execute(text("SET LOCAL synchronous_commit = off"))
                first.execute(text("INSERT INTO said VALUES ('first')"))
                first.commit()
                seen_at = owner.execute(text("SELECT pg_current_wal_insert_lsn()")).scalar_one()
                assert in_transaction(second, lambda: answer(second)) == ["first"]
                flushed = text("SELECT pg_current_wal_flush_lsn() >= CAST(:seen AS pg_lsn)")
                assert owner.execute(flushed, {"seen": seen_at}).scalar_one()
        finally:
            owner.execute(text("ALTER SYSTEM RESET wal_writer_delay"))
            owner.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def answer(session: Session) -> list[str]:
    """Decides on what the other has said."""
    found = list(session.scalars(text("SELECT who FROM said")))
    session.execute(text("INSERT INTO said VALUES ('second')"))
    return found
