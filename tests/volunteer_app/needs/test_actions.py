from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.volunteer_app.needs.factory import MONDAY, NeedsFactory
from volunteer_app.core.audit import AuditEvent
from volunteer_app.core.errors import BadInput, NotFound
from volunteer_app.needs import actions, catalogue, queries
from volunteer_app.needs.models import ActivityKind, Shift
from volunteer_app.needs.plans import NeedEntry, ShiftPlan
from volunteer_app.needs.queries import NeedFilter
from volunteer_app.needs.rules import WrongState

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_needs_are_numbered_in_order_within_the_community(needs: NeedsFactory, session: Session) -> None:
    first, second = needs.need(), needs.need()
    elsewhere = needs.make.community("other", "远亲社区")
    actor = needs.make.system(elsewhere)
    (kind, *_rest) = catalogue.load_kinds(session, elsewhere.id, actor=actor, now=needs.now)
    other = actions.add_need(session, NeedEntry("漏水", kind.id), actor=actor, now=needs.now)
    assert (first.label, second.label, other.label) == ("0001", "0002", "0001")


def test_verified_need_becomes_a_shift_with_its_kinds_rules(needs: NeedsFactory, session: Session) -> None:
    need = needs.need(needs.dated("daily_patrol", grid_id=needs.grids[1].id, urgency="urgent", least=1))
    actions.verify(session, need.id, actor=needs.actor, now=needs.now)
    (shift,) = queries.shifts_of(session, [need.id])
    assert need.state == "verified"
    assert shift.starts_at == datetime(2026, 10, 12, 14, 0, tzinfo=SHANGHAI)
    assert (shift.starts_on, shift.minutes, shift.priority) == (MONDAY, 120, 1)
    assert (shift.least, shift.target, shift.most) == (1, 2, 2)
    assert shift.requires == ["grid:G2", "adult"]


def test_undated_need_cant_be_verified(needs: NeedsFactory, session: Session) -> None:
    need = needs.need(needs.entry())
    with pytest.raises(actions.NeedIncomplete):
        actions.verify(session, need.id, actor=needs.actor, now=needs.now)


def test_need_goes_its_way_and_each_step_is_on_record(needs: NeedsFactory, session: Session) -> None:
    need = needs.need(needs.dated(wanted_on=date(2026, 10, 10)), state="draft")
    actions.submit(session, need.id, actor=needs.actor, now=needs.now)
    actions.verify(session, need.id, actor=needs.actor, now=needs.now)
    assert actions.mark_scheduled(session, [need.id], actor=needs.actor, now=needs.now) == 1
    assert actions.mark_scheduled(session, [need.id], actor=needs.actor, now=needs.now) == 0
    actions.close(session, need.id, actor=needs.actor, now=needs.now)
    actions.evaluate(session, need.id, stars=5, text="来得快", actor=needs.actor, now=needs.now)
    assert (need.state, need.stars, need.evaluation) == ("evaluated", 5, "来得快")
    verbs = session.scalars(
        select(AuditEvent.verb).where(AuditEvent.subject == f"need:{need.id}").order_by(AuditEvent.id)
    ).all()
    assert verbs == ["add_need", "submit_need", "verify_need", "schedule_need", "close_need", "evaluate_need"]


def test_step_from_the_wrong_state_says_where_the_need_is(needs: NeedsFactory, session: Session) -> None:
    need = needs.need()
    with pytest.raises(WrongState, match="这条需求现在待核实，这一步做不了。"):
        actions.evaluate(session, need.id, stars=5, text="", actor=needs.actor, now=needs.now)


def test_need_with_a_shift_to_come_cant_be_closed(needs: NeedsFactory, session: Session) -> None:
    need = needs.need()
    actions.verify(session, need.id, actor=needs.actor, now=needs.now)
    with pytest.raises(actions.StillToDo, match="还有1个班没做完"):
        actions.close(session, need.id, actor=needs.actor, now=needs.now)


def test_urgent_help_makes_a_shift_for_each_leg_at_once(needs: NeedsFactory, session: Session) -> None:
    """Incident 1 of §5.B: four carriers 8:45 to 9:30 and again 11:30 to 12:15."""
    legs = [ShiftPlan(MONDAY, 525, 570, 4, 4, 4), ShiftPlan(MONDAY, 690, 735, 4, 4, 4)]
    entry = replace(needs.entry("urgent_help"), title="送医陪同，抬送2程", grid_id=needs.grids[0].id)
    need = actions.add_urgent(session, entry, legs, actor=needs.actor, now=needs.now)
    shifts = queries.shifts_of(session, [need.id])
    assert (need.state, need.urgency) == ("verified", "urgent")
    assert [(shift.minutes, shift.most, shift.priority) for shift in shifts] == [(45, 4, 1), (45, 4, 1)]
    assert shifts[0].requires == ["adult", "under70", "insured"]


@pytest.mark.parametrize(("least", "target", "most"), [(2, 1, 1), (1, 3, 2), (0, 0, 0), (-1, 1, 1), (1, 1, 501)])
def test_seats_must_be_in_order(needs: NeedsFactory, least: int, target: int, most: int) -> None:
    with pytest.raises(BadInput) as refused:
        needs.need(needs.dated(least=least, target=target, most=most))
    assert "target" in refused.value.fields


def test_place_of_another_community_is_refused(needs: NeedsFactory) -> None:
    elsewhere = needs.make.area(needs.make.community("other", "远亲社区"), code="G9", name="远亲")
    with pytest.raises(BadInput) as refused:
        needs.need(needs.dated(grid_id=elsewhere.id))
    assert "grid_id" in refused.value.fields


def test_need_of_another_community_is_not_found(needs: NeedsFactory, session: Session) -> None:
    need = needs.need()
    other = needs.make.community("other", "远亲社区")
    with pytest.raises(NotFound):
        actions.verify(session, need.id, actor=needs.make.system(other), now=needs.now)


def test_end_before_start_runs_over_midnight(needs: NeedsFactory, session: Session) -> None:
    need = needs.need(needs.dated(starts_minute=1050, ends_minute=60))  # 17:30 to 1:00
    actions.verify(session, need.id, actor=needs.actor, now=needs.now)
    (shift,) = queries.shifts_of(session, [need.id])
    assert shift.minutes == 450
    assert shift.bars == ["age75plus"]


def test_counts_follow_the_filter_and_the_list_its_state(needs: NeedsFactory, session: Session) -> None:
    first = needs.need(needs.dated(grid_id=needs.grids[0].id, source="patrol"))
    second = needs.need(needs.dated(grid_id=needs.grids[1].id, title="燃气报警器不亮"))
    actions.verify(session, second.id, actor=needs.actor, now=needs.now)
    counts = queries.state_counts(session, NeedFilter())
    assert (counts["submitted"], counts["verified"], counts["done"]) == (1, 1, 0)
    assert queries.state_counts(session, NeedFilter(grid_id=needs.grids[0].id))["verified"] == 0
    for wanted, expected in (
        (NeedFilter(), [second, first]),
        (NeedFilter(state="submitted"), [first]),
        (NeedFilter(source="patrol"), [first]),
        (NeedFilter(words="报警器"), [second]),
        (NeedFilter(words="1"), [first]),
        (NeedFilter(words="顾敏"), [second, first]),
        (NeedFilter(words="100%"), []),
        (NeedFilter(from_on=date(2026, 10, 13)), []),
        (NeedFilter(from_on=MONDAY, to_on=MONDAY), [second, first]),
    ):
        assert list(session.scalars(queries.needs(wanted))) == expected, wanted


def test_changing_a_kind_leaves_shifts_alone(needs: NeedsFactory, session: Session) -> None:
    shift = needs.shift(code="store_duty")
    entry = replace(
        next(one for one in catalogue.delivered_kinds() if one.code == "store_duty"), requires=("skill:lecture",)
    )
    catalogue.change_kind(session, shift.kind_id, entry, actor=needs.actor, now=needs.now)
    assert session.get_one(Shift, shift.id).requires == ["adult"]
    assert needs.shift(code="store_duty").requires == ["skill:lecture", "adult"]


def test_loading_the_catalogue_again_adds_nothing_and_keeps_changes(needs: NeedsFactory, session: Session) -> None:
    kind = needs.kind("store_duty")
    kind.name = "超市当班"
    session.commit()
    assert catalogue.load_kinds(session, needs.community.id, actor=needs.actor, now=needs.now) == []
    names = session.scalars(select(ActivityKind.name).where(ActivityKind.code == "store_duty")).all()
    assert names == ["超市当班"]


def test_kind_with_a_taken_code_is_refused(needs: NeedsFactory, session: Session) -> None:
    entry = catalogue.delivered_kinds()[0]
    with pytest.raises(catalogue.CodeTaken, match="daily_patrol"):
        catalogue.add_kind(session, needs.community.id, entry, actor=needs.actor, now=needs.now)
