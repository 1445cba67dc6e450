"""The loop as its people walk it: clicks and keys in a real browser, on the played month."""

import re

from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.browser import Browser
from tests.browser.conftest import LiveApp
from tests.october import MONDAY
from volunteer_app.demo.community import PASSWORD
from volunteer_app.needs.models import Shift
from volunteer_app.people.models import Person
from volunteer_app.rosters.models import Assignment, CoverAsk, Swap
from volunteer_app.web.database import db


def with_known_password(person: Person) -> str:
    """The person's number, to sign in with the demo's password."""
    person.password_hash = db.session.scalars(select(Person.password_hash).where(Person.number == "V030")).one()
    db.session.commit()
    return person.number


def somebody_asked_to_swap(live: LiveApp) -> str:
    """The number of the volunteer who is asked for an exchange."""
    with live.app.app_context():
        return with_known_password(db.session.scalars(select(Swap)).one().other.person)


def somebody_asked(live: LiveApp) -> str:
    """The number of a volunteer whose next turn, after today, waits for an answer."""
    with live.app.app_context():
        turns = select(Person).join(Assignment, Assignment.person_id == Person.id)
        turns = turns.join(Shift, Shift.id == Assignment.shift_id).where(Assignment.state == "notified")
        today = select(Assignment.person_id).join(Shift, Shift.id == Assignment.shift_id)
        busy = today.where(Shift.starts_on == MONDAY.date())
        asked = turns.where(Shift.starts_on > MONDAY.date(), Person.id.not_in(busy)).order_by(Assignment.id)
        person = db.session.scalars(asked).first()
        assert person is not None
        return with_known_password(person)


def test_a_volunteer_answers_the_next_turn_and_reads_the_record(browser: Browser, live_app: LiveApp) -> None:
    browser.sign_in(somebody_asked(live_app), PASSWORD)
    page = browser.open("/my/turn")
    expect(page.get_by_role("heading", level=1)).to_have_text("您的下一班")
    browser.follow(page.get_by_role("button", name="我能去"))
    expect(page.get_by_text("您说了能去").first).to_be_visible()
    browser.follow(page.get_by_role("link", name="时长积分").first)
    expect(page.get_by_text("能用的积分").first).to_be_visible()


def test_a_volunteer_says_no_and_nobody_is_blamed(browser: Browser, live_app: LiveApp) -> None:
    browser.sign_in(somebody_asked(live_app), PASSWORD)
    page = browser.open("/my/turn")
    browser.follow(page.get_by_role("link", name="我去不了"))
    browser.follow(page.get_by_role("button", name="告诉社区，我去不了"))
    expect(page.get_by_text("社区在找人").first).to_be_visible()


def test_a_volunteer_fills_the_squares_by_keyboard(browser: Browser) -> None:
    browser.sign_in("V030", PASSWORD)
    page = browser.open("/my/times")
    square = page.get_by_role("checkbox", name=re.compile("周二上午")).first
    before = square.is_checked()
    square.focus()
    page.keyboard.press("Space")
    browser.follow(page.get_by_role("button", name="保存"))
    page = browser.open("/my/times")
    assert page.get_by_role("checkbox", name=re.compile("周二上午")).first.is_checked() != before


def test_a_keeper_hands_over_what_was_kept(browser: Browser) -> None:
    browser.resize(1280, 900)
    browser.sign_in("K01", PASSWORD)
    page = browser.open("/counter")
    browser.follow(page.get_by_role("link", name=re.compile("交货")).last)
    browser.follow(page.get_by_role("button", name="交好了"))
    expect(page.get_by_text("还有1样没勾").first).to_be_visible()
    page.get_by_role("checkbox", name=re.compile("毛巾")).check()
    browser.follow(page.get_by_role("button", name="交好了"))
    expect(page.get_by_text("已交 1 份").first).to_be_visible()


def test_a_resident_sees_what_is_short(browser: Browser) -> None:
    browser.sign_in("R01", PASSWORD)
    page = browser.open("/my/points")
    expect(page.get_by_text("建议被采纳").first).to_be_visible()
    browser.follow(page.get_by_role("link", name="去超市看看"))
    # two suggestions of 10 points each; a soap costs 30
    expect(page.get_by_text("还差 10 分").first).to_be_visible()


def test_a_volunteer_reserves_salt_and_sees_the_code(browser: Browser) -> None:
    browser.sign_in("V030", PASSWORD)
    page = browser.open("/store")
    browser.follow(page.get_by_role("link", name=re.compile("预约.*香皂")).first)
    browser.follow(page.get_by_role("button", name="预约").first)
    expect(page.get_by_text("取货码").first).to_be_visible()


def test_a_coordinator_reads_the_board_and_publishes(browser: Browser) -> None:
    browser.resize(1280, 900)
    browser.sign_in("C01", PASSWORD)
    page = browser.open("/roster?day=2026-11-18")
    expect(page.get_by_role("heading", level=1)).to_contain_text("排班表")
    browser.follow(page.get_by_role("link", name=re.compile("发布第1版")).first)
    browser.follow(page.get_by_role("button", name=re.compile("发布")).first)
    expect(page.get_by_text("已发布").first).to_be_visible()


def test_a_seat_is_opened_and_left_by_keyboard(browser: Browser) -> None:
    browser.resize(1280, 900)
    browser.sign_in("C01", PASSWORD)
    page = browser.open("/roster?day=2026-11-11")
    first, second = page.locator("a.y-seat").nth(0), page.locator("a.y-seat").nth(1)
    for seat, leads in ((first, True), (second, False)):
        seat.focus()
        name = seat.inner_text().split()[0]
        if leads:
            with page.expect_navigation():
                page.keyboard.press("Enter")
        else:
            page.keyboard.press("Enter")
        expect(page.locator("#why h2")).to_be_focused()
        expect(page.locator("#why h2")).to_contain_text(name)
        page.keyboard.press("Escape")
        expect(page.locator("a.y-seat[aria-current]")).to_be_focused()


def test_two_volunteers_exchange_turns(browser: Browser, live_app: LiveApp) -> None:
    browser.sign_in(somebody_asked(live_app), PASSWORD)
    page = browser.open("/my/turn")
    browser.follow(page.get_by_role("link", name="我去不了"))
    browser.follow(page.get_by_role("link", name="想和别人换一班"))
    browser.shot("swap-choose")
    browser.check_axe()
    page.get_by_role("radio").first.check()
    browser.follow(page.get_by_role("button", name="问问愿不愿意换"))
    expect(page.get_by_text("等回话").first).to_be_visible()
    browser.shot("swap-asked")
    browser.check_axe()
    browser.sign_in(somebody_asked_to_swap(live_app), PASSWORD)
    page = browser.open("/my/turn")
    browser.shot("swap-answer")
    browser.check_axe()
    browser.follow(page.get_by_role("button", name="愿意换"))
    expect(page.get_by_text("换好了").first).to_be_visible()


def test_a_turn_that_lacks_somebody_is_covered(browser: Browser, live_app: LiveApp) -> None:
    number = somebody_asked(live_app)
    browser.sign_in(number, PASSWORD)
    page = browser.open("/my/turn")
    browser.follow(page.get_by_role("link", name="我去不了"))
    browser.follow(page.get_by_role("button", name="告诉社区，我去不了"))
    with live_app.app.app_context():
        seeking = db.session.scalars(select(Assignment).join(Person).where(Person.number == number)).all()
        shift = next(seat.shift for seat in seeking if seat.state == "seeking")
        gap = f"/roster?day={shift.starts_on.isoformat()}&gap={shift.id}"
    browser.resize(1280, 900)
    browser.sign_in("C01", PASSWORD)
    page = browser.open(gap)
    browser.follow(page.get_by_role("button", name="问问合适的人"))
    expect(page.get_by_text("问了，等回话").first).to_be_visible()
    browser.check_axe()
    browser.shot("cover-asked")
    with live_app.app.app_context():
        helper = with_known_password(db.session.scalars(select(CoverAsk).order_by(CoverAsk.id)).all()[0].person)
    browser.resize(390)
    browser.sign_in(helper, PASSWORD)
    page = browser.open("/my/turn")
    browser.check_axe()
    browser.shot("cover-answer")
    browser.follow(page.get_by_role("button", name="我能来"))
    expect(page.get_by_text("这一班是您的了").first).to_be_visible()
