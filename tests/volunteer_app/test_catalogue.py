import re

from tests.catalogue import CHINESE, missing, said_in_two_ways, stale, translated

NAMED = re.compile(r"%\((\w+)\)")
CHINESE_ONLY = {"measure", "part"}
"""What English doesn't say: the measure word of goods, the part of the day before a time of twelve hours."""


def test_every_chinese_sentence_has_its_english() -> None:
    assert missing() == {}


def test_no_english_is_left_of_a_sentence_that_nobody_says() -> None:
    assert stale() == []


def test_no_sentence_has_two_englishes() -> None:
    assert said_in_two_ways() == []


def test_english_keeps_the_named_values_and_holds_no_chinese() -> None:
    for chinese, english in translated().items():
        said, kept = set(NAMED.findall(chinese)), set(NAMED.findall(english))
        assert kept <= said <= kept | CHINESE_ONLY, chinese
        assert not CHINESE.search(english), english
