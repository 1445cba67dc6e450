"""Every page of every role on the played month: the house rules and axe, in both languages and both text sizes."""

from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import select

from tests.browser.browser import Browser
from tests.browser.conftest import LiveApp
from tests.volunteer_app.web.policy import POLICY
from volunteer_app.demo.community import PASSWORD
from volunteer_app.needs.models import ActivityKind, Need, Shift
from volunteer_app.places.models import Community, Post
from volunteer_app.store.partners.models import Partner
from volunteer_app.web.database import db

SIGN_INS = {
    "volunteer": "V030",
    "resident": "R01",
    "coordinator": "C01",
    "keeper": "K01",
    "partner": "P01",
    "auditor": "A01",
    "admin": "D01",
}
NO_PAGES = {"web.home", "web.health", "rosters.my_turn_text", "sheets.export", "calendars.qr"}
"""Endpoints without arguments that answer with something else than a page."""


def pages(live: LiveApp, role: str) -> Iterator[str]:
    """Addresses without arguments that the role is the first to open, in the order of SIGN_INS."""
    for rule in sorted(live.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        openers = POLICY.get(rule.endpoint, "").split()
        mine = role == next((name for name in SIGN_INS if name in openers), None)
        is_page = rule.endpoint not in NO_PAGES and not rule.rule.startswith("/api/")
        if mine and is_page and not rule.arguments and "GET" in (rule.methods or ()):
            yield rule.rule


def own_words(live: LiveApp) -> set[str]:
    """What the community itself wrote in Chinese: titles, ways to meet, what to do and bring. It stays as written."""
    columns = (
        *(Need.title, Need.place, Shift.note, Post.meet, ActivityKind.what, ActivityKind.bring, ActivityKind.risk_note),
        *(Partner.name, Community.name),  # inside sentences of the books
    )
    with live.app.app_context():
        return {str(text) for column in columns for text in db.session.scalars(select(column).distinct()) if text}


def problems(
    browser: Browser, path: str, name: str, allow: Iterable[str] = (), *, widths: dict[int, bool]
) -> list[str]:
    """What is wrong with one page, which is opened at the first width (pixels -> whether axe looks too) and then drawn
    to the others; pictures of it go to the shots.
    """
    wrong = []
    for place, (width, axe) in enumerate(widths.items()):
        browser.resize(width)
        try:
            if place == 0:
                browser.open(path, allow=allow)
            else:
                browser.check(allow=allow)
            if axe:
                browser.check_axe()
        except AssertionError as error:
            wrong.append(f"{name}-{width}: {error}")
        browser.shot(f"{name}-{width}")
    return wrong


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", SIGN_INS)
def test_every_page_keeps_the_rules(browser: Browser, live_app: LiveApp, role: str, language: str, size: str) -> None:
    browser.sign_in(SIGN_INS[role], PASSWORD)
    browser.language(language)
    browser.size(size)
    wrong: list[str] = []
    allow = own_words(live_app) if language == "en" else ()
    # axe is slow: each width once, each size once, each language once
    widths = {width: (language == "zh") == (width == 390) for width in ((390, 1280) if size == "normal" else (390,))}
    for path in pages(live_app, role):
        name = f"{role}{path.replace('/', '-')}-{language}-{size}"
        wrong += problems(browser, path, name, allow, widths=widths)
    assert wrong == []


@pytest.mark.parametrize("role", SIGN_INS)
def test_no_page_scrolls_sideways_at_320_in_the_largest_text(browser: Browser, live_app: LiveApp, role: str) -> None:
    browser.sign_in(SIGN_INS[role], PASSWORD)
    browser.size("xlarge")
    browser.resize(320, 640)
    wrong: list[str] = []
    for path in pages(live_app, role):
        try:
            browser.open(path)
        except AssertionError as error:
            wrong.append(f"{path}: {error}")
    assert wrong == []


def test_the_door_in_both_languages(browser: Browser) -> None:
    for language in ("zh", "en"):
        browser.language(language)
        assert problems(browser, "/sign-in", f"sign-in-{language}", widths={390: True}) == []


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        ("label", "main => main.append(document.createElement('input'))"),
        ("color-contrast", "main => main.style.color = '#ccc'"),
    ],
)
def test_axe_sees_what_is_wrong(browser: Browser, rule: str, planted: str) -> None:
    browser.open("/sign-in")
    browser.page.locator("main").evaluate(planted)
    with pytest.raises(AssertionError, match=rule):
        browser.check_axe()
