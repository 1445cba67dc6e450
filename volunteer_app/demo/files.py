"""The demo's own files."""

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """The rows of october/NAME.csv, every value as text."""
    text = (files("volunteer_app.demo") / "october" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
