"""Marks for text that people read. Chinese is the source language; catalogues give the English."""

from dataclasses import dataclass, field


def N_(text: str) -> str:
    """Marks `text` for the catalogue and returns it unchanged; it is translated when it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence to be translated later: a Chinese template and its named values."""

    template: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template
