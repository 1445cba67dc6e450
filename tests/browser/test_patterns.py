"""The page of all components, in both languages, all sizes and all rooms."""

import pytest

from tests.browser.browser import LANGUAGES, SIZES, Browser
from volunteer_app.demo.community import PASSWORD

ROOMS = ("home", "counter", "work")


def open_patterns(browser: Browser, *, language: str = "zh", size: str = "normal", room: str = "home") -> None:
    browser.language(language)
    browser.size(size)
    browser.open(f"/patterns?room={room}")
    root = browser.page.locator("html")
    assert (root.get_attribute("data-size"), root.get_attribute("data-room")) == (size, room)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns_axe_finds_nothing(browser: Browser, language: str, size: str, width: int) -> None:
    browser.resize(width)
    open_patterns(browser, language=language, size=size)
    browser.check_axe()
    browser.shot(f"patterns-{language}-{size}-{width}")


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_patterns_do_not_scroll_sideways_at_320(browser: Browser, language: str, size: str, room: str) -> None:
    browser.resize(320, 640)
    open_patterns(browser, language=language, size=size, room=room)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("room", ["home", "counter"])
def test_targets_are_60_high_for_volunteers_and_keepers(browser: Browser, room: str, size: str) -> None:
    open_patterns(browser, size=size, room=room)
    assert browser.small_targets(control=60, row=44, seat=32) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_targets_are_44_high_at_a_desk(browser: Browser, width: int) -> None:
    browser.resize(width)
    open_patterns(browser, room="work")
    assert browser.small_targets(control=44, row=36, seat=32) == []


@pytest.mark.parametrize(("size", "pixels"), [("normal", 18), ("large", 22.5), ("xlarge", 30)])
def test_body_text_follows_the_size(browser: Browser, size: str, pixels: float) -> None:
    open_patterns(browser, size=size)
    shown = browser.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert shown == pytest.approx(pixels, abs=0.1)


def test_on_paper_a_total_ends_the_table_and_nothing_is_to_be_pressed(browser: Browser) -> None:
    """A foot that repeats under each page would read as the sum of that page."""
    open_patterns(browser)
    browser.page.emulate_media(media="print")
    shown = "(css) => [...new Set([...document.querySelectorAll(css)].map((one) => getComputedStyle(one).display))]"
    assert browser.page.evaluate(shown, "tfoot") == ["table-row-group"]
    assert browser.page.evaluate(shown, ".y-cell-action") == ["none"]


def test_nothing_is_smaller_than_18_px_for_volunteers(browser: Browser) -> None:
    open_patterns(browser)
    small = browser.page.evaluate(
        """() => [...document.querySelectorAll("main *, header *, footer *")]
          .filter((element) => !element.closest("svg, .y-hidden, .y-board, .y-days, .y-paper"))
          .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
          .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 17.9)
          .map((element) => element.className + " " + element.textContent.trim().slice(0, 20))"""
    )
    assert small == []


def test_the_tab_bar_leaves_low_windows_free(browser: Browser) -> None:
    browser.sign_in("V030", PASSWORD)
    open_patterns(browser)
    position = "getComputedStyle(document.querySelector('.y-nav')).position"
    assert browser.page.evaluate(position) == "fixed"
    browser.resize(844, 390)
    assert browser.page.evaluate(position) == "static"


def test_a_square_counts_and_arrows_move(browser: Browser) -> None:
    open_patterns(browser)
    first = browser.page.get_by_label("周一上午有空")
    first.uncheck(force=True)
    assert browser.page.locator("#chosen-squares").inner_text() == "2"
    first.focus()
    browser.page.keyboard.press("ArrowDown")
    assert browser.page.evaluate("document.activeElement.value") == "2-morning"


def test_squares_work_without_script(browser: Browser) -> None:
    browser.context.route("**/js/*.js", lambda route: route.abort())
    open_patterns(browser)
    browser.page.get_by_label("周二上午有空").check(force=True)
    assert browser.page.get_by_label("周二上午有空").is_checked()
    assert browser.page.locator("[data-peek]").is_hidden(), "a tick box that needs the script is not drawn without it"
