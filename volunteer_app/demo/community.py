"""Founds the community: areas, posts, calendar, people, availability, needs, rules, budget, store."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from volunteer_app.availability.actions import apply_template
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import scope
from volunteer_app.core.language import N_
from volunteer_app.demo.files import rows
from volunteer_app.founding import furnish
from volunteer_app.ledger.actions import fund
from volunteer_app.needs import actions as needs
from volunteer_app.needs import recurring
from volunteer_app.needs.models import ActivityKind
from volunteer_app.needs.plans import NeedEntry, SeriesPlan
from volunteer_app.people import actions as people
from volunteer_app.people.models import Person, Recipient
from volunteer_app.people.passwords import hash_password
from volunteer_app.places.actions import add_area, add_post, found_community
from volunteer_app.places.models import Area, Post
from volunteer_app.store import founding
from volunteer_app.store.partners import shops

MONTH = date(2026, 10, 1)
LAST = date(2026, 10, 31)
INSURED_UNTIL = date(2026, 12, 31)
BUDGET = 60_000
PASSWORD = "youlin-2026"
GRIDS = (
    ("G1", "悦美网格", "悦美驿站", ("N01", "N02", "N03")),
    ("G2", "乐文网格", "乐文驿站", ("N04", "N05")),
    ("G3", "乐尚网格", "先锋驿站", ("N06", "N07", "N08")),
    ("G4", "乐邻网格", "乐邻驿站", ("N09", "N10")),
)
NEIGHBOURHOODS = {
    "N01": "桂花里", "N02": "香樟里", "N03": "玉兰里", "N04": "书香里", "N05": "墨香里",
    "N06": "紫藤里", "N07": "蔷薇里", "N08": "海棠里", "N09": "邻安里", "N10": "邻和里",
}  # fmt: skip
POSTS = (("新桥中心河", "新桥南头石阶"), ("南站", "南站一楼大厅"), ("中心市场", "市场东门"), ("邻里广场", "广场舞台边"))
STAFF = (
    ("C01", "顾敏", "F", 1995, ("coordinator",)),
    ("C02", "施敏", "F", 1988, ("coordinator",)),
    ("K01", "吕桂芳", "F", 1964, ("keeper",)),
    ("P01", "方美珍", "F", 1979, ("partner",)),
    ("A01", "秦建民", "M", 1956, ("auditor",)),
    ("D01", "周平", "M", 1991, ("admin",)),
    ("R01", "沈玉珍", "F", 1949, ("resident",)),
)
SIGN_INS = (
    (N_("志愿者"), "V030"),
    (N_("居民"), "R01"),
    (N_("协调员"), "C01"),
    (N_("管理员"), "K01"),
    (N_("爱心商户"), "P01"),
    (N_("监督员"), "A01"),
    (N_("平台管理员"), "D01"),
)


@dataclass(frozen=True, slots=True)
class Founded:
    """The community and who acts in it; `person` and `area` are ids by number and code."""

    community_id: int
    coordinator: Actor
    second: Actor
    keeper: Actor
    person: dict[str, int]
    area: dict[str, int]


def found(session: Session, *, now: datetime) -> Founded:
    """Everything that stands before the month begins. Leaves the session scoped to the community."""
    community = found_community(
        session,
        code="youlin",
        name="友邻社区",
        contact=("小顾", "0513-5550 0136"),
        above=[("district", "chongchuan", "崇川区"), ("subdistrict", "chengdong", "城东街道")],
    )
    scope(session, community.id)
    system = Actor(community.id, None, "demo")
    areas = lay_out(session, system, now)
    furnish(session, community, actor=system, now=now)
    fund(session, BUDGET, cause="budget:2026", reason=N_("2026年的积分预算"), actor=system, now=now)
    numbers = add_staff(session, system, now) | add_volunteers(session, areas, system, now)
    add_recipients(session, community.id, areas)
    coordinator = Actor(community.id, numbers["C01"], "demo", frozenset({"coordinator"}))
    second = Actor(community.id, numbers["C02"], "demo", frozenset({"coordinator"}))
    keeper = Actor(community.id, numbers["K01"], "demo", frozenset({"keeper"}))
    add_needs(session, areas, coordinator, now)
    founding.load_price_list(session, from_on=date(2026, 1, 1), place="南站", actor=keeper, now=now)
    where = {"address": "桂花里南门", "phone": "0513-5550 0188"}
    shops.add_partner(session, "美珍理发店", sign_in="P01", services=["S01"], actor=coordinator, now=now, **where)
    return Founded(community.id, coordinator, second, keeper, numbers, areas)


def lay_out(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """Grids, neighbourhoods, micro-grids and posts; returns area ids by code."""
    root = session.scalars(select(Area).where(Area.kind == "community", Area.community_id == actor.community_id)).one()
    ids: dict[str, int] = {}
    for code, name, post, inside in GRIDS:
        ids[code] = add_area(session, root.id, kind="grid", code=code, name=name, actor=actor, now=now).id
        add_post(session, ids[code], name=post, meet=f"{post}门口集合", condition="", actor=actor, now=now)
        for below in inside:
            area = add_area(
                session, ids[code], kind="neighbourhood", code=below, name=NEIGHBOURHOODS[below], actor=actor, now=now
            )
            ids[below] = area.id
    for row in rows("volunteers"):
        code, name = row["microgrid"], f"{row['microgrid'][1:]}号微网格"
        parent = ids[row["neighbourhood"]]
        ids[code] = add_area(session, parent, kind="microgrid", code=code, name=name, actor=actor, now=now).id
    for name, meet in POSTS:
        add_post(session, root.id, name=name, meet=meet, condition="", actor=actor, now=now)
    return ids


def add_staff(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """Coordinators, keeper, auditor, admin and a resident; they sign in with the demo's password."""
    ids: dict[str, int] = {}
    shared = hash_password(PASSWORD)
    for number, name, gender, birth_year, roles in STAFF:
        person = Person(
            community_id=actor.community_id,
            number=number,
            name=name,
            gender=gender,
            birth_year=birth_year,
            created_at=now,
            password_hash=shared,
        )
        session.add(person)
        session.flush()
        ids[number] = person.id
        for role in roles:
            people.grant(session, person.id, role, actor=actor, now=now)
    return ids


def add_volunteers(session: Session, areas: dict[str, int], actor: Actor, now: datetime) -> dict[str, int]:
    """72 people who agreed, with limits, skills and October's availability."""
    ids: dict[str, int] = {}
    shared = hash_password(PASSWORD)
    with_password = {number for _role, number in SIGN_INS}
    for row in rows("volunteers"):
        values = {
            "number": row["number"],
            "name": row["name"],
            "gender": row["gender"],
            "birth_year": int(row["birth_year"]),
            "channel": row["channel"],
            "grid_id": areas[row["grid"]],
            "neighbourhood_id": areas[row["neighbourhood"]],
            "microgrid_id": areas[row["microgrid"]],
        }
        person = people.register(session, values, actor=actor, now=now)
        ids[person.number] = person.id
        purpose, by = ("guardian", f"{row['name']}的家长") if row["consent"] == "guardian" else ("service", row["name"])
        people.consent(session, person.id, purpose, given_by=by, channel="paper", actor=actor, now=now)
        limits = {
            "max_shifts_week": int(row["shifts_week"]),
            "max_minutes_week": int(row["hours_week"]) * 60,
            "insured_until": INSURED_UNTIL,
        }
        people.change_profile(session, person.id, limits, actor=actor, now=now)
        people.set_tags(session, person.id, "skill", set(filter(None, row["skills"].split("|"))), actor=actor, now=now)
        people.set_tags(session, person.id, "identity", {row["identity"]}, actor=actor, now=now)
        apply_template(session, person.id, MONTH, row["availability"], actor=actor, now=now)
        if person.number in with_password:
            person.password_hash = shared
    return ids


def add_recipients(session: Session, community_id: int, areas: dict[str, int]) -> None:
    """The twelve elders who are visited."""
    for row in rows("recipients"):
        session.add(
            Recipient(
                community_id=community_id,
                number=int(row["number"]),
                alias=row["alias"],
                gender=row["gender"],
                birth_year=int(row["birth_year"]),
                grid_id=areas[row["grid"]],
                tier=row["tier"],
                wants=row["wants"],
            )
        )
    session.flush()


def add_needs(session: Session, areas: dict[str, int], actor: Actor, now: datetime) -> None:
    """The month's needs as series; together they make 326 shifts with 754 seats."""
    kinds = {kind.code: kind.id for kind in session.scalars(select(ActivityKind))}
    posts = {post.name: post.id for post in session.scalars(select(Post))}
    recipients = {row.number: row.id for row in session.scalars(select(Recipient))}
    for row in rows("series"):
        seats = int(row["seats"])
        entry = NeedEntry(
            title=row["title"],
            kind_id=kinds[row["kind"]],
            source="plan",
            grid_id=areas.get(row["grid"]),
            post_id=posts[row["post"]],
            recipient_id=recipients[int(row["recipient"])] if row["recipient"] else None,
            least=seats,
            target=seats,
            most=seats,
            handler_id=actor.person_id,
        )
        need = needs.add_need(session, entry, actor=actor, now=now)
        recurring.add_series(session, need.id, series_plan(row, entry), actor=actor, now=now)
        needs.verify(session, need.id, actor=actor, now=now)
    recurring.extend_series(session, actor.community_id, LAST, actor=actor, now=now)


def series_plan(row: dict[str, str], entry: NeedEntry) -> SeriesPlan:
    return SeriesPlan(
        rrule=row["rrule"],
        starts_on=date.fromisoformat(row["starts_on"]),
        until_on=date.fromisoformat(row["until_on"]) if row["until_on"] else None,
        starts_minute=minutes(row["starts"]),
        ends_minute=minutes(row["ends"]),
        least=entry.least,
        target=entry.target,
        most=entry.most,
        priority=int(row["priority"]),
        grid_id=entry.grid_id,
        post_id=entry.post_id,
        recipient_id=entry.recipient_id,
        on_makeup=row["on_makeup"],
        on_holiday=row["on_holiday"],
    )


def minutes(clock: str) -> int:
    """8:30 as minutes of the day."""
    hours, _, rest = clock.partition(":")
    return int(hours) * 60 + int(rest)
