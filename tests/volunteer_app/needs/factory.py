"""Needs for tests."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from tests.factory import Factory
from volunteer_app.core.audit import Actor
from volunteer_app.needs import actions, catalogue, queries, recurring
from volunteer_app.needs.models import ActivityKind, Need, Shift
from volunteer_app.needs.plans import NeedEntry, SeriesPlan, ShiftPlan, template_plan
from volunteer_app.people.models import Person, Recipient
from volunteer_app.places.models import Area, Community
from volunteer_app.workdays.actions import load_calendar

OCTOBER, LAST = date(2026, 10, 1), date(2026, 10, 31)
MONDAY = date(2026, 10, 12)


class NeedsFactory:
    """A community with four grids, the calendar, the catalogue and a coordinator."""

    def __init__(self, session: Session, make: Factory) -> None:
        self.session = session
        self.make = make
        self.now = make.clock()
        self.community: Community = make.community()
        self.grids: list[Area] = [
            make.area(self.community, code=f"G{number}", name=name)
            for number, name in enumerate(("悦美", "乐文", "乐尚", "乐邻"), start=1)
        ]
        self.coordinator: Person = make.person(self.community, "coordinator", name="顾敏")
        self.actor: Actor = make.actor(self.coordinator, "coordinator")
        load_calendar(session, self.community.id, actor=self.actor, now=self.now)
        catalogue.load_kinds(session, self.community.id, actor=self.actor, now=self.now)
        session.commit()

    def kind(self, code: str = "other") -> ActivityKind:
        return queries.kind_of(self.session, code, community_id=self.community.id)

    def entry(self, code: str = "other", **fields: object) -> NeedEntry:
        entry = NeedEntry(title="河面有漂浮垃圾", kind_id=self.kind(code).id)
        return replace(entry, **fields)  # type: ignore[arg-type]

    def dated(self, code: str = "other", **fields: object) -> NeedEntry:
        """Monday 12 October, 14:00 to 16:00, two people."""
        values: dict[str, object] = {
            "wanted_on": MONDAY, "starts_minute": 840, "ends_minute": 960, "target": 2, "most": 2,
        }  # fmt: skip
        return self.entry(code, **(values | fields))

    def need(self, entry: NeedEntry | None = None, state: str = "submitted") -> Need:
        made = actions.add_need(self.session, entry or self.dated(), actor=self.actor, now=self.now, state=state)
        self.session.commit()
        return made

    def shift(self, plan: ShiftPlan | None = None, code: str = "other") -> Shift:
        need = self.need(self.entry(code), state="verified")
        plan = plan or ShiftPlan(day=MONDAY, starts_minute=840, ends_minute=960, least=1, target=2, most=2)
        made = actions.add_shift(self.session, need, plan, actor=self.actor, now=self.now)
        self.session.commit()
        return made

    def series(self, code: str, plan: SeriesPlan, until: date = LAST) -> list[Shift]:
        """A verified need with a series, extended."""
        need = self.need(self.entry(code), state="verified")
        recurring.add_series(self.session, need.id, plan, actor=self.actor, now=self.now)
        made = recurring.extend_series(self.session, self.community.id, until, actor=self.actor, now=self.now)
        self.session.commit()
        return made

    def usual(self, template: str, code: str, grid: Area | None = None) -> list[Shift]:
        """October's shifts of one of the usual series."""
        return self.series(code, template_plan(template, OCTOBER, grid_id=grid.id if grid else None))

    def recipient(self, gender: str = "M", number: int = 3) -> Recipient:
        made = Recipient(
            community_id=self.community.id,
            number=number,
            alias="郑爷爷",
            gender=gender,
            grid_id=self.grids[0].id,
            tier="high",
            wants="量血压",
        )
        self.make.save(made)
        return made
