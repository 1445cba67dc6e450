"""Small words of the sheets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from volunteer_app.core.language import N_, Text
from volunteer_app.web.names import masked_text

SYSTEM = N_("到期自动")
OWN_HAND = N_("本人")


def masked(name: str) -> str:
    """姚*娟; of two characters 王*. Files keep the name's own writing in both languages."""
    return masked_text(name, "zh")


def goods_words(goods: Mapping[str, int], names: Mapping[str, Text | str]) -> Text | str:
    """大米 5公斤 1、毛巾 2."""
    return joined([piece_words(unit, pieces, names) for unit, pieces in sorted(goods.items())])


def piece_words(unit: str, pieces: int, names: Mapping[str, Text | str]) -> Text:
    return Text("%(goods)s %(pieces)d", {"goods": names.get(unit, unit.removeprefix("sku:")), "pieces": pieces})


INVARIANTS = {
    "every transaction is balanced in each unit and has two legs at least": N_("每一笔有出有入，两边相等"),
    "every posting belongs to a transaction and to an account of its community and unit": N_(
        "每一条都有它的那一笔和账户"
    ),
    "all accounts of a unit together are nothing": N_("所有账户加起来是零"),
    "a stored balance is the sum of the postings": N_("账户余额等于各笔相加"),
    "each posting says the balance after it, in the order of the account's versions": N_("每一笔后面的余额接得上"),
    "no account was ever beyond its limit": N_("没有账户透支过"),
    "a member's sums of what was earned, spent and expired are those of the postings": N_(
        "得到、用掉、过期的合计和各笔相符"
    ),
    "limits are those of the kind of account": N_("账户的上下限没有动过"),
    "nobody owes points while having some": N_("没有人一边有积分一边欠积分"),
    "what is held is the sum of the open holds": N_("留存等于没取的预约相加"),
    "a closed hold was closed by the one transaction that continues it, and collected what that one says": N_(
        "办完的预约和办它的那一笔相符"
    ),
    "what a hold's lines say was collected and refunded is what was posted": N_("取走和退回的和账上相符"),
    "what is left of a lot is its amount less what was taken from it": N_("每一批积分剩下的等于得到的减去用掉的"),
    "no lot ever gave more than it had or got back more than it gave": N_("没有一批积分用超过"),
    "a member's lots add up to the member's points": N_("各批积分加起来等于这个人的积分"),
    "a cause is posted once and a transaction reversed once": N_("一件事只记一次账，一笔只冲正一次"),
    "maker and checker are two people": N_("经手和核对是两个人"),
    "corrections have two people's names": N_("更正都有两个人的名字"),
    "nothing was recorded into a period after it was closed": N_("结了的月份没有再记过"),
    "a closed period ends with the entry that it names": N_("结账时的最后一笔没有变"),
    "transactions are numbered without gaps, in the order of time": N_("编号连着，时间不倒退"),
    "a hold was opened by the transaction that names it": N_("每个预约和开它的那一笔相符"),
    "an account without limits stores no balance": N_("没有上下限的账户不另存余额"),
    "row numbers follow the order of the chain": N_("行号跟着账的顺序"),
    "every transaction keeps the fingerprint of what was asked for, so that a repeat is known": N_(
        "每一笔都有当初要办的事的指纹"
    ),
    "lots, their uses and lines of holds belong to transactions, accounts and holds of their community": N_(
        "各批积分和预约的每一行都有它的那一笔和账户"
    ),
    "never was more credited than had been funded": N_("发出的积分从来没有超过预算"),
    "never was more taken from a shelf than lay there": N_("货架上从来没有拿走过不存在的东西"),
    "a balance at any past moment is the sum of what was recorded until then": N_(
        "过去任何时候的余额都等于到那时为止的各笔相加"
    ),
    "no more came back than was handed over": N_("退回的没有比取走的多"),
    "a hold is open as long as no transaction has ended it": N_("办完的预约没有再开着的"),
    "every transaction that holds has its hold": N_("每一笔预约的账都有它的预约"),
    "what runs out first is spent first": N_("先到期的积分先用"),
    "at any past moment a member's lots made up the member's points": N_(
        "过去任何时候各批积分加起来都等于这个人的积分"
    ),
    "nobody hands an order over to himself": N_("没有人把东西发给自己"),
    "the batches of goods add up to what is on the shelf and kept": N_("各批货加起来等于货架上的和留着的"),
    "an order was picked up when its hold was collected, and only then": N_("取走的单子和账上取走的相符"),
    "a pick-up code opens one order": N_("一个取货码只开一张单"),
    "each award was credited once, with the points that it says": N_("每次服务的积分只发一次，数目相符"),
    "nobody was credited beyond the day's cap": N_("没有人一天得到的积分超过上限"),
    "nobody was credited beyond the month's cap": N_("没有人一个月得到的积分超过上限"),
    "the hours under a credit are those that it was worked out from": N_("积分下面的时长没有变过"),
    "each slot of the timetable took effect once, and not before its time": N_("定时的事每次只办一遍，也不提前"),
    "the hash chain is unbroken": N_("指纹一笔接一笔"),
    "the chain ends where it says": N_("链首和最后一笔相符"),
    "proposals and periods say what was witnessed when they were written": N_("结账和两人办的申请没有改过"),
    "an approved proposal says what it became in the chain": N_("批准的申请和它的那一笔相符"),
}
"""What a check of the books looks at, as the auditor reads it."""

URGENCIES = {"urgent": N_("急"), "hard": N_("难"), "worry": N_("烦")}
SOURCES = {
    "phone": N_("电话"),
    "wechat": N_("微信"),
    "visit": N_("走访"),
    "patrol": N_("巡查"),
    "plan": N_("计划"),
    "hotline": N_("热线"),
    "party": N_("党组织"),
    "resident": N_("居民"),
    "import": N_("导入"),
}
NEED_STATES = {
    "draft": N_("草稿"),
    "submitted": N_("待核实"),
    "verified": N_("待排班"),
    "scheduled": N_("已排班"),
    "done": N_("已完成"),
    "evaluated": N_("已回访"),
    "cancelled": N_("已取消"),
}


AND = N_("、")
ALSO = N_("；")


def joined(parts: Sequence[Text | str], between: str = AND) -> Text | str:
    """Several words as one sentence, each and the mark between them translated on its own; empty for none."""
    values: dict[str, object] = {f"word{number}": part for number, part in enumerate(parts)}
    if len(parts) < 2:
        return parts[0] if parts else ""
    return Text("%(between)s".join(f"%({name})s" for name in values), values | {"between": Text(between)})


def listed(codes: Iterable[str], names: Mapping[str, str]) -> Text | str:
    """会护河、会急救; a code that has no word yet stands as it is."""
    return joined([Text(names.get(code, code)) for code in codes])


def worded(code: str | None, names: Mapping[str, str]) -> Text | str:
    """The code's word."""
    return Text(names[code]) if code and code in names else code or ""


def clock_range(starts_at: datetime, ends_at: datetime) -> str:
    """8:30–10:30 of local moments."""
    return f"{starts_at.hour}:{starts_at.minute:02d}–{ends_at.hour}:{ends_at.minute:02d}"
