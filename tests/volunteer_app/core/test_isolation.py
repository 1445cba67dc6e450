"""PostgreSQL with two roles: the owner migrates, the application is walled in. Two communities have rows to leak."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.conftest import MONDAY, SetClock
from tests.factory import Factory
from tests.postgres import Cluster, run_sql
from tests.volunteer_app.ledger.books import Books
from tests.volunteer_app.ledger.test_entries import add_entry
from tests.volunteer_app.ledger.test_verify import busy_month
from tests.volunteer_app.store.exchange.test_away import Two
from tests.volunteer_app.store.shop import Shop
from volunteer_app import create_app
from volunteer_app.cli import db_upgrade, restore
from volunteer_app.config import Settings
from volunteer_app.core.database import scope, scoped
from volunteer_app.jobs.models import EVERYWHERE, JobRun
from volunteer_app.jobs.queries import last_runs
from volunteer_app.keeping.filling import NotTheOwner
from volunteer_app.store.exchange import guests
from volunteer_app.web.database import db

OWNER, APP = "youlin_owner", "youlin_app"
ROLES = """DO $$ BEGIN CREATE ROLE {0} LOGIN PASSWORD '{0}' NOSUPERUSER NOBYPASSRLS;
    EXCEPTION WHEN duplicate_object THEN NULL; END $$"""
WITH_COMMUNITY = """SELECT c.relname, c.relforcerowsecurity FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE a.attname = 'community_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1"""
APPEND_ONLY = ("ledger_txn", "ledger_posting", "ledger_lot_use", "audit_event")


def as_role(url: str, role: str) -> str:
    return f"postgresql+psycopg://{role}:{role}@" + url.rsplit("@", 1)[1]


@pytest.fixture(scope="module")
def urls(postgres: Cluster, worker_id: str) -> tuple[str, str]:
    """The owner's and the application's URL of an empty database."""
    name = f"walled_{worker_id}"
    run_sql(postgres.url, *[ROLES.format(role) for role in (OWNER, APP)])
    run_sql(postgres.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} OWNER {OWNER}")
    url = postgres.url.rsplit("/", 1)[0] + f"/{name}"
    run_sql(url, f"GRANT ALL ON SCHEMA public TO {OWNER}")
    return as_role(url, OWNER), as_role(url, APP)


@pytest.fixture(scope="module")
def engine(urls: tuple[str, str]) -> Iterator[Engine]:
    """The application's engine on a database that its owner has migrated twice, with the rows of two communities."""
    clock = SetClock()
    app = create_app(Settings(urls[1], secret_key="test", clock=clock, owner_url=urls[0]))
    with app.app_context():
        upgrade()
        upgrade()
        with Session(db.engine) as session:
            make = Factory(session, clock)
            for code in ("youlin", "beiguo"):
                community = make.community(code)
                make.volunteer(community)
                busy_month(Books(session, clock, community.id))
        yield db.engine
        db.engine.dispose()


def test_every_table_with_a_community_is_walled_for_its_owner_too(engine: Engine) -> None:
    with engine.connect() as connection:
        forced = dict(connection.execute(text(WITH_COMMUNITY)).all())
    assert len(forced) > 40
    assert [table for table, is_forced in forced.items() if not is_forced] == []


def test_a_scoped_session_sees_no_row_of_another_community_by_any_statement(engine: Engine) -> None:
    with Session(engine) as session:
        tables = [table for table, _ in session.execute(text(WITH_COMMUNITY))]
        in_all = {table: seen(session, table) for table in tables}
        session.rollback()
        scope(session, 1)
        in_one = {table: seen(session, table) for table in tables}
    filled = {table for table, found in in_all.items() if found == {1, 2}}
    assert {"person", "area", "ledger_txn", "ledger_posting", "ledger_account", "ledger_lot", "ledger_hold"} <= filled
    assert {table: found for table, found in in_one.items() if found - {1}} == {}
    assert {table for table, found in in_one.items() if found} == {table for table, found in in_all.items() if found}


def seen(session: Session, table: str) -> set[int]:
    return set(session.scalars(text(f"SELECT DISTINCT community_id FROM {table}")))


def test_the_scope_follows_a_change_in_the_middle_of_a_transaction(engine: Engine) -> None:
    with Session(engine) as session:
        assert seen(session, "person") == {1, 2}
        scope(session, 2)
        assert seen(session, "person") == {2}
        scope(session, None)
        assert seen(session, "person") == {1, 2}


def test_a_transaction_begins_at_the_isolation_that_was_asked_for(engine: Engine) -> None:
    with Session(engine) as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        assert session.scalar(text("SHOW transaction_isolation")) == "repeatable read"
    with Session(engine) as session:
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"


@pytest.mark.usefixtures("engine")
def test_a_connection_that_names_no_community_sees_nothing(urls: tuple[str, str]) -> None:
    for url in urls:
        with create_engine(url, poolclass=NullPool).connect() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM person")).scalar_one() == 0
            assert connection.execute(text("SELECT COUNT(*) FROM ledger_txn")).scalar_one() == 0


FOREIGN = (
    "UPDATE ledger_account SET posted = posted + 1, version = version + 1",
    "UPDATE person SET name = 'x'",
    "DELETE FROM role_grant",
)


def test_a_scoped_session_writes_no_row_of_another_community(engine: Engine) -> None:
    with Session(engine) as session:
        scope(session, 1)
        for statement in FOREIGN:
            assert session.execute(text(f"{statement} WHERE community_id = 2")).rowcount == 0, statement  # type: ignore[attr-defined]
        with pytest.raises(DBAPIError, match="row-level security"):
            session.execute(text("INSERT INTO household (community_id, code) VALUES (2, 'H1')"))
        session.rollback()
        scope(session, None)
        accounts = session.scalars(text("SELECT id FROM ledger_account WHERE community_id = 2 LIMIT 2")).all()
        session.rollback()
        scope(session, 1)
        with pytest.raises(DBAPIError, match="no such account"):
            add_entry(session, community_id=2, accounts=[*accounts])


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_the_application_has_no_right_to_change_written_rows(engine: Engine, table: str) -> None:
    for statement in (f"UPDATE {table} SET community_id = community_id", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        refused(engine, statement, "permission denied")


def test_the_application_owns_nothing(engine: Engine) -> None:
    refused(engine, "DROP TRIGGER ledger_txn_kept_row ON ledger_txn", "must be owner")
    refused(engine, "ALTER TABLE ledger_txn DISABLE TRIGGER ALL", "must be owner")
    refused(engine, "ALTER TABLE person NO FORCE ROW LEVEL SECURITY", "must be owner")
    refused(engine, "SET session_replication_role = replica", "permission denied")
    refused(engine, "DELETE FROM ledger_account", "permission denied")
    refused(engine, "TRUNCATE person", "permission denied")
    refused(engine, "CREATE TEMPORARY TABLE mine (x int)", "permission denied")
    refused(engine, "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "permission denied")


def refused(engine: Engine, statement: str, words: str) -> None:
    with Session(engine) as session, pytest.raises(DBAPIError, match=words):
        session.execute(text(statement))


@pytest.mark.usefixtures("engine")
def test_a_restore_wants_the_owner_and_says_so_before_it_reads(urls: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "hello"
    path.write_text("hello")
    app = create_app(Settings(urls[1], secret_key="test"))

    with app.app_context():
        told = app.test_cli_runner().invoke(restore, [str(path)])
        db.engine.dispose()

    assert (told.exit_code, told.output) == (1, f"Error: {NotTheOwner.sentence}\n")


AS_BEFORE_15 = ("ALTER SCHEMA public OWNER TO CURRENT_USER", "GRANT CREATE, USAGE ON SCHEMA public TO PUBLIC")
OF_SOMEBODY_ELSE = ("ALTER DATABASE {0} OWNER TO CURRENT_USER", f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}")


@pytest.mark.parametrize("made", [AS_BEFORE_15, OF_SOMEBODY_ELSE], ids=["PostgreSQL 14", "another owner"])
def test_an_owner_who_cannot_take_a_right_away_is_told_what_a_superuser_runs(
    postgres: Cluster, worker_id: str, made: tuple[str, ...]
) -> None:
    """To take from PUBLIC what somebody else gave is only a warning to PostgreSQL; the application could then write to
    the books from a trigger of a table of its own.
    """
    name = f"open_{worker_id}"
    url = postgres.url.rsplit("/", 1)[0] + f"/{name}"
    run_sql(postgres.url, *[ROLES.format(role) for role in (OWNER, APP)])
    run_sql(postgres.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} OWNER {OWNER}")
    run_sql(url, *[statement.format(name) for statement in made])
    app = create_app(Settings(as_role(url, APP), secret_key="test", owner_url=as_role(url, OWNER)))

    with app.app_context():
        told = app.test_cli_runner().invoke(db_upgrade)
        assert (told.exit_code, f"“{APP}”" in told.output) == (1, True), told.output
        run_sql(url, *told.output.partition("：")[2].partition("。")[0].split("; "))
        again = app.test_cli_runner().invoke(db_upgrade)

        assert again.exit_code == 0, again.output
        for statement in ("CREATE TABLE mine (x int)", "CREATE TEMPORARY TABLE mine (x int)"):
            refused(db.engine, statement, "permission denied")
        db.engine.dispose()


def test_redeeming_in_another_community_passes_both_walls_in_one_transaction(engine: Engine) -> None:
    """Reserved from this side, handed over from that one, each in the scope of its own community."""
    clock = SetClock()
    with Session(engine) as session:
        make = Factory(session, clock)
        make.numbers = count(501)
        here, there = (Shop(session, clock, make, make.community(code)) for code in ("here", "there"))
        two = Two(here, there)
        dai = here.member(100)
        session.rollback()
        scope(session, here.community.id)
        order = two.reserve(dai, K01=1)
        scope(session, None)
        guest = two.guest(order)
        scope(session, there.community.id)
        there.write(guests.hand_over, guest.id, name_checked=True, actor=there.as_keeper())
        scope(session, None)

        assert (here.balance(dai).spent, there.left("K01"), two.stands()) == (30, 59, (30, 30))
        assert two.verified()


def test_what_is_about_no_community_is_shown_to_every_administrator(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(JobRun(job="clear_attempts", scheduled_for=MONDAY, community_id=EVERYWHERE, done_at=MONDAY))
        session.commit()
        with scoped(session, 1):
            [last] = last_runs(session, 1, ["clear_attempts"])
        assert last.run is not None
