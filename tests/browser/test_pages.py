"""Every page of every role on the played month: the house rules and axe, in both languages and both text sizes."""

from collections.abc import Iterator

import pytest

from tests.browser.browser import Browser
from tests.browser.conftest import LiveApp
from tests.volunteer_app.web.policy import POLICY
from volunteer_app.demo.community import PASSWORD

SIGN_INS = {
    "volunteer": "V030",
    "resident": "R01",
    "coordinator": "C01",
    "keeper": "K01",
    "auditor": "A01",
    "admin": "D01",
}
NO_PAGES = {"web.home", "web.health", "rosters.my_turn_text", "sheets.export"}
"""Endpoints without arguments that answer with something else than a page."""


def pages(live: LiveApp, role: str) -> Iterator[str]:
    """Addresses without arguments that belong to the role itself."""
    for rule in sorted(live.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        mine = role in POLICY.get(rule.endpoint, "").split()
        is_page = rule.endpoint not in NO_PAGES and not rule.rule.startswith("/api/")
        if mine and is_page and not rule.arguments and "GET" in (rule.methods or ()):
            yield rule.rule


def problems(browser: Browser, path: str, name: str) -> list[str]:
    """What is wrong with one page as it stands now; a picture of it goes to the shots."""
    try:
        browser.open(path)
        browser.check_axe()
    except AssertionError as error:
        return [f"{name}: {error}"]
    finally:
        browser.shot(name)
    return []


@pytest.mark.parametrize("size", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", SIGN_INS)
def test_every_page_keeps_the_rules(browser: Browser, live_app: LiveApp, role: str, language: str, size: str) -> None:
    browser.sign_in(SIGN_INS[role], PASSWORD)
    browser.language(language)
    browser.size(size)
    wrong: list[str] = []
    for path in pages(live_app, role):
        for width in (390, 1280):
            browser.resize(width)
            wrong += problems(browser, path, f"{role}{path.replace('/', '-')}-{language}-{size}-{width}")
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
        assert problems(browser, "/sign-in", f"sign-in-{language}") == []
