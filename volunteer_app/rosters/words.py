"""Rules, tags and turns in words: what a coordinator or a volunteer would say. Reads no database."""

from datetime import datetime
from zoneinfo import ZoneInfo

from solver.check import Violation
from solver.problem import Limits, Problem
from solver.problem import Shift as Turn
from volunteer_app.core.language import N_, Text
from volunteer_app.needs.models import Shift
from volunteer_app.people.words import GENDER_NAMES, IDENTITIES, SKILLS

TAGS = {
    "under70": N_("不到70岁的人"),
    "adult": N_("成年人"),
    "age75plus": N_("75岁以上的人"),
    "party": N_("党员"),
    "insured": N_("有保险的人"),
    "unconsented": N_("没有答应书的人"),
}
PARTS = ((12, N_("上午")), (18, N_("下午")), (24, N_("晚上")))
RULES = {
    "barred_seat": N_("%(name)s说过这一班去不了"),
    "skill": N_("%(name)s不合这个班的要求：%(needs)s"),
    "lapsed": N_("%(name)s那一天不合这个班的要求：%(lapsed)s"),
    "tag_barred": N_("%(name)s不能上这个班：%(bars)s不参加"),
    "daytime": N_("%(name)s这个钟点不排班"),
    "effort": N_("%(name)s做不了这么重的活"),
    "available": N_("%(name)s这个时间没有空"),
    "most": N_("这个班最多%(most)d人"),
    "overlap": N_("%(name)s这个时间有别的班"),
    "gap": N_("%(name)s前后两个班之间不到%(minutes)d分钟"),
    "way": N_("%(name)s从一处到另一处，路上来不及"),
    "rest": N_("%(name)s两个长班之间休息不到%(hours)s小时"),
    "succession": N_("%(name)s这两个班不能前后接着上"),
    "day_shifts": N_("%(name)s每天最多%(most)d个班"),
    "day_minutes": N_("%(name)s每天最多%(hours)s小时"),
    "week_shifts": N_("%(name)s每周最多%(most)d个班"),
    "week_minutes": N_("%(name)s每周最多%(hours)s小时"),
    "week_labels": N_("%(name)s每周最多%(most)d个%(label)s"),
    "horizon_shifts": N_("%(name)s这张表里最多%(most)d个班"),
    "horizon_minutes": N_("%(name)s这张表里最多%(hours)s小时"),
    "horizon_labels": N_("%(name)s这张表里最多%(most)d个%(label)s"),
    "label_weeks": N_("%(name)s最多%(most)d周有%(label)s"),
    "share_part": N_("%(name)s最多担自己那一份的%(share_pct)d%%"),
    "week_share": N_("%(name)s每周最多担自己那一周的%(week_pct)d%%"),
    "day_share": N_("%(name)s每天最多担自己那一天的%(day_share_pct)d%%"),
    "offered_part": N_("%(name)s最多排空闲时间的%(offered_pct)d%%"),
    "week_offered": N_("%(name)s每周最多排那一周空闲时间的%(week_offered_pct)d%%"),
    "day_offered": N_("%(name)s每天最多排那天空闲时间的%(day_pct)d%%"),
    "days_in_row": N_("%(name)s最多连着%(most)d天有班"),
    "days_in_row_least": N_("%(name)s来就至少连着来%(most)d天"),
    "days_off_least": N_("%(name)s两段班之间至少歇%(most)d天"),
    "labels_in_row": N_("%(name)s最多连着%(most)d天有%(label)s"),
    "mix": N_("这个班要给%(who)s留%(most)d个座位"),
    "mix_most": N_("这个班最多%(most)d位%(who)s"),
    "cross_mix": N_("这个时间要给%(who)s留%(most)d个座位"),
    "apart": N_("%(name)s和这个班上的人不能排在一起"),
    "together": N_("%(name)s要有人陪着才能来"),
    "same_team": N_("这件事分几段，要同一批人做到底"),
    "pin": N_("%(name)s的座位钉住了"),
}
FUNNEL = {
    "barred_seat": N_("说过去不了"),
    "skill": N_("不合要求"),
    "lapsed": N_("那天不合要求"),
    "tag_barred": N_("年龄或者手续不合"),
    "daytime": N_("钟点不合"),
    "effort": N_("活太重"),
    "available": N_("时间不合"),
    "held": N_("有别的班"),
    "limit_zero": N_("到了自己的上限"),
    "overlap": N_("那时有别的班"),
    "gap": N_("离前后的班太近"),
    "way": N_("路上来不及"),
    "rest": N_("休息不够"),
    "succession": N_("和前后的班接不上"),
    "day_shifts": N_("到了每天上限"),
    "day_minutes": N_("到了每天上限"),
    "week_shifts": N_("到了每周上限"),
    "week_minutes": N_("到了每周上限"),
    "week_labels": N_("这类班到了上限"),
    "horizon_shifts": N_("到了自己的上限"),
    "horizon_minutes": N_("到了自己的上限"),
    "horizon_labels": N_("这类班到了上限"),
    "label_weeks": N_("这类班到了上限"),
    "share_part": N_("到了自己的上限"),
    "week_share": N_("到了每周上限"),
    "day_share": N_("到了每天上限"),
    "offered_part": N_("到了自己的上限"),
    "week_offered": N_("到了每周上限"),
    "day_offered": N_("到了每天上限"),
    "days_in_row": N_("连着的天数到了上限"),
    "days_in_row_least": N_("只来一两天不够"),
    "days_off_least": N_("歇的天数不够"),
    "labels_in_row": N_("这类班到了上限"),
    "mix": N_("座位留给别人"),
    "mix_most": N_("这样的人够了"),
    "cross_mix": N_("座位留给别人"),
    "apart": N_("不能排在一起"),
    "together": N_("要有人陪"),
    "same_team": N_("要同一批人"),
    "most": N_("座位满了"),
}

LABELS = {"night": N_("夜里的班"), "weekend": N_("周末的班")}


def hours(minutes: int) -> str:
    """4, 1.5: hours for a sentence."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def tag_words(tag: str) -> Text | str:
    """A person tag as a word: 会护河, 党员, 本网格的人."""
    kind, _, code = tag.partition(":")
    if kind == "skill":
        return Text(SKILLS[code]) if code in SKILLS else code
    if kind == "identity":
        return Text(IDENTITIES[code]) if code in IDENTITIES else code
    if kind == "grid":
        return Text(N_("本网格的人"))
    if kind == "neighbourhood":
        return Text(N_("本邻里的人"))
    if tag in GENDER_NAMES:
        return Text(GENDER_NAMES[tag])
    return Text(TAGS[tag]) if tag in TAGS else tag


def label_words(label: str) -> Text | str:
    """What a limit counts: 夜里的班."""
    return Text(LABELS[label]) if label in LABELS else label


def tags_words(tags: frozenset[str]) -> Text | str:
    """The first tag in words; most rules have one."""
    return tag_words(min(tags)) if tags else ""


def people_words(tags: frozenset[str]) -> Text | str:
    """Those who have the first tag: 会护河的人."""
    word = tags_words(tags)
    return Text(N_("%(skill)s的人"), {"skill": word}) if tags and min(tags).startswith("skill:") else word


def rule_words(problem: Problem, broken: Violation, *, name: str, person: str, shift: str) -> Text:
    """The hard rule that `person` on `shift` would break, as its own sentence."""
    turn = problem.shift[broken.shift or shift]
    own = problem.person[person]
    limits: Limits = own.limits
    return Text(
        RULES[broken.rule],
        {
            "name": name,
            "most": broken.allowed,
            "hours": hours(limits.rest_min if broken.rule == "rest" else broken.allowed),
            "minutes": limits.gap_min,
            "label": label_words(broken.label),
            "share_pct": limits.share_pct or 0,
            "offered_pct": limits.offered_pct or 0,
            "week_pct": limits.share_pct_per_week or 0,
            "day_share_pct": limits.share_pct_per_day or 0,
            "week_offered_pct": limits.offered_pct_per_week or 0,
            "day_pct": limits.offered_pct_per_day or 0,
            "needs": tags_words(turn.requires - own.tags_ever),
            "lapsed": tags_words(turn.requires - own.tags_on(turn.day)),
            "bars": tags_words(turn.bars & own.tags_on(turn.day)),
            "who": people_words(reserved_for(problem, broken, turn)),
        },
    )


def reserved_for(problem: Problem, broken: Violation, turn: Turn) -> frozenset[str]:
    """Tags of the people for whom the rule keeps seats."""
    if broken.rule == "cross_mix":
        rules = [problem.cross_mixes[index].tags for index in problem.crosses_of.get(turn.id, ())]
    else:
        rules = [mix.tags for mix in turn.mixes if broken.allowed in (mix.at_least, mix.at_most)]
    return frozenset().union(*rules)


def part_words(starts_at: datetime, zone: str) -> Text:
    """上午, 下午 or 晚上."""
    hour = starts_at.astimezone(ZoneInfo(zone)).hour
    return Text(next(word for until, word in PARTS if hour < until))


def turn_words(shift: Shift, zone: str) -> Text:
    """10月13日上午8:30的日巡逻, for a message; of a task in parts from this leg on: 8:00和11:00."""
    starts = shift.starts_at.astimezone(ZoneInfo(zone))
    times = [leg.starts_at.astimezone(ZoneInfo(zone)) for leg in shift.legs if leg.starts_at >= shift.starts_at]
    time: Text | str = clock_words(times[0])
    for later in times[1:]:
        time = Text(N_("%(time)s和%(later)s"), {"time": time, "later": clock_words(later)})
    return Text(
        N_("%(month)d月%(day)d日%(part)s%(time)s的%(what)s"),
        {
            "month": starts.month,
            "day": starts.day,
            "part": part_words(shift.starts_at, zone),
            "time": time,
            "what": shift.kind.name,
        },
    )


def clock_words(moment: datetime) -> str:
    """8:30."""
    return f"{moment.hour}:{moment.minute:02d}"
