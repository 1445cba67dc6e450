"""What rosters refuse, each with its sentence, and small decisions about states. Reads no database."""

from datetime import datetime

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_
from volunteer_app.rosters.models import Assignment, Swap

DRAFT = "draft"


REASONS = ("health", "home", "away", "other")
"""What a volunteer may tick when he can't come; none is as good."""
LIMITS_S = (10, 60, 300)
"""How long a solve may take, in seconds, as the page offers it."""
DEFAULT_LIMIT_S = 60
EARLY_MIN = 30
"""Sign-in opens this many minutes before the turn."""
ASKING_STATES = ("notified", "no_answer", "seeking", "accepted")


class PeriodsOverlap(Refused):
    """Another roster covers a part of the period."""

    sentence = N_("%(from_on)s到%(to_on)s已经有排班表了，请换一段日期。")


class PeriodTooLong(Refused):
    sentence = N_("一次最多排62天，请分开排。")


class NothingToFill(Refused):
    sentence = N_("这段日期里没有还没开始的班，先去问题清单记一条。")


class AlreadySolving(Refused):
    sentence = N_("这张表正在排，等它排完再说。")


class NotSolving(Refused):
    sentence = N_("这次排班已经结束了。")


class NothingToPublish(Refused):
    sentence = N_("和上一版一样，没有要发布的改动。")


class NotPublished(Refused):
    """Only what people have been told can be repaired."""

    sentence = N_("这张表还没有发布，直接改就行，不用通知人。")


class DraftOpen(Refused):
    """Unpublished changes would go out with the repair, to people whom it doesn't touch."""

    sentence = N_("草稿里还有没发布的改动。请先发布，或者改回去，再来想最省的改法。")


class ProposalOld(Refused):
    """Something that matters has changed since the proposal was made, or a turn has begun."""

    sentence = N_("算好以后又有了变动，这个改法不能用了，请再算一次。什么都没有改。")


class TurnBegan(Refused):
    """After the start only a telephone call helps."""

    sentence = N_("这一班已经开始了，请直接打电话给%(contact)s。")


class TurnOver(Refused):
    sentence = N_("这个班已经开始了，排班表上不能再改。")


class NotServing(Refused):
    """Invited and not yet agreed, without a volunteer's profile, or gone."""

    sentence = N_("%(name)s还没答应参加，或者不再参加了，排不了班。想来的话，跟社区说一声就行。")


class NotYours(Refused):
    """The seat isn't waiting for an answer: given away, cancelled, already signed in."""

    sentence = N_("这一班现在不用您回话了。")


class NoRosterThere(Refused):
    """People go with their turn; on that day nothing that they have been told of holds it."""

    sentence = N_("这个班已经有人了，只能改到有排班表的日子：%(periods)s。要改到别的日子，请先在排班表上取下班上的人。")


class AlreadyThere(Refused):
    sentence = N_("%(name)s已经在这个班上了。")


class ShiftFull(Refused):
    sentence = N_("刚刚有人先报了，这班满了。")


class ShiftCancelled(Refused):
    sentence = N_("这个班已经取消了。")


class AlreadySignedUp(Refused):
    sentence = N_("您已经报过名了，等社区确认。")


class SignUpAnswered(Refused):
    sentence = N_("这个报名已经处理过了。")


class WeekFull(Refused):
    sentence = N_("这周您已经排满%(most)d次，再来怕您累着。想来请打电话。")


class NobodyToAsk(Refused):
    """Everybody who may come has been asked, or nobody may."""

    sentence = N_("眼下没有再能问的人：合适的都问过了，或者没有合适的人。")


class CoverOver(Refused):
    """Answered already, too late, or others were sooner."""

    sentence = N_("这一班已经不用您回话了，谢谢您。")


class SwapAsked(Refused):
    """One of the two turns waits for another answer, or this question had a no."""

    sentence = N_("这个班已经有人在问着换，或者问过了。换别的班试试。")


class SwapOver(Refused):
    """Answered, taken back, too late, or one of the turns has another holder by now."""

    sentence = N_("这次换班已经过去了，班没有动。")


class SwapUnsuited(Refused):
    """Something stands against the exchange that is nobody's business but the other one's and the staff's."""

    sentence = N_("这个班眼下换不了，没有改。")


class BreaksRule(Refused):
    """A hard rule forbids the seat; the sentence is the rule's own."""

    sentence = N_("%(rule)s，没有改。")


def takes_answer(seat: Assignment, *, now: datetime) -> bool:
    """The holder may still say yes or no."""
    return seat.state in ASKING_STATES and not seat.leaving and now < seat.shift.starts_at


def takes_swap(seat: Assignment, *, now: datetime) -> bool:
    """Its holder may be asked for it: he comes, or hasn't answered yet."""
    return takes_answer(seat, now=now) and seat.state != "seeking" and seat.shift.state == "open"


def is_standing(row: Swap, *, now: datetime) -> bool:
    """The question can still be answered with a yes: in time, and both turns are held as they were."""
    is_in_time = row.state == "waiting" and now < row.until
    return (
        is_in_time
        and takes_answer(row.seat, now=now)
        and row.seat.shift.state == "open"
        and takes_swap(row.other, now=now)
    )
