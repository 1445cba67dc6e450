from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.volunteer_app.needs.factory import NeedsFactory
from volunteer_app.core.errors import BadInput, NotFound
from volunteer_app.needs import importing, queries
from volunteer_app.needs.importing import BadRows, import_needs, report_of
from volunteer_app.needs.models import Need, NeedImport, Shift
from volunteer_app.needs.rows import NoHeadings
from volunteer_app.needs.seats import NoSeats, TouchedPerson
from volunteer_app.needs.tables import read_table

CASES = Path(__file__).resolve().parents[2] / "cases"
EVENT = CASES / "event_tasks.csv"
HEAD = "事项,类别,网格,地点,日期,开始,结束,人数,最少,缓急,来源,备注"


def imported(needs: NeedsFactory, path: Path, **options: object) -> importing.ImportReport:
    return import_needs(
        needs.session,
        path,
        community_id=needs.community.id,
        actor=needs.actor,
        now=needs.now,
        **options,  # type: ignore[arg-type]
    )


def table(tmp_path: Path, *lines: str, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "需求.csv"
    path.write_bytes("\r\n".join((HEAD, *lines)).encode(encoding))
    return path


def test_event_tasks_are_read_whole(needs: NeedsFactory, session: Session) -> None:
    """A real event's list: 130 tasks with least, target and most people, days counted from day 0."""
    report = imported(needs, EVENT, day0=date(2026, 2, 7))
    assert report.bad == []
    assert (len(report.good), report.shifts) == (130, 130)
    assert report.minutes == 2354 * 60
    buildup = session.scalars(select(Shift).where(Shift.most == 100, Shift.starts_on < date(2026, 2, 7))).all()
    assert [(shift.least, shift.target, shift.starts_on) for shift in buildup] == [
        (20, 25, date(2026, 2, 6))  # four rows on day -1, from 12:00, 13:00, 14:00 and 15:00
    ] * 4
    assert min(session.scalars(select(Shift.starts_on))) == date(2026, 2, 5)  # day -2
    assert session.scalar(select(func.count()).select_from(Need)) == report.needs
    assert {need.state for need in session.scalars(select(Need))} == {"verified"}


def test_event_tasks_over_midnight_end_on_the_next_day(needs: NeedsFactory, tmp_path: Path) -> None:
    path = tmp_path / "tasks.csv"
    path.write_text("file,template,name,location,day,start,end,nbr,min,max\na,b,Night,Hall,1,22:00,02:00,4,2,6\n")
    report = imported(needs, path, day0=date(2026, 2, 7), dry_run=True)
    assert (report.good[0]["starts_minute"], report.good[0]["ends_minute"]) == (1320, 1560)


def test_event_tasks_without_day0_are_refused(needs: NeedsFactory) -> None:
    with pytest.raises(BadInput) as refused:
        imported(needs, EVENT)
    assert "day0" in refused.value.fields


def test_dry_run_writes_nothing(needs: NeedsFactory, session: Session) -> None:
    report = imported(needs, EVENT, day0=date(2026, 2, 7), dry_run=True)
    assert len(report.good) == 130
    assert session.scalar(select(func.count()).select_from(Need)) == 0
    assert session.scalar(select(func.count()).select_from(NeedImport)) == 0


def test_needs_table_is_read_as_people_write_it(needs: NeedsFactory, session: Session, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "河面有漂浮垃圾,河道巡查,乐邻,新桥中心河,10月13日,7点半,９：００,2人,,难,巡查上报,",
        ",,,,,,,,,,,",
        "楼道堆物清理,周整治,G2,6号楼,2026/10/17,9:00,11:00,6,3,烦,微信群,带手套",
        encoding="gb18030",
    )
    report = imported(needs, path)
    first, second = session.scalars(select(Need).order_by(Need.number)).all()
    assert (report.needs, report.bad) == (2, [])
    assert (first.wanted_on, first.starts_minute, first.ends_minute) == (date(2026, 10, 13), 450, 540)
    assert (first.kind_id, first.grid_id, first.urgency, first.source) == (
        needs.kind("river_patrol").id,
        needs.grids[3].id,
        "hard",
        "patrol",
    )
    assert (second.least, second.target, second.most, second.note) == (3, 6, 6, "带手套")


def test_bad_rows_are_named_by_line_and_column_and_nothing_is_written(
    needs: NeedsFactory, session: Session, tmp_path: Path
) -> None:
    path = table(
        tmp_path,
        "楼道堆物清理,周整治,G2,6号楼,2026-10-17,9:00,11:00,6,,,,",
        ",周整治,G2,6号楼,2026-10-17,9:00,11:00,6,,,,",
        "河面,没有的类,G9,,2026-02-30,25:00,11:00,很多,,特急,,",
        "走访,走访,G1,,10.12,9:00,9:00,2,5,,,",
    )
    with pytest.raises(BadRows, match="有9处看不懂，什么都没有导入。"):
        imported(needs, path)
    report = imported(needs, path, dry_run=True)
    assert [(error.line, error.column, error.read) for error in report.bad] == [
        (3, 1, ""),
        (4, 2, "没有的类"),
        (4, 3, "G9"),
        (4, 5, "2026-02-30"),
        (4, 6, "25:00"),
        (4, 8, "很多"),
        (4, 10, "特急"),
        (5, 7, "9:00"),
        (5, 8, "2"),
    ]
    assert session.scalar(select(func.count()).select_from(Need)) == 0


def test_only_the_good_rows_may_be_wanted(needs: NeedsFactory, tmp_path: Path) -> None:
    path = table(tmp_path, "好的,,,,2026-10-17,9:00,11:00,6,,,,", "坏的,,,,哪天,9:00,11:00,6,,,,")
    report = imported(needs, path, only_good=True)
    assert (report.needs, len(report.bad)) == (1, 1)
    assert str(report.bad[0]) == "3:5 日期 “哪天” 看不懂这个日期，写成 2026-10-12。"


def test_title_above_the_headings_is_no_trouble(needs: NeedsFactory, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("友邻社区十月需求表,,,\n事项,日期,开始,结束（几点）\n走访,10月12日,9:00,10:00\n")
    report = imported(needs, path)
    assert [(row["title"], row["line"]) for row in report.good] == [("走访", 3)]


def test_workbook_cells_are_read_as_people_see_them(needs: NeedsFactory, tmp_path: Path) -> None:
    path = tmp_path / "需求.xlsx"
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    day, clock = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "hh:mm"})
    sheet.write_row(1, 1, ["事项", "日期", "开始", "结束", "人数"])
    sheet.write_row(2, 1, ["走访"])
    sheet.write_datetime(2, 2, datetime(2026, 10, 12), day)  # noqa: DTZ001 - a cell has no zone
    sheet.write_datetime(2, 3, time(8, 30), clock)
    sheet.write_row(2, 4, ["10点半", 2])
    sheet.write_row(3, 1, ["走访", 46308, "8:30", "10:30", "2"])
    book.close()
    path.write_bytes(buffer.getvalue())
    report = imported(needs, path)
    assert report.bad == []
    assert [(row["line"], row["wanted_on"], row["starts_minute"], row["target"]) for row in report.good] == [
        (3, "2026-10-12", 510, 2),
        (4, "2026-10-13", 510, 2),
    ]


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK\x03\x04 broken", b"\xff\xff\xff\xff"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        read_table(content)
    assert "file" in refused.value.fields


def test_table_without_headings_is_refused(needs: NeedsFactory, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(NoHeadings):
        imported(needs, path)


def test_preview_is_taken_in_once_and_undone_once(needs: NeedsFactory, session: Session) -> None:
    report = imported(needs, EVENT, day0=date(2026, 12, 5), dry_run=True)
    kept = importing.keep(session, report, actor=needs.actor, now=needs.now)
    session.commit()
    assert report_of(kept).good == report.good
    done = importing.take_in(session, kept.id, actor=needs.actor, now=needs.now, lines=[2, 3, 100])
    assert done.shifts == 3
    with pytest.raises(importing.AlreadyDone):
        importing.take_in(session, kept.id, actor=needs.actor, now=needs.now)
    assert importing.undo(session, kept.id, seats=NoSeats(), actor=needs.actor, now=needs.now) == done.needs
    assert {need.state for need in session.scalars(select(Need))} == {"cancelled"}
    assert {shift.state for shift in session.scalars(select(Shift))} == {"cancelled"}
    with pytest.raises(importing.AlreadyDone):
        importing.undo(session, kept.id, seats=NoSeats(), actor=needs.actor, now=needs.now)


class Somebody(NoSeats):
    def people(self, session: Session, shift_ids: object) -> list[TouchedPerson]:  # noqa: ARG002
        return [TouchedPerson(1, "V001", "姚文娟", 1, "accepted")]


def test_import_with_people_on_its_shifts_isnt_undone(needs: NeedsFactory, session: Session) -> None:
    report = imported(needs, EVENT, day0=date(2026, 12, 5))
    assert report.import_id is not None
    with pytest.raises(importing.InUse, match="已经有1个人排在这些班里"):
        importing.undo(session, report.import_id, seats=Somebody(), actor=needs.actor, now=needs.now)
    assert len(queries.shifts_between(session, date(2026, 12, 1), date(2026, 12, 31))) == 130


def test_import_of_another_community_is_out_of_reach(needs: NeedsFactory, session: Session) -> None:
    kept = importing.keep(session, importing.ImportReport("x.csv", [], []), actor=needs.actor, now=needs.now)
    session.flush()
    other = needs.make.community("other", "远亲社区")
    with pytest.raises(NotFound):
        importing.take_in(session, kept.id, actor=needs.make.system(other), now=needs.now)
