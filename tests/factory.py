"""Rows for tests, with values that say nothing where the test says nothing."""

from collections.abc import Callable
from datetime import datetime
from itertools import count

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.people.models import Person, PersonTag, RoleGrant, VolunteerProfile
from volunteer_app.people.passwords import hash_password
from volunteer_app.places.models import Area, Community, Post

PASSWORD = "yuelai-2026"
PASSWORD_HASH = hash_password(PASSWORD, time_cost=1, memory_kib=64)


class Factory:
    """Adds, flushes and commits, so that other sessions see the rows too."""

    def __init__(self, session: Session, clock: Callable[[], datetime]) -> None:
        self.session = session
        self.clock = clock
        self.numbers = count(1)

    def save(self, *rows: object) -> None:
        self.session.add_all(rows)
        self.session.commit()

    def community(self, code: str = "youlin", name: str = "友邻社区") -> Community:
        made = Community(
            code=code, name=name, contact_name="小顾", contact_phone="0513-5550 0136", issuer=f"{name}居民委员会"
        )
        self.save(made)
        root = Area(community_id=made.id, kind="community", code=code, name=name)
        self.save(root)
        root.path = f"/{root.id}/"
        self.save(root)
        return made

    def area(
        self,
        community: Community,
        kind: str = "grid",
        code: str = "G1",
        name: str = "悦美网格",
        parent: Area | None = None,
    ) -> Area:
        parent = parent or self.root(community)
        made = Area(community_id=community.id, parent_id=parent.id, kind=kind, code=code, name=name)
        self.save(made)
        made.path = f"{parent.path}{made.id}/"
        self.save(made)
        return made

    def root(self, community: Community) -> Area:
        return self.session.query(Area).filter_by(community_id=community.id, kind="community").one()

    def post(self, area: Area, name: str = "先锋驿站") -> Post:
        made = Post(community_id=area.community_id, area_id=area.id, name=name, meet=f"{name}门口集合")
        self.save(made)
        return made

    def person(self, community: Community, *roles: str, grid: Area | None = None, **fields: object) -> Person:
        number = next(self.numbers)
        values: dict[str, object] = {
            "number": f"V{number:03d}",
            "name": "姚文娟",
            "gender": "F",
            "birth_year": 1960,
            "created_at": self.clock(),
            "password_hash": PASSWORD_HASH,
            "grid_id": grid.id if grid else None,
        }
        made = Person(community_id=community.id, **(values | fields))
        self.save(made)
        root = self.root(community)
        self.save(
            *[
                RoleGrant(community_id=community.id, person_id=made.id, role=role, area_id=root.id)
                for role in dict.fromkeys(roles)
            ]
        )
        return made

    def volunteer(
        self,
        community: Community,
        *roles: str,
        grid: Area | None = None,
        shifts: int = 5,
        minutes: int = 600,
        **fields: object,
    ) -> Person:
        """A volunteer with a profile: at most `shifts` and `minutes` a week."""
        made = self.person(community, "volunteer", *roles, grid=grid, **fields)
        profile = VolunteerProfile(
            community_id=community.id,
            person_id=made.id,
            max_shifts_week=shifts,
            max_minutes_week=minutes,
            joined_on=self.clock().date(),
        )
        self.save(profile)
        return made

    def tag(self, person: Person, kind: str, code: str) -> None:
        self.save(PersonTag(community_id=person.community_id, person_id=person.id, kind=kind, code=code))

    def actor(self, person: Person, *roles: str) -> Actor:
        return Actor(person.community_id, person.id, "web", frozenset(roles))

    def system(self, community: Community) -> Actor:
        return Actor(community.id, None, "job")


def sign_in(client: FlaskClient, person: Person) -> None:
    """Signs the client in through the page."""
    answer = client.post("/sign-in", data={"name": person.number, "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
