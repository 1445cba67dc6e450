"""What the page of a running solve shows: the live line, the goals in order, the dots. Plain values."""

from typing import Any

from sqlalchemy.orm import Session

from solver.compare import GoalChange
from volunteer_app.core.language import N_
from volunteer_app.rosters.models import Roster, RosterRun
from volunteer_app.rosters.runs import queries as runs
from volunteer_app.web import filters
from volunteer_app.web.language import gettext, language

GOALS = (
    ("must_cover", N_("必须有人的班，都有人"), N_("缺的座位，越少越好")),
    ("target_cover", N_("每班到齐"), N_("缺的座位，越少越好")),
    ("safety", N_("安全"), N_("连着7天超过每周上限的次数")),
    ("participation", N_("人人有份"), N_("离说好的次数还差几次")),
    ("fairness", N_("公平"), N_("最忙的人，占自己上限")),
    ("wishes", N_("心愿"), N_("没照顾到的心愿")),
    ("continuity", N_("老搭档，老地方"), N_("换了人的探访")),
    ("fewest_changes", N_("少变动"), N_("和上一版不同的座位")),
)
NAMES = {name: label for name, label, _note in GOALS}


def goal_rows(run: RosterRun) -> list[dict[str, Any]]:
    """Rows of goal_table, in the order of the solver."""
    if run.result is not None:
        known = {goal["name"]: goal for goal in run.result["goals"]}
        current = None
    else:
        known = (run.progress or {}).get("goals", {})
        current = (run.progress or {}).get("goal")
    return [goal_row(name, label, note, known=known.get(name), current=current) for name, label, note in GOALS]


def goal_row(name: str, label: str, note: str, *, known: dict[str, Any] | None, current: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"name": gettext(label), "note": gettext(note), "stage": "queued", "at": None}
    if known is None:
        return row
    value, bound = float(known["value"]), float(known["bound"])
    proved = bool(known.get("proved", False))
    stage = "running" if name == current else "proved" if proved else "time_over"
    if known.get("state") == "skipped":
        return row | {"stage": "time_over", "value": figure(name, value)}
    scale = max(value, bound, 1e-9)
    return row | {
        "stage": stage,
        "value": figure(name, value),
        "bound": figure(name, bound),
        "gap": difference(name, value - bound),
        "seconds": f"{float(known['seconds']):.1f}",
        "at": min(1.0, (value - bound) / scale) if value > bound else 0.0,
        "limit": 0.0,
    }


def change_rows(changes: tuple[GoalChange, ...]) -> list[dict[str, str]]:
    """Two plans goal by goal: what it was, what it becomes, and the verdict in a word."""
    return [
        {
            "name": gettext(label),
            "note": gettext(note),
            "before": figure(change.goal, change.before),
            "after": figure(change.goal, change.after),
            "verdict": gettext(verdict(change)),
        }
        for name, label, note in GOALS
        for change in changes
        if change.goal == name and name != "fewest_changes"
    ]


def verdict(change: GoalChange) -> str:
    """Equal headlines may differ further down, in those who are less busy or whose wishes come next."""
    if figure(change.goal, change.before) == figure(change.goal, change.after):
        return {1: N_("细看差一点"), -1: N_("细看好一点"), 0: N_("一样")}[change.worse]
    return N_("差一点") if change.worse > 0 else N_("好一点")


def proof(run: RosterRun | None, name: str) -> str:
    """What an answered run proved of a goal: that nothing is better, or what nothing can be better than."""
    goals = run.result["goals"] if run is not None and run.result is not None else []
    for goal in goals:
        if goal["name"] == name and goal["state"] != "skipped":
            if goal["proved"]:
                return gettext(N_("证明过，没有更好的"))
            return gettext(N_("不可能好过%(bound)s")) % {"bound": figure(name, float(goal["bound"]))}
    return ""


def figure(name: str, value: float) -> str:
    """Seats and points as whole numbers, the highest load in percent."""
    return filters.percent(value, places=1) if name == "fairness" else filters.number(round(value))


def difference(name: str, value: float) -> str:
    return f"{max(0.0, value) * 100:.1f}" if name == "fairness" else filters.number(max(0, round(value)))


def live(run: RosterRun, *, href: str) -> dict[str, str]:
    """Arguments of the live line: one sentence, and where to go from there."""
    say = STATE_LINES.get(run.state)
    if run.state == "running" and run.progress:
        return running_line(run)
    if run.state == "finished":
        return finished_line(run) | {"href": href, "link": gettext(N_("看排班表"))}
    if run.state == "stale":
        strong = gettext(N_("算的时候有%(n)d处改动，请再排一次")) % {"n": run.changes_meanwhile}
        return {"strong": strong, "state": "failed", "href": href, "link": gettext(N_("看排班表"))}
    assert say is not None, run.state
    return {"strong": gettext(say[0]), "text": gettext(say[1]) if say[1] else "", "state": say[2]}


STATE_LINES = {
    "queued": (N_("排上队了，马上就开始。"), "", "running"),
    "running": (N_("正在准备。"), "", "running"),
    "stopped": (N_("停了。"), N_("原来的表没有动。"), "stopped"),
    "failed": (N_("没有算成。"), N_("原来的表没有动，请再排一次，还不行就告诉管理的人。"), "failed"),
}


def running_line(run: RosterRun) -> dict[str, str]:
    progress = run.progress or {}
    filled, wanted = progress["seats_filled"], progress["seats_wanted"]
    if run.attempts > 1:
        strong = gettext(N_("中断了，正在接着算；原来的表没有动。"))
    elif filled == wanted:
        strong = gettext(N_("座位全排满了：%(filled)d / %(wanted)d。")) % {"filled": filled, "wanted": wanted}
    else:
        strong = gettext(N_("排好了%(filled)d / %(wanted)d个座位。")) % {"filled": filled, "wanted": wanted}
    if run.stop_asked:
        return {"strong": strong, "text": gettext(N_("收到了，正在收尾。")), "state": "running"}
    now_on = gettext(N_("正在看：%(goal)s。现在停，也有一张可以用的表。")) % {"goal": gettext(NAMES[progress["goal"]])}
    return {"strong": strong, "text": now_on, "state": "running"}


def finished_line(run: RosterRun) -> dict[str, str]:
    assert run.result is not None, "a finished run has a result"
    missing = sum(gap["missing"] for gap in run.result["gaps"])
    refused = len(run.result.get("refused_pins", ()))
    text = gettext(N_("有%(n)d个钉住的座位和规则冲突，没能保留。")) % {"n": refused} if refused else ""
    if not missing:
        return {"strong": gettext(N_("排好了。")), "text": text, "state": "finished"}
    strong = gettext(N_("排好了，有%(n)d个座位没有合适的人。")) % {"n": missing}
    return {"strong": strong, "text": text, "state": "finished"}


def shares_now(run: RosterRun) -> list[float]:
    """Loads of the answer, or of the best plan so far, as parts of the own limit over the roster."""
    if run.result is not None:
        return [load["relative"] for load in run.result["load"] if load["share"]]
    return list((run.progress or {}).get("shares", ()))


def shares_before(session: Session, roster: Roster) -> tuple[Roster, list[float]] | None:
    """The same of the roster before this one, by its last finished solve."""
    former = runs.roster_before(session, roster)
    run = runs.last_finished_run(session, former.id) if former is not None else None
    return (former, shares_now(run)) if former is not None and run is not None else None


def dots(session: Session, run: RosterRun, roster: Roster) -> dict[str, Any] | None:
    """Arguments of the dot plot; None before there is a plan."""
    now_on = shares_now(run)
    if not now_on:
        return None
    before = shares_before(session, roster)
    after = {"label": gettext(N_("这次")), "note": "" if run.result else gettext(N_("目前")), "shares": now_on}
    former: dict[str, Any] = {"label": "", "note": "", "shares": []}
    if before is not None and before[1]:
        former = {
            "label": filters.month_name(before[0].from_on, language()),
            "note": gettext(N_("上次")),
            "shares": before[1],
        }
    sentence = gettext(N_("这次最闲的人占自己上限%(least)d%%，最忙的人%(most)d%%。")) % {
        "least": round(min(now_on) * 100),
        "most": round(max(now_on) * 100),
    }
    note = gettext(N_("每个点是一个人。横着看，是他的班占自己上限的多少。点挤在一起，就是忙闲差不多。"))
    if max(now_on) > 1:
        note += gettext(N_("累的班多算，所以有人超过100%，钟点并没有超过上限。"))
    return {
        "title": gettext(N_("忙闲均不均：上次和这次")) if former["shares"] else gettext(N_("忙闲均不均")),
        "note": note,
        "before": former,
        "after": after,
        "sentence": sentence,
    }
