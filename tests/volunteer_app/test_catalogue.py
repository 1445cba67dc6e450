import re

from tests.catalogue import CHINESE, missing, stale, translated

NAMED = re.compile(r"%\((\w+)\)")


def test_every_chinese_sentence_has_its_english() -> None:
    assert missing() == {}


def test_no_english_is_left_of_a_sentence_that_nobody_says() -> None:
    assert stale() == []


def test_english_keeps_the_named_values_and_holds_no_chinese() -> None:
    for chinese, english in translated().items():
        assert set(NAMED.findall(english)) <= set(NAMED.findall(chinese)), chinese
        assert not CHINESE.search(english), english
