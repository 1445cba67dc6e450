from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.volunteer_app.needs.factory import NeedsFactory
from tests.volunteer_app.needs.test_importing import EVENT
from volunteer_app.needs.commands import import_file
from volunteer_app.needs.models import Shift


def run(app: Flask, path: Path, **options: Any) -> int:
    with app.app_context():
        return import_file(path, **options)


def shifts(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Shift)) or 0


def test_event_file_is_imported_and_counted(
    app: Flask, needs: NeedsFactory, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, EVENT, community=needs.community.code, day0=date(2026, 2, 7), dry_run=True) == 0
    assert shifts(session) == 0
    assert run(app, EVENT, community=needs.community.code, day0=date(2026, 2, 7)) == 0
    assert shifts(session) == 130
    said = capsys.readouterr().out
    assert "130 good rows, 0 mistakes, 2354 person-hours" in said
    assert "130 shifts written" in said


def test_bad_rows_are_named_and_nothing_is_written(
    app: Flask, needs: NeedsFactory, session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("事项,日期,开始,结束\n走访,10月12日,9:00,10:00\n走访,哪天,9:00,10:00\n")
    assert run(app, path, community=needs.community.code) == 1
    assert "bad.csv:3:2 日期 “哪天”" in capsys.readouterr().err
    assert shifts(session) == 0
    assert run(app, path, community=needs.community.code, only_good=True) == 1
    assert shifts(session) == 1


def test_unknown_community_and_missing_day0_are_said(
    app: Flask, needs: NeedsFactory, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(app, EVENT, community="nowhere") == 1
    assert run(app, EVENT, community=needs.community.code) == 1
    said = capsys.readouterr().err
    assert "nowhere" in said
    assert "第0天是哪一天" in said
    assert shifts(session) == 0
