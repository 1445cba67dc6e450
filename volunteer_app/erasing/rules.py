"""What an erasure refuses, and what it says of itself in plain words. Knows no database."""

import re
from collections.abc import Iterable

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_

GOES = (
    N_("姓名、手机、性别、出生年份、住在哪个邻里、哪一家"),
    N_("密码、角色、会什么、什么身份"),
    N_("有空的时间、外出的日子、想和谁一起"),
    N_("收到过的消息，写过的意见，请假的原因"),
    N_("别人的消息里提到的姓名"),
)
"""What goes away, for good."""
STAYS = (
    (N_("服务时长和每一班的记录"), N_("志愿服务记录依法要留，只剩一个编号")),
    (N_("积分账本上的每一笔"), N_("一笔接一笔连着，删了别人的账就对不上；账上本来就没有姓名")),
    (N_("换过的东西、公示过的名单"), N_("公示单上是遮住的姓名；货和账要对得上")),
    (N_("谁在什么时候办过什么的日志"), N_("以后要查得到，里面只有编号")),
)
"""(what stays, why)."""


def standing(name: str, longer: Iterable[str]) -> re.Pattern[str]:
    """Finds the name in a text; a match with a group is the person, one without is somebody else. `longer`: other
    people's names with this one in them.
    """
    # Chinese puts no space around a name, so that 李明 stands in 李明华 too. Somebody else is meant where a longer name
    # that the community knows stands, and where the whole text is another two or three characters: a name by itself.
    # Letters of the Latin alphabet end a word by themselves.
    own, edge = re.escape(name), r"\b" if name.isascii() else ""
    others = "".join(f"{re.escape(one)}|" for one in sorted(longer, key=len, reverse=True))
    return re.compile(rf"\A({own})\Z|\A[\u4e00-\u9fff]{{2,3}}\Z|{others}{edge}({own}){edge}", re.ASCII)


class AlreadyAsked(Refused):
    """One request of a person waits at a time."""

    sentence = N_("已经提过了，在等另一位来确认。")


class NotWaiting(Refused):
    """Done or dropped meanwhile."""

    sentence = N_("这一条已经办过了。")


class AnotherPerson(Refused):
    """Whoever took the request down, and whoever it is about, doesn't confirm it."""

    sentence = N_("要另一位管理员来确认：提的人、本人，都不能自己确认。")


class StillOpen(Refused):
    """Something would be left hanging: an order, a lent thing, a turn to come."""

    sentence = N_("还有没办完的：%(what)s。先办完，或者取消，再来确认。")


class AlreadyErased(Refused):
    """Nothing is left to forget."""

    sentence = N_("这个编号已经注销了。")
