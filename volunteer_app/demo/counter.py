"""A small store in a database of its own, for demonstrations of what the books withstand."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from volunteer_app import create_app
from volunteer_app.config import Settings, settings_from_environment
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import clock_from
from volunteer_app.core.database import scope
from volunteer_app.demo.stage import moment
from volunteer_app.ledger import actions as ledger
from volunteer_app.people import actions as people
from volunteer_app.people.owners import owner_of
from volunteer_app.places.actions import found_community
from volunteer_app.store import founding
from volunteer_app.web.database import db

AT = moment("10-16 14:00")
FAMILY_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN_NAMES = ("桂芳", "建国", "玉珍", "文娟", "志明", "秀兰", "国强", "美华", "永康", "阿福")


@dataclass(frozen=True, slots=True)
class Counter:
    """A community with a funded programme and a stocked store. `keeper` stands behind the counter."""

    community_id: int
    keeper: Actor

    def member(self, session: Session, number: int, points: int) -> int:
        """A volunteer with points that never run out; returns the person's id."""
        name = FAMILY_NAMES[number % 20] + GIVEN_NAMES[number // 20 % 10]
        system = Actor(self.community_id, None, "demo", frozenset({"coordinator"}))
        values = {"number": f"V{number + 1:03d}", "name": name, "gender": "F"}
        person = people.register(session, values, actor=system, now=AT)
        ledger.issue(
            session,
            to=owner_of(person.id),
            points=points,
            cause=f"service_record:{person.id}",
            reason="三年巡逻",
            expires_at=None,
            actor=system,
            now=AT,
        )
        return person.id


def open_counter(session: Session, *, budget: int) -> Counter:
    """Founds the community, its budget, its price list and its keeper."""
    made = found_community(session, code="youlin", name="友邻社区", contact=("小顾", "0513-5550 0136"), above=[])
    scope(session, made.id)
    system = Actor(made.id, None, "demo", frozenset({"admin"}))
    founding.load_price_list(session, from_on=date(2026, 10, 1), place="南站", actor=system, now=AT)
    ledger.fund(session, budget, cause="budget:2026", reason="年度预算", actor=system, now=AT)
    keeper = people.register(session, {"number": "K01", "name": "吕桂芳", "gender": "F"}, actor=system, now=AT)
    return Counter(made.id, Actor(made.id, keeper.id, "demo", frozenset({"keeper"})))


@contextmanager
def fresh_database(name: str) -> Iterator[tuple[Flask, str]]:
    """An application on a new database, and what the database is called: a SQLite file beside the real one, or with
    DATABASE_URL a further database on that PostgreSQL, which is dropped at the end.
    """
    kept = settings_from_environment()
    is_server = kept.database_url.startswith("postgresql")
    url, called = (server_url(kept.database_url, name), "PostgreSQL") if is_server else (file_url(name), "SQLite")
    app = create_app(Settings(url, kept.secret_key, clock=clock_from(AT)))
    try:
        with app.app_context():
            upgrade()
            yield app, called
            db.session.remove()
            db.engine.dispose()
    finally:
        if is_server:
            run_alone(kept.database_url, f"DROP DATABASE IF EXISTS youlin_{name} WITH (FORCE)")


def file_url(name: str) -> str:
    path = Path(os.environ.get("YOULIN_INSTANCE", "instance")).resolve() / f"{name}.db"
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    return f"sqlite:///{path}"


def server_url(url: str, name: str) -> str:
    try:
        run_alone(url, f"DROP DATABASE IF EXISTS youlin_{name} WITH (FORCE)", f"CREATE DATABASE youlin_{name}")
    except DBAPIError as error:
        raise click.ClickException(f"this PostgreSQL gives no database for the demonstration: {error.orig}") from error
    return url.rsplit("/", 1)[0] + f"/youlin_{name}"


def run_alone(url: str, *statements: str) -> None:
    """Runs statements outside of any transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
