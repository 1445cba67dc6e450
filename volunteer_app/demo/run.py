"""`youlin demo`: a fresh database, a month in it, a summary, and the pages."""

import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from volunteer_app import create_app
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.config import Settings, settings_from_environment
from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import clock_from
from volunteer_app.core.database import in_transaction, scope
from volunteer_app.demo import attending, closing, community, rostering, shopping
from volunteer_app.demo.neighbour import found_next_door
from volunteer_app.demo.stage import Stage, moment
from volunteer_app.ledger import month
from volunteer_app.rosters import queries
from volunteer_app.rosters.models import RosterRun
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.sheets.checking import Check, check, record_check
from volunteer_app.store.orders.codes import Codes
from volunteer_app.web.database import db
from volunteer_app.web.serving import serve_all

TODAY = "11-09 08:05"
SOLVE_S, NEXT_SOLVE_S = 15, 3


def run_demo(*, once: bool, port: int) -> int:
    """Returns the exit code: 0 when every seat is filled, every vector came out right and the books verify."""
    began = time.monotonic()
    app = fresh_app()
    with app.app_context():
        session = db.session()
        right = play(session)
        scope(session, None)
    click.echo(f"\nThe month took {time.monotonic() - began:.0f} s.")
    if not right or once:
        return 0 if right else 1
    serve(app, port)
    return 0


def fresh_app(name: str = "demo", today: str = TODAY) -> Flask:
    """A new database beside the real one; what an earlier run left goes away."""
    kept = settings_from_environment()
    path = Path(os.environ.get("YOULIN_INSTANCE", "instance")).resolve() / f"{name}.db"
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    app = create_app(Settings(f"sqlite:///{path}", kept.secret_key, clock=clock_from(moment(today))))
    with app.app_context():
        upgrade()
    return app


def play(session: Session, *, solve_s: int = SOLVE_S, next_solve_s: int = NEXT_SOLVE_S) -> bool:
    """October from the first need to the last credit, with the summary; True when everything came out as it must.

    `solve_s` and `next_solve_s` are the most seconds for October's roster and for each of the two weeks after it.
    """
    click.echo("友邻社区, October 2026: 4 grids, 10 neighbourhoods, 72 volunteers, 12 visited elders")
    founded = in_transaction(session, lambda: community.found(session, now=moment("09-28 09:00")))
    next_door = in_transaction(session, lambda: found_next_door(session, founded, now=moment("09-28 09:30")))
    stage = Stage(session, founded, next_door, Codes(current_app.config["SECRET_KEY"]))
    closing.bring_old_points(stage)
    run = make_october(stage, solve_s)
    attended = attend(stage)
    shopping.shop_in_october(stage)
    closed = closing.close_october(stage, attended)
    shopping.settle_october(stage)
    shopping.shop_in_november(stage)
    closing.take_one_back(stage, moment("11-06 18:00"))
    click.echo(f"  notice period over: {closed.credited} records final, the flag's points to {closed.flag} people")
    next_weeks(stage, next_solve_s)
    return summary(stage, run, attended)


def make_october(stage: Stage, limit_s: int) -> RosterRun:
    """Asked for, solved, published, answered; three can't come and are covered."""
    run = rostering.make_roster(stage, community.MONTH, community.LAST, at=moment("09-28 10:00"), limit_s=limit_s)
    rostering.publish(stage, run.roster_id, moment("09-28 16:00"))
    said_yes = rostering.answer_all(stage, queries.roster(stage.session, run.roster_id), moment("09-29 09:00"))
    attending.name_leaders(stage)
    version = rostering.cover_three(stage, run.roster_id)
    click.echo(f"  published: {said_yes} turns accepted, 3 declined and covered, now version {version}")
    return runs.roster_run(stage.session, run.id)


def attend(stage: Stage) -> attending.Attended:
    attended = attending.attend_october(stage)
    click.echo(f"  attended: {attended.records} records confirmed by the coordinator")
    return attended


def next_weeks(stage: Stage, limit_s: int) -> None:
    """What the pages show: the week of 9 November published, the one after it a draft."""
    rostering.accompany(stage)
    rostering.extend_november(stage)
    for first, last, is_public in ((9, 15, True), (16, 22, False)):
        run = rostering.make_roster(
            stage, date(2026, 11, first), date(2026, 11, last), at=moment("11-06 19:00"), limit_s=limit_s
        )
        if is_public:
            rostering.publish(stage, run.roster_id, moment("11-06 20:00"))


def summary(stage: Stage, run: RosterRun, attended: attending.Attended) -> bool:
    session, community_id = stage.session, stage.founded.community_id
    assert run.result is not None
    filled, wanted = show_roster(run.result)
    served = select(func.sum(ServiceRecord.minutes)).where(ServiceRecord.state == "final")
    click.echo(f"Service hours             {(session.scalar(served) or 0) / 60:g}")
    sheet = month.month_sheet(session, community_id, from_at=moment("09-01 00:00"), to_at=moment("11-30 00:00"))
    held = shopping.held_points(stage)
    click.echo(f"Points issued             {sheet.issued}")
    click.echo(f"  redeemed                {sheet.redeemed}")
    click.echo(f"  held                    {held}")
    click.echo(f"  expired                 {sheet.expired}")
    click.echo(f"  reversed                {-sheet.reversed}")
    right = attending.vectors_right(stage, attended)
    click.echo(f"Points vectors            {len(right)}/{len(attending.VECTORS)} as the rules say")
    books = check_books(stage)
    verdict = "books verified" if books.is_right else "BOOKS BROKEN"
    click.echo(f"Ledger                    {verdict}, {books.seq} entries, head {books.hash[:16]}")
    return filled == wanted and books.is_right and len(right) == len(attending.VECTORS)


def show_roster(result: dict[str, Any]) -> tuple[int, int]:
    """Prints seats, each goal proved or its gap, and the highest load; returns seats filled and wanted."""
    filled, wanted = result["seats_filled"], result["seats_wanted"]
    click.echo(f"\nSeats filled              {filled}/{wanted}")
    for goal in result["goals"]:
        click.echo(f"  {rostering.GOALS[goal['name']]:<23} {proof_of(goal)}")
    click.echo(f"Highest relative load     {100 * result['fairness']['highest']:.1f} % of the own limit")
    return filled, wanted


def proof_of(goal: dict[str, Any]) -> str:
    """proved, or the gap; a goal with levels may be proved at its first and open below it."""
    gap = abs(goal["value"] - goal["bound"])
    if goal["proved"]:
        return "proved"
    return f"gap {gap:g}" if gap else "proved at its highest level, open below it"


def check_books(stage: Stage) -> Check:
    """The auditor's own check, which the books page then shows."""
    found = check(stage.session, stage.founded.community_id)
    who = Actor(stage.founded.community_id, stage.founded.person["A01"], "demo", frozenset({"auditor"}))
    stage.write(lambda: record_check(stage.session, found, actor=who, now=moment("11-09 07:50")))
    return found


def serve(app: Flask, port: int) -> None:
    serve_all(app, "127.0.0.1", port, listens=lambda: invite(port))


def invite(port: int) -> None:
    click.echo(f"\nhttp://127.0.0.1:{port}   (it is Monday 9 November 2026 there; Ctrl-C ends it)")
    click.echo(f"Sign in with the password {community.PASSWORD} as")
    for role, number in community.SIGN_INS:
        click.echo(f"  {number}  {role}")
