"""A backup is one moment of a database that is being written to; it restores into either kind, whole or not at all."""

import gzip
import json
import os
import re
import resource
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.conftest import MONDAY
from tests.factory import Factory
from tests.race import race
from tests.volunteer_app.store.shop import CODES, Shop
from volunteer_app import create_app
from volunteer_app.cli import copy_to, restore
from volunteer_app.config import Settings
from volunteer_app.core.database import in_transaction
from volunteer_app.core.errors import Refused
from volunteer_app.core.newfile import new_file
from volunteer_app.keeping import copying, files
from volunteer_app.keeping.filling import NotEmpty
from volunteer_app.keeping.rows import Adder, digest_of, rows_of, tables
from volunteer_app.ledger.models import TXNS
from volunteer_app.ledger.queries import balance
from volunteer_app.people.models import Person
from volunteer_app.people.owners import owner_of
from volunteer_app.store.counter import actions as counter
from volunteer_app.store.counter import returns
from volunteer_app.store.orders import reserving
from volunteer_app.store.shelf import stock
from volunteer_app.web.database import db

RESTORES = int(os.environ.get("YOULIN_RESTORES", "1"))
"""How often the drill is done; `make restores` does 50."""


def busy_shop(shop: Shop) -> Person:
    """Orders in every state, a return, a reversal, a count by two people."""
    person = shop.member(400)
    shop.hand_over(bought := shop.reserve(person, K01=2))
    line = bought.lines[0]
    shop.write(returns.take_back, bought.id, line.id, 1, reason="坏了", actor=shop.as_keeper())
    shop.cancel(shop.reserve(person, K02=1))
    shop.reserve(person, K03=1)
    shop.write(stock.count, "K04", 39, actor=shop.as_keeper(), reason="少了一条")
    return person


def everything(engine: Engine) -> dict[str, object]:
    with Session(engine) as session:
        return {table.name: digest_of(rows_of(session, table)) for table in tables()}


def test_a_backup_restores_into_either_database(shop: Shop, tmp_path: Path, empty_engine: Callable[[], Engine]) -> None:
    person = busy_shop(shop)
    shop.session.rollback()
    source, target = shop.session.get_bind(), empty_engine()
    assert isinstance(source, Engine)

    told = files.backup(source, tmp_path / "youlin.backup", now=shop.clock())
    heads = files.restore(target, tmp_path / "youlin.backup")

    assert (told["person"].rows, told["store_order"].rows) == (2, 3)
    assert everything(target) == everything(source) == told
    assert heads.keys() == {shop.community.id}
    assert oct((tmp_path / "youlin.backup").stat().st_mode)[-3:] == "600"
    with Session(target) as session:
        here = balance(session, shop.community.id, owner_of(person.id), now=shop.clock())
    assert here == shop.balance(person)


def test_life_goes_on_after_copying(shop: Shop, empty_engine: Callable[[], Engine]) -> None:
    """Numbers of new rows begin above those that came over, and the guards are awake."""
    person = busy_shop(shop)
    shop.session.rollback()
    source, target = shop.session.get_bind(), empty_engine()
    assert isinstance(source, Engine)
    actor, now = shop.make.actor(person, "volunteer"), shop.clock()

    copying.copy(source, target)

    with Session(target) as session:
        made = in_transaction(
            session, lambda: reserving.reserve(session, person.id, {"K05": 1}, actor=actor, now=now, codes=CODES).id
        )
        assert made == 4
        with pytest.raises(Exception, match="append-only"):
            session.execute(text("UPDATE ledger_posting SET amount = 1"))
    assert everything(source) != everything(target)


def test_backups_under_load_are_one_moment_each(
    shop: Shop, tmp_path: Path, empty_engine: Callable[[], Engine], database_url: str
) -> None:
    """Two clerks sell without a pause while the backup is taken; its books verify and end within the time it took."""
    people = [shop.member(3000) for _ in range(2)]
    ids = [person.id for person in people]
    shop.write(stock.receive, "K01", 900, source="purchase", actor=shop.as_keeper())
    keepers, done = [shop.as_keeper(), shop.as_keeper()], threading.Event()
    now = shop.clock()

    def sell(session: Session, number: int) -> int:
        """As often as the limit of two a month allows: each sale is in a month of its own."""
        if done.is_set():
            return 0
        later, clerk = now + timedelta(days=31 * (number % 400)), number // 400
        person, keeper = ids[clerk], keepers[clerk]
        codes = CODES
        counter.walk_in(session, person, {"K01": 1}, name_checked=True, actor=keeper, now=later, codes=codes)
        return 1

    sold: list[object] = []
    clerks = threading.Thread(target=lambda: sold.extend(race(database_url, sell, writers=2, each=400)))
    clerks.start()
    try:
        for number in range(RESTORES):
            drill(shop, tmp_path / f"{number}.backup", empty_engine(), database_url)
    finally:
        done.set()
        clerks.join()
    assert sold


def drill(shop: Shop, path: Path, target: Engine, database_url: str) -> None:
    source = create_engine(database_url)
    before = entries(source)
    told = files.backup(source, path, now=shop.clock())
    after = entries(source)
    heads = files.restore(target, path)
    assert before <= heads[shop.community.id][0] <= after
    assert everything(target) == told
    target.dispose()
    source.dispose()


def entries(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(TXNS)) or 0


def test_a_restore_never_overwrites(shop: Shop, tmp_path: Path) -> None:
    shop.session.rollback()
    engine = shop.session.get_bind()
    assert isinstance(engine, Engine)
    path = tmp_path / "youlin.backup"
    files.backup(engine, path, now=shop.clock())

    with pytest.raises(NotEmpty):
        files.restore(engine, path)
    with pytest.raises(files.FileThere):
        files.backup(engine, path, now=shop.clock())


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_database_that_is_refused_is_not_migrated_either(
    app: Flask, shop: Shop, tmp_path: Path, empty_engine: Callable[[], Engine]
) -> None:
    """The real database by mistake, at the revision of an older program, which goes on working with it."""
    shop.session.rollback()
    path, real = tmp_path / "youlin.backup", empty_engine()
    with app.app_context():
        files.backup(db.engine, path, now=shop.clock())
    target = create_app(Settings(url_of(real), secret_key="test"))
    with Session(real) as session:
        Factory(session, shop.clock).community()
    with target.app_context():
        downgrade()
        db.engine.dispose()
    older = revision_of(real)

    restored = target.test_cli_runner().invoke(restore, [str(path)])
    copied = app.test_cli_runner().invoke(copy_to, [url_of(real)])

    for told in (restored, copied):
        assert (told.exit_code, told.output) == (1, f"Error: {NotEmpty.sentence}\n")
    assert revision_of(real) == older


def revision_of(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_a_backup_that_fails_leaves_no_file_and_says_why(shop: Shop, tmp_path: Path) -> None:
    shop.session.rollback()
    engine = shop.session.get_bind()
    assert isinstance(engine, Engine)
    was = resource.getrlimit(resource.RLIMIT_FSIZE)

    with pytest.raises(files.NotWritten, match="No such file"):
        files.backup(engine, tmp_path / "nowhere" / "youlin.backup", now=shop.clock())
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, was[1]))  # to the program as a full disk is
    try:
        with pytest.raises(files.NotWritten, match="File too large"):
            files.backup(engine, tmp_path / "youlin.backup", now=shop.clock())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, was)
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def test_a_backup_has_its_name_when_it_is_whole(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a memory stick, whose files have one name; what takes the name meanwhile stays what it was."""
    shop.session.rollback()
    engine, path = shop.session.get_bind(), tmp_path / "youlin.backup"
    assert isinstance(engine, Engine)

    with pytest.raises(FileExistsError), new_file(path):
        path.write_bytes(b"early")
    assert (path.read_bytes(), [*tmp_path.glob("*.part")]) == (b"early", [])
    path.unlink()

    monkeypatch.setattr(os, "link", lambda *_: os.stat("/nowhere"))
    told = files.backup(engine, path, now=shop.clock())
    files.check_whole(path)
    assert (told["community"].rows, [*tmp_path.glob("*.part")]) == (1, [])


def test_a_database_of_another_revision_is_neither_backed_up_nor_copied(
    tmp_path: Path, empty_engine: Callable[[], Engine]
) -> None:
    older, target = empty_engine(), empty_engine()
    with create_app(Settings(url_of(older), secret_key="test")).app_context():
        downgrade(revision="0029_cover_asks")
        db.engine.dispose()
    for leave in ("0029_cover_asks", "-"):
        with pytest.raises(files.OtherRevision, match=f"数据库是{leave}版的"):
            files.backup(older, tmp_path / "youlin.backup", now=MONDAY)
        with pytest.raises(files.OtherRevision):
            copying.copy(older, target)
        with older.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    assert not (tmp_path / "youlin.backup").exists()


def test_a_value_goes_into_the_column_that_the_file_names(
    shop: Shop, tmp_path: Path, empty_engine: Callable[[], Engine]
) -> None:
    shop.member(10)
    shop.session.rollback()
    source, target = shop.session.get_bind(), empty_engine()
    assert isinstance(source, Engine)
    told = files.backup(source, tmp_path / "youlin.backup", now=shop.clock())

    files.restore(target, spoiled(tmp_path / "youlin.backup", turned_round))

    assert everything(target) == told


def turned_round(lines: list[str]) -> list[str]:
    """The same rows with the columns of every table the other way round."""
    found, adder = [], Adder()
    adders: dict[str, Adder] = {}
    for line in map(json.loads, lines):
        if isinstance(line, list):
            line = line[::-1]
            adder.add(line)
        elif "table" in line:
            adder = adders[line["table"]] = Adder()
            line["columns"] = line["columns"][::-1]
        elif "end" in line:
            line["end"] = files.ending(adders)
        found.append(json.dumps(line, ensure_ascii=False))
    return found


def spoiled(whole: Path, change: Callable[[list[str]], list[str]]) -> Path:
    path = whole.with_name("spoiled.backup")
    with gzip.open(whole, "rt", encoding="utf-8") as file:
        lines = file.read().splitlines()
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(change(lines)) + "\n")
    return path


SPOILT: dict[str, Callable[[list[str]], list[str]]] = {
    "cut off": lambda lines: lines[:-1],
    "a row less": lambda lines: [line for line in lines if "姚文娟" not in line],
    "a name changed": lambda lines: [line.replace("姚文娟", "姚文芳") for line in lines],
    "another revision": lambda lines: [lines[0].replace('"revision": "', '"revision": "9'), *lines[1:]],
    "something else": lambda _lines: ["hello"],
    "another head": lambda lines: [lines[0].replace("revision", "version"), *lines[1:]],
    "a row before its table": lambda lines: [lines[0], "[1]", *lines[1:]],
    "neither row nor table": lambda lines: [lines[0], "5", *lines[1:]],
    "a longer row": lambda lines: [line.replace("[1,", "[1,1,") for line in lines],
    "another column": lambda lines: [line.replace('"zone"', '"time"') for line in lines],
    "a column twice": lambda lines: [line.replace('"zone"', '"name"') for line in lines],
    "another table": lambda lines: [line.replace('"store_order"', '"shop_order"') for line in lines],
    "a table twice": lambda lines: [*lines[:2], *lines[1:]],
    "a table less": lambda lines: [
        re.sub(r'"erasure": \[[^]]*\](, )?', "", line) for line in lines if '"table": "erasure"' not in line
    ],
    "an end of nothing": lambda lines: [*lines[:-1], '{"end": 5}'],
}


def test_a_spoilt_file_is_refused_and_nothing_is_written(
    shop: Shop, tmp_path: Path, empty_engine: Callable[[], Engine]
) -> None:
    shop.member(10)
    shop.session.rollback()
    source, target = shop.session.get_bind(), empty_engine()
    assert isinstance(source, Engine)
    whole = tmp_path / "youlin.backup"
    files.backup(source, whole, now=shop.clock())
    bytes_ = whole.read_bytes()
    (tmp_path / "cut.backup").write_bytes(bytes_[:200])
    (tmp_path / "holed.backup").write_bytes(bytes_[:200] + bytes(50) + bytes_[250:])

    refused = {}
    for name, change in SPOILT.items():
        with pytest.raises(Refused) as refusal:
            files.restore(target, spoiled(whole, change))
        refused[name] = refusal.value.code
    for name in ("cut", "holed"):
        with pytest.raises(files.NotABackup):
            files.restore(target, tmp_path / f"{name}.backup")

    assert refused == dict.fromkeys(SPOILT, "NotABackup") | {"another revision": "OtherRevision"}
    assert everything(target)["person"].rows == 0  # type: ignore[attr-defined]


def test_forged_books_are_not_restored(shop: Shop, tmp_path: Path, empty_engine: Callable[[], Engine]) -> None:
    """The digests fit a forged database too; its books don't verify, and nothing is written."""
    shop.member(10)
    session = shop.session
    session.rollback()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
    else:
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(text("UPDATE ledger_txn SET actor_id = 99 WHERE seq = 2"))
    session.commit()
    source, target = session.get_bind(), empty_engine()
    assert isinstance(source, Engine)
    files.backup(source, tmp_path / "forged.backup", now=shop.clock())

    with pytest.raises(Refused, match="txn 2"):
        files.restore(target, tmp_path / "forged.backup")
    assert everything(target)["person"].rows == 0  # type: ignore[attr-defined]
