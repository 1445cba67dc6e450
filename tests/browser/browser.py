"""One browser for all browser tests. Every page that it opens must keep the house rules of the pages.

Screenshots go to the folder named by YOULIN_SHOTS, if it is set.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, Playwright, Response, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("YOULIN_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = ("normal", "large", "xlarge")
LANGUAGES = ("zh", "en")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Words that Chinese pages may say in Latin letters.
# The last three are commands that the system page names.
LATIN_ALLOWED = frozenset(
    {"Excel", "CSV", "EN", "English", "QR", "API", "JSON", "OpenAPI", "PDF", "youlin", "jobs", "worker"}
)
REFUSED = ("请看一下：", "Please check: ")

RULES = (HERE / "rules.js").read_text(encoding="utf-8")
TARGETS = (HERE / "targets.js").read_text(encoding="utf-8")


class Browser:
    """A tab of Chromium on the running application, at phone width until `resize`."""

    def __init__(self, chromium: Chromium, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        self.page: Page = self.context.new_page()
        self.broken: list[str] = []
        self.page.on("pageerror", lambda error: self.broken.append(str(error)))
        self.page.on(
            "console", lambda message: self.broken.append(message.text) if "Security Policy" in message.text else None
        )

    def close(self) -> None:
        self.context.close()

    # Moving about

    def open(self, path: str, *, status: int = 200, allow: Iterable[str] = ()) -> Page:
        """Opens a path, checks its status and the house rules, and gives the page."""
        answer = self.page.goto(self.base_url + path)
        found = answer.status if answer else None
        assert found == status, f"{path}: {found}"
        self.check(allow=allow)
        return self.page

    def visit(self, path: str) -> Response | None:
        """Opens a path without any check, for pages on the way."""
        return self.page.goto(self.base_url + path)

    def follow(self, target: Locator) -> None:
        """Clicks what leads to another page and checks the house rules there, once that page is whole."""
        with self.page.expect_navigation():
            target.click()
        self.check()

    def resize(self, width: int, height: int = 844) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def size(self, size: str) -> None:
        """Switches the text as the link in the header does; the page is opened again by the next `open`."""
        self.visit(f"/size/{size}?next=/patterns")

    def language(self, language: str) -> None:
        self.visit(f"/language/{language}?next=/patterns")

    def sign_in(self, number: str, password: str) -> None:
        """Signs in through the page, by its labels' fields."""
        self.visit("/sign-in")
        self.page.locator("main input[autocomplete=username]").fill(number)
        self.page.locator("main input[type=password]").fill(password)
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()

    def shot(self, name: str) -> None:
        """A picture of the whole page, when YOULIN_SHOTS names a folder."""
        folder = os.environ.get("YOULIN_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    # House rules

    def check(self, *, allow: Iterable[str] = ()) -> None:
        """The rules of every page; `allow` names further words of the other language."""
        found: dict[str, Any] = self.page.evaluate(RULES)
        where = self.page.url
        assert len(found["h1"]) == 1, f"{where}: one h1, not {found['h1']}"
        title = found["title"]
        for prefix in REFUSED:
            title = title.removeprefix(prefix)
        assert title.startswith(found["h1"][0]), f"{where}: the h1 {found['h1'][0]!r} starts the title {title!r}"
        for rule in ("repeated", "unlabelled", "inline", "handlers"):
            assert found[rule] == [], f"{where}: {rule} {found[rule]}"
        assert found["sideways"] <= 0, f"{where}: scrolls sideways by {found['sideways']} px"
        assert not re.search(r"\b(None|Undefined|Traceback)\b", found["text"]), f"{where}: None on the page"
        foreign = foreign_words(found["text"], found["lang"], allow)
        assert foreign == [], f"{where}: words of the other language: {foreign}"
        assert self.broken == [], f"{where}: {self.broken}"

    def check_axe(self) -> None:
        """axe finds nothing by WCAG 2.2 A and AA and by its best practice.

        Contrast takes two thirds of its time: it looks at that in the normal size. Sizes change no colour, and larger
        letters need less.
        """
        is_normal = self.page.locator("html").get_attribute("data-size") == "normal"
        rules = {"color-contrast": {"enabled": is_normal}}
        options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"], "rules": rules}
        results = Axe().run(self.page, options=options)
        bad = [
            (rule["id"], [node["html"][:160] for node in rule["nodes"]][:4]) for rule in results.response["violations"]
        ]
        assert bad == [], f"{self.page.url}: {bad}"

    def small_targets(self, *, control: int, row: int, seat: int, text: int = 24) -> list[str]:
        """Names of what is too small to be tapped, with its height; pixels for each kind of target."""
        least = {"control": control, "row": row, "seat": seat, "text": text}
        return [
            f"{target['name']} {target['kind']} {target['height']}"
            for target in self.page.evaluate(TARGETS)
            if target["height"] < least[target["kind"]]
        ]


def foreign_words(text: str, lang: str, allow: Iterable[str]) -> list[str]:
    """English words on a Chinese page, or Chinese on an English one."""
    allowed = LATIN_ALLOWED | set(allow)
    for word in sorted(allow, key=len, reverse=True):
        text = text.replace(word, " ")
    pattern = r"[A-Za-z]{2,}" if lang.startswith("zh") else r"[\u4e00-\u9fff]+"
    return sorted({word for word in re.findall(pattern, text) if word not in allowed})


def launch(playwright: Playwright) -> Chromium:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


__all__ = ["LANGUAGES", "SIZES", "Browser", "launch", "sync_playwright"]
