"""Chromium once a session, a fresh tab for each test, and the running application on a copy of the demo's month."""

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from werkzeug.serving import make_server

from tests.browser.browser import CHROMIUM, Browser, launch, sync_playwright
from tests.conftest import SetClock, settings_for
from tests.october import MONDAY, copy, october
from volunteer_app import create_app
from volunteer_app.web.database import db


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"browser tests skipped: no Chromium at {CHROMIUM}")
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@dataclass(frozen=True, slots=True)
class LiveApp:
    """The running application on a copy of the demo's month."""

    base_url: str
    app: Flask


def whole(app: Flask) -> WSGIApplication:
    """Answers are read to their end before they're sent: when the browser leaves in between, Werkzeug's server leaves
    a static file open.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        parts: Any = app(environ, start_response)
        with closing(parts):
            return [b"".join(parts)]

    return answer


@pytest.fixture
def live_app(tmp_path: Path, shared_folder: Path) -> Iterator[LiveApp]:
    made, _played = october(shared_folder)
    app = create_app(settings_for(copy(made, tmp_path / "live.db"), SetClock(MONDAY)))
    server = make_server("127.0.0.1", 0, whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveApp(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(chromium: Chromium, live_app: LiveApp) -> Iterator[Browser]:
    tab = Browser(chromium, live_app.base_url)
    yield tab
    tab.close()
