"""The solver's explanations in words: why a seat is empty and what would fill it, who was next and at what cost."""

from dataclasses import dataclass

from solver import explain
from solver.compare import GoalChange
from volunteer_app.core.language import N_, Text
from volunteer_app.rosters.judge.judging import NEVER, Case
from volunteer_app.rosters.words import FUNNEL, hours, tag_words

NAMED = 6
"""So many people are named in one line; the others are counted."""
SHOWN_WAYS = 5
SAME_KIND = 2


@dataclass(frozen=True, slots=True)
class WayWords:
    """One exception that fills the seat. `about` says where to go for it: limits, times, need or fill."""

    text: Text
    about: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class GapWords:
    """Why a seat is empty: the funnel in a line and with names, who competes, who nearly could, what would fill it."""

    why: list[Text]
    funnel: list[Text]
    witness: Text | None
    nearly: list[Text]
    ways: list[WayWords]

    @property
    def way(self) -> Text:
        """The cheapest way."""
        return self.ways[0].text if self.ways else Text(WAY_NONE)

    @property
    def ask_id(self) -> int | None:
        """Whom to ask for the cheapest way."""
        return self.ways[0].person_id if self.ways else None


def gap_words(case: Case, shift_id: int) -> GapWords:
    found = explain.why_gap(case.problem, case.plan, str(shift_id))
    misses = [miss for miss in found.near_misses if miss.rule not in NEVER]
    return GapWords(
        why=funnel_words(found),
        funnel=[step_words(case, step) for step in found.funnel],
        witness=witness_words(found.witness),
        nearly=[near_words(case, miss) for miss in misses[:3]],
        ways=[free_words(case, found.free[0])] if found.free else way_words(case, found.ways),
    )


def funnel_words(found: explain.GapReasons) -> list[Text]:
    """How many people fit at all, then what stops most of them: 合要求的14人, 时间不合12人."""
    fitting = sum(len(step.stopped) for step in found.funnel if step.rule not in NEVER) + len(found.free)
    stopped: dict[str, int] = {}
    for step in found.funnel:
        if step.rule not in NEVER:
            stopped[FUNNEL[step.rule]] = stopped.get(FUNNEL[step.rule], 0) + len(step.stopped)
    ordered = sorted(((word, count) for word, count in stopped.items() if count), key=lambda row: -row[1])
    said = [Text(N_("合要求的%(n)d人"), {"n": fitting})]
    said += [Text(N_("%(why)s%(n)d人"), {"why": Text(word), "n": count}) for word, count in ordered[:2]]
    return said


def step_words(case: Case, step: explain.FunnelStep) -> Text:
    """时间不合12人：姚海涛、任锦良等，还剩3人. Who doesn't fit at all is only counted."""
    values: dict[str, object] = {"why": Text(FUNNEL[step.rule]), "n": len(step.stopped), "left": step.left}
    if step.rule in NEVER:
        return Text(N_("%(why)s%(n)d人，还剩%(left)d人"), values)
    names = names_of(case, step.stopped[:NAMED])
    if len(step.stopped) > NAMED:
        return Text(N_("%(why)s%(n)d人：%(names)s等，还剩%(left)d人"), values | {"names": names})
    return Text(N_("%(why)s%(n)d人：%(names)s，还剩%(left)d人"), values | {"names": names})


def names_of(case: Case, people: tuple[str, ...]) -> Text | str:
    """One name, or several with a comma between; the page's language chooses the comma."""
    first, *others = (case.names[int(person)] for person in people)
    joined: Text | str = first
    for name in others:
        joined = Text(N_("%(names)s、%(name)s"), {"names": joined, "name": name})
    return joined


def witness_words(found: explain.Witness | None) -> Text | None:
    if found is None:
        return None
    values: dict[str, object] = {
        "shifts": len(found.shifts),
        "seats": found.seats,
        "people": len(found.people),
        "give": found.can_give,
    }
    return Text(N_("%(shifts)d个班抢同样的人：一共要%(seats)d人次，能去的%(people)d个人最多只有%(give)d次"), values)


def near_words(case: Case, miss: explain.NearMiss) -> Text:
    """姚海涛，定了每周2次，已排2次."""
    values: dict[str, object] = {
        "name": case.names[int(miss.person)],
        "most": miss.allowed,
        "hours": hours(miss.allowed),
        "why": Text(FUNNEL[miss.rule]),
    }
    return Text(NEAR.get(miss.rule, N_("%(name)s，%(why)s")), values)


def free_words(case: Case, person: str) -> WayWords:
    return WayWords(Text(WAY_FREE, {"name": case.names[int(person)]}), "fill", int(person))


def way_words(case: Case, found: tuple[explain.Way, ...]) -> list[WayWords]:
    """The cheapest few, not more than two of a kind; what protects people is never waived."""
    said: list[WayWords] = []
    kinds: dict[str, int] = {}
    for way in found:
        kinds[way.kind] = kinds.get(way.kind, 0) + 1
        if kinds[way.kind] <= SAME_KIND and len(said) < SHOWN_WAYS and not KEPT_TAGS & set(way.tags):
            sentence, about = WAYS[way.kind if way.kind != "moved" or way.amount > 0 else "moved_back"]
            person_id = int(way.person) if way.person else None
            said.append(WayWords(Text(sentence, way_values(case, way)), about, person_id))
    return said


def way_values(case: Case, way: explain.Way) -> dict[str, object]:
    return {
        "name": case.names[int(way.person)] if way.person else "",
        "n": abs(way.amount),
        "hours": hours(way.amount),
        "who": tag_words(way.tags[0]) if way.tags else "",
        "names": names_of(case, way.fills) if way.fills else "",
    }


def next_words(case: Case, person_id: int, shift_id: int) -> list[Text]:
    """Who was next for the seat, and what each would cost, the cheapest first."""
    found = explain.why_person(case.problem, case.plan, str(person_id), str(shift_id))
    return [
        Text(
            N_("换成%(name)s，负荷升到%(load)d%%：%(cost)s"),
            {
                "name": case.names[int(swap.gets)],
                "load": round(case.load(int(swap.gets), with_shift=shift_id) * 100),
                "cost": cost_words(swap.goals),
            },
        )
        for swap in found.swaps
    ]


def cost_words(goals: tuple[GoalChange, ...]) -> Text:
    """The first goal that differs, and the second if there is one: 最忙的人从59%到61%，多1张生面孔."""
    differing = [one for one in goals if one.worse and one.goal in COSTS]
    if not differing:
        return Text(N_("一样好"))
    first = goal_words(differing[0])
    if len(differing) == 1:
        return first
    return Text(N_("%(first)s，%(second)s"), {"first": first, "second": goal_words(differing[1])})


def goal_words(change: GoalChange) -> Text:
    worse, better = COSTS[change.goal]
    if change.goal == "fairness" and round(change.before, 3) != round(change.after, 3):
        values: dict[str, object] = {"before": round(change.before * 100), "after": round(change.after * 100)}
        return Text(N_("最忙的人从自己上限的%(before)d%%变成%(after)d%%"), values)
    return Text(worse if change.worse > 0 else better, {"n": abs(round(change.after - change.before))})


KEPT_TAGS = frozenset({"insured", "adult", "under70"})
WAY_FREE = N_("请%(name)s来，谁也不用动")
WAY_NONE = N_("改一个地方补不上，请试试“有人来不了”里的改法，或者到别处找人")
WAYS = {
    "one_turn_more": (N_("请%(name)s多来1次，别的都不动"), "limits"),
    "minutes_more": (N_("请%(name)s多来一点，到%(hours)s小时，别的都不动"), "limits"),
    "share_more": (N_("请%(name)s多担一点，到自己那一份的%(n)d%%，别的都不动"), "limits"),
    "one_day_more": (N_("问问%(name)s，能不能连着来%(n)d天"), "limits"),
    "one_week_more": (N_("问问%(name)s，能不能多一周来这样的班，一共%(n)d周"), "limits"),
    "shorter_run": (N_("问问%(name)s，这次连着只来%(n)d天行不行"), "limits"),
    "shorter_break": (N_("问问%(name)s，这次中间只歇%(n)d天行不行"), "limits"),
    "shorter_gap": (N_("%(name)s两个班之间只隔%(n)d分钟，问问行不行"), "limits"),
    "time_longer": (N_("问问%(name)s，空的时间能不能长%(n)d分钟"), "times"),
    "free_then": (N_("打电话问问%(name)s，这一次能不能来"), "times"),
    "moved": (N_("晚开始%(n)d分钟，%(names)s就能来"), "need"),
    "moved_back": (N_("早开始%(n)d分钟，%(names)s就能来"), "need"),
    "one_less": (N_("这个班只要%(n)d人，就不缺了"), "need"),
    "mix": (N_("不给%(who)s留座位，%(names)s就能来"), "need"),
    "mix_most": (N_("不限%(who)s的人数，%(names)s就能来"), "need"),
    "cross_mix": (N_("这个钟点不给%(who)s留座位，%(names)s就能来"), "need"),
    "same_team": (N_("几段不要求同一批人，%(names)s就能来"), "need"),
    "skill": (N_("不要求%(who)s，%(names)s就能来"), "need"),
}
"""kind -> what it says, and where to go for it."""
NEAR = {
    "week_shifts": N_("%(name)s，定了每周%(most)d次，已经排满"),
    "week_minutes": N_("%(name)s，定了每周%(hours)s小时，已经排满"),
    "day_shifts": N_("%(name)s，定了每天%(most)d次，已经排满"),
    "day_minutes": N_("%(name)s，定了每天%(hours)s小时，已经排满"),
}
COSTS = {
    "must_cover": (N_("多缺%(n)d人"), N_("少缺%(n)d人")),
    "target_cover": (N_("多缺%(n)d人"), N_("少缺%(n)d人")),
    "safety": (N_("有人连着来得太密"), N_("没那么密")),
    "participation": (N_("有人来得更少"), N_("更多的人有份")),
    "fairness": (N_("忙闲差得多一点"), N_("忙闲差得少一点")),
    "wishes": (N_("少照顾%(n)d个心愿"), N_("多照顾%(n)d个心愿")),
    "continuity": (N_("多%(n)d张生面孔"), N_("少%(n)d张生面孔")),
}
"""goal -> what it says when a swap is worse, and when it's better; that seats change is plain without a word."""
