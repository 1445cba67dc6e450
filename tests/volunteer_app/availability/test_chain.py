from dataclasses import dataclass

import pytest

from volunteer_app.availability.chain import read_chain, read_times
from volunteer_app.availability.rules import ALL, every
from volunteer_app.workdays.reading import plain


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    number: str
    phone: str | None = None


PEOPLE = [
    Person(1, "姚文娟", "V030", "13800001111"),
    Person(2, "潘德明", "V049", "13800002222"),
    Person(3, "王建国", "V052", "13800003333"),
    Person(4, "王建国", "V083", "13800004444"),
    Person(5, "任锦良", "V022"),
    Person(6, "刘志强", "V029"),
    Person(7, "胡玉珍", "V027"),
    Person(8, "白志远", "V028"),
    Person(9, "陆学文", "V026"),
    Person(10, "夏永康", "V025"),
]
# Incident 4 of §5.B: 11 lines, two of one name, one that only says what doesn't suit.
CHAIN = """#接龙
10月有空时间，请大家填一下
例 张三 周二上午

1. 姚文娟 周一到周五上午
2. 潘德明 周二下午、周四下午
3. 王建国 每天
4. 任锦良 周三上午不行
5. 刘志强：周一三五全天，周六上午
6. 胡玉珍 工作日白天，除了周三下午
7. 王建国（4444） 周末
8、白志远 星期二、星期四晚上
9. 陆学文 看情况吧
10. 李小妹 周二上午
11. 夏永康  都行，周三没空
"""


@pytest.mark.parametrize(
    ("text", "free", "blocked"),
    [
        ("周二上午", every(0, days=[1]), 0),
        ("周二上午周四下午", every(0, days=[1]) | every(1, days=[3]), 0),
        ("周二、周四上午", every(0, days=[1, 3]), 0),
        ("周二 上午", every(0, days=[1]), 0),
        ("周一三五上午", every(0, days=[0, 2, 4]), 0),
        ("周一、三、五上午", every(0, days=[0, 2, 4]), 0),
        ("周一至周五", every(0, 1, 2, days=range(5)), 0),
        ("周六到周一上午", every(0, days=[5, 6, 0]), 0),
        ("上午", every(0), 0),
        ("每天下午", every(1), 0),
        ("周末全天，周三晚上", every(0, 1, 2, days=[5, 6]) | every(2, days=[2]), 0),
        ("周三上午不行", 0, every(0, days=[2])),
        ("除了周三上午都行", ALL, every(0, days=[2])),
        ("周二上午都可以", every(0, days=[1]), 0),
        ("工作日，周三除外", every(0, 1, 2, days=range(5)), every(0, 1, 2, days=[2])),
        ("星期天早上", every(0, days=[6]), 0),
        ("周２上午", every(0, days=[1]), 0),
        ("随便", 0, 0),
    ],
)
def test_times_are_read_as_people_write_them(text: str, free: int, blocked: int) -> None:
    found = read_times(plain(text))
    assert (found.free, found.blocked) == (free, blocked)


def test_chain_of_eleven_lines() -> None:
    lines = read_chain(CHAIN, PEOPLE)
    assert [(line.number, line.verdict, [person.id for person in line.people]) for line in lines] == [
        (1, "good", [1]),
        (2, "good", [2]),
        (3, "two_of_that_name", [3, 4]),
        (4, "good", [5]),
        (5, "good", [6]),
        (6, "good", [7]),
        (7, "good", [4]),
        (8, "good", [8]),
        (9, "unclear", [9]),
        (10, "nobody", []),
        (11, "good", [10]),
    ]
    squares = {line.number: line.times.over(None) for line in lines}
    assert squares[1] == every(0, days=range(5))
    assert squares[2] == every(1, days=[1, 3])
    assert squares[3] == ALL
    assert squares[4] == ALL & ~every(0, days=[2])
    assert squares[5] == every(0, 1, 2, days=[0, 2, 4]) | every(0, days=[5])
    assert squares[6] == every(0, 1, days=range(5)) & ~every(1, days=[2])
    assert squares[7] == every(0, 1, 2, days=[5, 6])
    assert squares[8] == every(2, days=[1, 3])
    assert squares[11] == ALL & ~every(0, 1, 2, days=[2])


def test_what_only_says_no_takes_away_from_what_was() -> None:
    (line,) = read_chain("1. 任锦良 周三上午不行", PEOPLE)
    assert line.times.over(every(0)) == every(0) & ~every(0, days=[2])


def test_what_isnt_understood_is_shown() -> None:
    (line,) = read_chain("1. 任锦良 周三上午，要接孙子", PEOPLE)
    assert line.verdict == "unclear"
    assert line.times.left == "要接孙子"


def test_longest_name_is_meant() -> None:
    people = [Person(1, "王建", "V001"), Person(2, "王建国", "V002")]
    (line,) = read_chain("1. 王建国 周二上午", people)
    assert [person.id for person in line.people] == [2]


def test_number_may_stand_for_the_name() -> None:
    (line,) = read_chain("1. V083 周二上午", PEOPLE)
    assert [person.id for person in line.people] == [4]
