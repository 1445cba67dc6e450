"""Every sentence that people read, as written in code and templates, and the catalogues that must hold its English.

`python -m tests.catalogue [FEATURE]` prints what is missing or stale.
"""

import re
import sys
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "volunteer_app" / "translations" / "en" / "LC_MESSAGES"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def written() -> dict[str, str]:
    """msgid -> the file that says it first."""
    found: dict[str, str] = {}
    sources = [(path, "python") for path in sorted((ROOT / "volunteer_app").rglob("*.py"))]
    sources += [(path, "jinja2") for path in sorted((ROOT / "templates").rglob("*.html"))]
    for path, kind in sources:
        method = "python" if kind == "python" else "jinja2.ext:babel_extract"
        options = {} if kind == "python" else {"trimmed": "true", "silent": "false"}
        for _line, message, _comments, _context in extract_from_file(method, str(path), KEYWORDS, options=options):
            for text in message if isinstance(message, tuple) else (message,):
                if text:
                    found.setdefault(str(text), str(path.relative_to(ROOT)))
    return found


def translated() -> dict[str, str]:
    """msgid -> its English, from all catalogues."""
    return {text: words for found in by_catalogue().values() for text, words in found.items()}


def by_catalogue() -> dict[str, dict[str, str]]:
    """Catalogue -> msgid -> its English."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        own = found[path.stem] = {}
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
                words = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
                if ids[0]:
                    own |= {text: str(words[0]) for text in ids}
    return found


def said_in_two_ways() -> list[str]:
    """Chinese sentences with two Englishes: the whole product would show the last catalogue's."""
    english = translated()
    found = {text for own in by_catalogue().values() for text, words in own.items() if english[text] != words}
    return sorted(found)


def missing(feature: str = "") -> dict[str, str]:
    """Chinese sentences without English, with the file that says them."""
    english = translated()
    return {
        text: path
        for text, path in written().items()
        if CHINESE.search(text) and not english.get(text) and feature in path
    }


def stale() -> list[str]:
    """Catalogue entries that nothing says any more."""
    said = written()
    return sorted(text for text in translated() if text not in said)


if __name__ == "__main__":
    for text, path in missing(*sys.argv[1:2]).items():
        print(f"{path}: {text!r}")
