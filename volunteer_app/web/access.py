"""Who is asking and what the page's policy says. Every endpoint declares one, or the application doesn't start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from volunteer_app.core.audit import Actor
from volunteer_app.core.clock import Clock, local_date
from volunteer_app.core.database import scope
from volunteer_app.core.errors import Forbidden
from volunteer_app.people import queries as people
from volunteer_app.people.models import PRESENT, Person
from volunteer_app.people.queries import Known
from volunteer_app.places.models import Community
from volunteer_app.web.database import db

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
ANYBODY = "anybody"
ROLE_ORDER = ("coordinator", "keeper", "auditor", "admin", "partner", "volunteer", "resident")

login_manager = LoginManager()


class NotSignedIn(Forbidden):
    """The page wants somebody who has signed in."""

    status = 401


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person behind the request, frozen at its start. `role` is the one whose navigation is shown."""

    person_id: int
    number: str
    name: str
    community_id: int
    roles: frozenset[str]
    role: str
    grid_id: int | None
    zone: str


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a person: the id carries the epoch, so that a new password ends old sessions."""

    def __init__(self, person: Person | Known) -> None:
        self.person_id = person.id
        self.epoch = person.sign_in_epoch
        self.known = person if isinstance(person, Known) else None

    def get_id(self) -> str:
        return f"{self.person_id}:{self.epoch}"


def access(*roles: str) -> Callable[[View], View]:
    """Declares who may open the endpoint: role names, ANYBODY (signed in) or PUBLIC."""

    def mark(view: View) -> View:
        cast(Any, view).policy = frozenset(roles)
        return view

    return mark


def now() -> datetime:
    """The present moment by the application's clock, aware UTC."""
    clock: Clock = current_app.extensions["youlin_clock"]
    return clock()


def viewer() -> Viewer:
    """The signed-in person; raises NotSignedIn on public pages that nobody has signed in to."""
    found = g.get("viewer")
    if found is None:
        raise NotSignedIn
    return cast(Viewer, found)


def maybe_viewer() -> Viewer | None:
    return cast("Viewer | None", g.get("viewer"))


def actor() -> Actor:
    """The viewer as the author of a write."""
    found = viewer()
    via = "api" if request.path.startswith("/api/") else "web"
    return Actor(community_id=found.community_id, person_id=found.person_id, via=via, roles=found.roles)


def community() -> Community | None:
    """The community whose name and telephone stand on the page: the viewer's, or the only one there is."""
    found = maybe_viewer()
    if found is not None:
        return db.session.get(Community, found.community_id)
    return db.session.scalars(select(Community).order_by(Community.id).limit(1)).first()


def local_today() -> date:
    """The community's own date now."""
    return local_date(now(), zone())


def zone() -> str:
    """IANA zone of the viewer's community."""
    found = maybe_viewer()
    return found.zone if found else "Asia/Shanghai"


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load_session(token: str) -> SignedIn | None:
    person_id, _, epoch = token.partition(":")
    person = people.known(db.session(), int(person_id)) if person_id.isdigit() else None
    if person is None or str(person.sign_in_epoch) != epoch or person.state not in PRESENT:
        return None
    return SignedIn(person)


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load_token(incoming: Request) -> SignedIn | None:
    kind, _, token = incoming.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not incoming.path.startswith("/api/"):
        return None
    person = people.known_by_token(db.session(), token, now=now())
    return SignedIn(person) if person else None


def load_viewer() -> None:
    """Takes what was read of the person to know who it is, and narrows the session to that community."""
    scope(db.session(), None)
    if not current_user.is_authenticated:
        return
    known: Known = current_user.known
    wanted = session.get("role")
    role = wanted if wanted in known.roles else next((role for role in ROLE_ORDER if role in known.roles), "resident")
    g.viewer = Viewer(
        known.id, known.number, known.name, known.community_id, known.roles, str(role), known.grid_id, known.zone
    )
    g.language, g.text_size = known.language, known.text_size
    scope(db.session(), known.community_id)


def check_access() -> Response | None:
    """The policy of the endpoint against the viewer's roles."""
    if request.endpoint is None:
        return None
    policy: frozenset[str] = policy_of(current_app, request.endpoint)
    if PUBLIC in policy:
        return None
    found = maybe_viewer()
    if found is None:
        if request.path.startswith("/api/"):
            raise NotSignedIn
        if request.method == "GET":
            return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
        return redirect(url_for("people.sign_in", next=page_before(), unsent="1"), 303)
    if ANYBODY not in policy and policy.isdisjoint(found.roles):
        raise Forbidden
    return None


def page_before() -> str | None:
    """The page of ours on which the form stood, for whoever was signed out meanwhile."""
    parts = urlsplit(request.referrer or "")
    return f"{parts.path}?{parts.query}".rstrip("?") if parts.netloc == request.host else None


def policy_of(app: Flask, endpoint: str) -> frozenset[str]:
    """The declared policy of an endpoint; static files and the API's own document are public."""
    if endpoint == "static" or endpoint.endswith(".static") or endpoint.startswith("api-docs."):
        return frozenset({PUBLIC})
    policy = getattr(app.view_functions[endpoint], "policy", None)
    if policy is None:
        raise RuntimeError(f"endpoint {endpoint} declares no access policy")
    return cast(frozenset[str], policy)


def check_policies(app: Flask) -> None:
    """Stops the start when an endpoint says nothing about who may open it."""
    for endpoint in app.view_functions:
        policy_of(app, endpoint)


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    app.before_request(load_viewer)
    app.before_request(check_access)
