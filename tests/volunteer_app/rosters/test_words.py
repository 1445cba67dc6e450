"""Every hard rule has a sentence for the coordinator and a short word for the funnel."""

from solver import check
from solver.explain.ways import KINDS
from solver.plan import GOALS
from solver.problem import DatedTag, LabelLimit, Limits, Person, Problem, Shift
from volunteer_app.needs.catalogue import delivered_kinds
from volunteer_app.rosters import words
from volunteer_app.rosters.judge import answers
from volunteer_app.rosters.question.frame import UNCONSENTED


def test_every_rule_has_its_words() -> None:
    assert set(words.RULES) == set(check.RULE_NAMES)
    assert set(words.FUNNEL) - {"held", "limit_zero"} == set(check.RULE_NAMES) - {"pin"}


def test_sentence_names_what_it_is_about() -> None:
    limits = Limits(offered_pct_per_week=50, labels_per_week=(LabelLimit("night", 2),), days_in_row=6)
    ann = Person("1", limits=limits, dated_tags=(DatedTag("insured", None, 3),))
    shift = Shift("7", "duty", "G1", 4, 0, 5760, 5880, 1, 1, 1, requires=frozenset({"insured"}))
    problem = Problem(7, (ann,), (shift,), weeks=(0,) * 7)

    def said(broken: check.Violation) -> str:
        return str(words.rule_words(problem, broken, name="安", person="1", shift="7"))

    assert said(check.Violation("week_labels", "1", "", 3, 2, label="night")) == "安每周最多2个夜里的班"
    assert said(check.Violation("week_offered", "1", "", 241, 240)) == "安每周最多排那一周空闲时间的50%"
    assert said(check.Violation("days_in_row", "1", "", 7, 6, 0)) == "安最多连着6天有班"
    assert said(check.Violation("lapsed", "1", "7")) == "安那一天不合这个班的要求：有保险的人"


def test_every_exception_and_goal_has_its_words() -> None:
    assert set(answers.WAYS) - {"moved_back"} == set(KINDS)
    assert set(answers.COSTS) == set(GOALS) - {"fewest_changes"}
    assert set(answers.NEAR) <= set(check.RULE_NAMES)


def test_no_tag_is_said_by_its_code() -> None:
    """What activities as delivered ask for, and what every shift may ask for besides."""
    asked = {tag for kind in delivered_kinds() for tag in (*kind.requires, *kind.bars, *(tag for tag, _ in kind.mixes))}
    asked -= {"recipient_gender", "each_grid"}  # spelled out for each shift
    asked |= {"F", "M", "grid:G1", "neighbourhood:N1", "adult", "under70", "age75plus", "insured", UNCONSENTED}
    assert {tag for tag in asked if not str(words.tag_words(tag)).strip() or str(words.tag_words(tag)) == tag} == set()
