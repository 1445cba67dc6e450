"""Chromium once a session, a fresh tab for each test; `live_app`, the running application, is its parent's."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium

from tests.browser.browser import Browser, launch, sync_playwright


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def browser(chromium: Chromium, live_app: Any) -> Iterator[Browser]:
    tab = Browser(chromium, live_app.base_url)
    yield tab
    tab.close()
