"""Pages: one's own calendar address, its QR code, and the calendar itself for whoever holds the address."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from volunteer_app.calendars import actions, queries
from volunteer_app.calendars.feed import KEPT, feed_text
from volunteer_app.calendars.models import CalendarFeed
from volunteer_app.config import Settings
from volunteer_app.core.audit import Actor
from volunteer_app.core.database import scope
from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_
from volunteer_app.places.models import Community
from volunteer_app.rosters.turns import queries as turns
from volunteer_app.web.access import PUBLIC, access, now, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, act
from volunteer_app.web.language import LANGUAGES, language
from volunteer_app.web.qr import picture_of

blueprint = Blueprint("calendars", __name__)
PAGE = "calendars.mine"
Change = Callable[..., CalendarFeed]


def signer() -> URLSafeSerializer:
    settings: Settings = current_app.extensions["youlin_settings"]
    return URLSafeSerializer(settings.secret_key, salt="calendar address")


def address_of(feed: CalendarFeed | None, scheme: str = "") -> str:
    """The whole address, in the page's language; empty when there is none. webcal makes telephones subscribe."""
    if feed is None or not feed.is_open:
        return ""
    settings: Settings = current_app.extensions["youlin_settings"]
    named = signer().dumps([feed.id, feed.serial, language()])
    web = "https" if settings.https else request.scheme
    return url_for("calendars.subscribed", name=named, _external=True, _scheme=scheme or web)


@blueprint.get("/my/calendar")
@access("volunteer")
def mine() -> str:
    feed = queries.own(db.session(), viewer().person_id)
    return render_template("calendars/mine.html", address=address_of(feed), subscribe=address_of(feed, "webcal"))


@blueprint.post("/my/calendar")
@access("volunteer")
def renew() -> Answer:
    """The first address, or another one in place of the former."""
    return changed(actions.renew, N_("好了。照下面的做一次，以后新的班自己会进去。"))


@blueprint.post("/my/calendar/stop")
@access("volunteer")
def stop() -> Answer:
    return changed(actions.stop, N_("停掉了，原来的地址不再有用。"))


def changed(change: Change, said: str) -> Answer:
    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        change(session, actor=actor, now=moment)
        return Done(url_for(PAGE), said)

    return act(work)


@blueprint.get("/my/calendar/qr.svg")
@access("volunteer")
def qr() -> Response:
    """The address as a picture, for the telephone beside the computer."""
    address = address_of(queries.own(db.session(), viewer().person_id))
    if not address:
        raise NotFound
    return picture_of(address, scale=6)


@blueprint.get("/calendar/<name>.ics")
@access(PUBLIC)
def subscribed(name: str) -> Response:
    """The calendar. Whoever holds the address reads it; an address that was changed or stopped is not found."""
    try:
        feed_id, serial, spoken = signer().loads(name)
    except (BadSignature, ValueError) as error:
        raise NotFound from error
    session, moment = db.session(), now()
    feed = queries.answering(session, feed_id, serial)
    scope(session, feed.community_id)
    g.language = spoken if spoken in LANGUAGES else "zh"
    text = feed_text(
        turns.turns_of(session, feed.person_id, since=moment - KEPT),
        community=session.get_one(Community, feed.community_id),
        host=request.host,
        now=moment,
    )
    return Response(text, mimetype="text/calendar", headers={"Cache-Control": "private, max-age=900"})
