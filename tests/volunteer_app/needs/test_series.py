from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.volunteer_app.needs.factory import LAST, OCTOBER, NeedsFactory
from volunteer_app.core.errors import BadInput
from volunteer_app.needs import actions, recurring
from volunteer_app.needs.models import Series, Shift
from volunteer_app.needs.plans import SeriesPlan

SHANGHAI = ZoneInfo("Asia/Shanghai")


def spans(shifts: list[Shift]) -> set[str]:
    return {
        f"{shift.starts_at.astimezone(SHANGHAI):%H:%M}-{shift.ends_at.astimezone(SHANGHAI):%H:%M}" for shift in shifts
    }


def test_daily_patrol_of_a_grid_makes_62_shifts(needs: NeedsFactory) -> None:
    """§5.B: 248 patrols in October on four grids, two a day."""
    grid = needs.grids[0]
    made = needs.usual("daily_patrol_morning", "daily_patrol", grid) + needs.usual(
        "daily_patrol_afternoon", "daily_patrol", grid
    )
    assert len(made) == 62
    assert spans(made) == {"08:30-10:30", "15:00-17:00"}
    assert {shift.target for shift in made} == {2}
    assert {tuple(shift.requires) for shift in made} == {("grid:G1", "adult")}


def test_clean_up_moves_from_the_makeup_saturday_to_sunday(needs: NeedsFactory) -> None:
    made = needs.usual("weekly_cleanup", "weekly_cleanup", needs.grids[0])
    assert [shift.starts_on.day for shift in made] == [3, 11, 17, 24, 31]
    assert [shift.occurs_on.day for shift in made if shift.occurs_on] == [3, 10, 17, 24, 31]


def test_river_patrol_stays_on_its_days(needs: NeedsFactory) -> None:
    made = needs.usual("river_patrol", "river_patrol")
    assert len(made) == 14  # §5.B
    assert date(2026, 10, 10) in {shift.starts_on for shift in made}


def test_monthly_review_is_on_the_last_friday(needs: NeedsFactory) -> None:
    (review,) = needs.usual("monthly_review", "monthly_review")
    assert review.starts_on == date(2026, 10, 30)
    assert [mix["tag"] for mix in review.mixes] == ["grid:G1", "grid:G2", "grid:G3", "grid:G4"]


def test_store_is_closed_in_the_long_holiday(needs: NeedsFactory) -> None:
    made = needs.usual("store_duty", "store_duty")
    assert [shift.starts_on.day for shift in made] == [9, 16, 23, 30]


def test_extending_again_or_in_steps_makes_each_date_once(needs: NeedsFactory, session: Session) -> None:
    first = needs.series("daily_patrol", SeriesPlan("FREQ=DAILY", OCTOBER, 510, 630, 1, 2, 2), until=date(2026, 10, 12))
    assert len(first) == 12
    for until, new in ((date(2026, 10, 12), 0), (date(2026, 10, 5), 0), (LAST, 19), (LAST, 0)):
        made = recurring.extend_series(session, needs.community.id, until, actor=needs.actor, now=needs.now)
        assert len(made) == new
    assert session.scalar(select(func.count()).select_from(Shift)) == 31
    assert session.scalar(select(func.count(Shift.occurs_on.distinct()))) == 31


def test_series_ends_where_it_should(needs: NeedsFactory) -> None:
    made = needs.series("other", SeriesPlan("FREQ=DAILY", OCTOBER, 510, 630, 1, 2, 2, until_on=date(2026, 10, 3)))
    assert [shift.starts_on.day for shift in made] == [1, 2, 3]


def test_only_verified_needs_are_extended(needs: NeedsFactory, session: Session) -> None:
    need = needs.need(needs.entry(), state="submitted")
    plan = SeriesPlan("FREQ=DAILY", OCTOBER, 510, 630, 1, 2, 2)
    recurring.add_series(session, need.id, plan, actor=needs.actor, now=needs.now)
    assert recurring.extend_series(session, needs.community.id, LAST, actor=needs.actor, now=needs.now) == []
    actions.verify(session, need.id, actor=needs.actor, now=needs.now)
    assert len(recurring.extend_series(session, needs.community.id, LAST, actor=needs.actor, now=needs.now)) == 31


def test_other_communities_are_left_alone(needs: NeedsFactory, session: Session) -> None:
    need = needs.need(needs.entry(), state="verified")
    plan = SeriesPlan("FREQ=DAILY", OCTOBER, 510, 630, 1, 2, 2)
    recurring.add_series(session, need.id, plan, actor=needs.actor, now=needs.now)
    other = needs.make.community("other", "远亲社区")
    assert recurring.extend_series(session, other.id, LAST, actor=needs.make.system(other), now=needs.now) == []


def test_night_series_runs_over_midnight(needs: NeedsFactory) -> None:
    (first, *_rest) = needs.series("checkpoint", SeriesPlan("FREQ=DAILY", OCTOBER, 1380, 420, 1, 2, 2))
    assert first.starts_at == datetime(2026, 10, 1, 23, 0, tzinfo=SHANGHAI)
    assert first.ends_at == datetime(2026, 10, 2, 7, 0, tzinfo=SHANGHAI)
    assert first.starts_on == OCTOBER
    assert first.bars == ["age75plus"]


def test_visit_wants_one_of_the_recipients_gender(needs: NeedsFactory) -> None:
    recipient = needs.recipient(gender="M")
    plan = SeriesPlan("FREQ=WEEKLY;BYDAY=TU", OCTOBER, 570, 630, 1, 2, 2, recipient_id=recipient.id)
    made = needs.series("elder_visit", plan)
    assert [shift.starts_on.day for shift in made] == [6, 13, 20, 27]
    assert made[0].mixes == [{"tag": "M", "at_least": 1}]


def test_series_with_the_end_before_the_start_is_refused(needs: NeedsFactory, session: Session) -> None:
    need = needs.need()
    plan = SeriesPlan("FREQ=DAILY", LAST, 510, 630, 1, 2, 2, until_on=OCTOBER)
    with pytest.raises(BadInput) as refused:
        recurring.add_series(session, need.id, plan, actor=needs.actor, now=needs.now)
    assert "until_on" in refused.value.fields
    assert session.scalar(select(func.count()).select_from(Series)) == 0
