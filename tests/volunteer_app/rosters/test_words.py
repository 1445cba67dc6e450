"""Every hard rule has a sentence for the coordinator and a short word for the funnel."""

from solver import check
from solver.problem import DatedTag, LabelLimit, Limits, Person, Problem, Shift
from volunteer_app.rosters import words


def test_every_rule_has_its_words() -> None:
    assert set(words.RULES) == set(check.RULE_NAMES)
    assert set(words.FUNNEL) - {"held", "limit_zero"} == set(check.RULE_NAMES) - {"pin"}


def test_sentence_names_what_it_is_about() -> None:
    limits = Limits(labels_per_week=(LabelLimit("night", 2),), days_in_row=6)
    ann = Person("1", limits=limits, dated_tags=(DatedTag("insured", None, 3),))
    shift = Shift("7", "duty", "G1", 4, 0, 5760, 5880, 1, 1, 1, requires=frozenset({"insured"}))
    problem = Problem(7, (ann,), (shift,))

    def said(broken: check.Violation) -> str:
        return str(words.rule_words(problem, broken, name="安", person="1", shift="7"))

    assert said(check.Violation("week_labels", "1", "", 3, 2, label="night")) == "安每周最多2个夜里的班"
    assert said(check.Violation("days_in_row", "1", "", 7, 6, 0)) == "安最多连着6天有班"
    assert said(check.Violation("lapsed", "1", "7")) == "安那一天不合这个班的要求：有保险的人"
