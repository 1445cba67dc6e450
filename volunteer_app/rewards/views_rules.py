"""Page: the points rules with their versions, a new one, and last month worked out under it."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from volunteer_app.attendance import queries as attendance
from volunteer_app.attendance.models import ServiceRecord
from volunteer_app.core.audit import Actor
from volunteer_app.core.errors import AppError
from volunteer_app.core.language import N_, Text
from volunteer_app.people.rules import age_band
from volunteer_app.rewards import actions, queries, schemas
from volunteer_app.rewards.rules import Rules, from_json
from volunteer_app.rewards.views import blueprint
from volunteer_app.web.access import access, local_today, viewer
from volunteer_app.web.database import db
from volunteer_app.web.forms import Answer, Done, Form, act, read_form
from volunteer_app.web.language import gettext, translate


@blueprint.get("/rules")
@access("admin", "coordinator", "auditor")
def rules() -> str:
    return draw_rules(Form())


def draw_rules(form: Form, refusal: AppError | None = None, preview: dict[str, Any] | None = None) -> str:
    session = db.session()
    found = queries.versions(session)
    present = queries.version_on(found, local_today())
    return render_template(
        "rewards/rules.html",
        form=form,
        present=present,
        figures=figures_of(present.rules),
        versions=[{"row": row, "figures": figures_of(from_json(row.rules))} for row in found],
        names=FIGURE_NAMES,
        earliest=local_today() + timedelta(days=1),
        may_change="admin" in viewer().roles,
        preview=preview,
        refusal=translate(refusal.text) if refusal else "",
    )


FIGURE_NAMES = {
    "points_per_hour": N_("每小时几分"),
    "level_L1": N_("平常，百分之几"),
    "level_L2": N_("晚上、河道、探访、消防、长假休息日，百分之几"),
    "level_L3": N_("夜里、法定节假日、急事，百分之几"),
    "leader_pct": N_("带队另加几个百分点"),
    "most_pct": N_("加起来最多百分之几"),
    "activity_cap": N_("一次最多几分"),
    "day_cap": N_("一天最多几分"),
    "month_cap": N_("一个月最多几分"),
    "bonus_referral": N_("推荐新志愿者，几分"),
    "bonus_suggestion": N_("建议被采纳，几分"),
    "bonus_monthly_review": N_("月评比得旗，每人几分"),
    "bonus_small_deed": N_("随手帮，几分"),
    "small_deeds_a_day": N_("随手帮一天最多几次"),
    "valid_months": N_("积分管几个月"),
    "star_1": N_("一星要几小时"),
    "star_2": N_("二星要几小时"),
    "star_3": N_("三星要几小时"),
    "star_4": N_("四星要几小时"),
    "star_5": N_("五星要几小时"),
}


def figures_of(found: Rules) -> dict[str, int]:
    """The rules as the form's figures."""
    levels = {f"level_{name}": pct for name, pct in found.levels_pct.items()}
    given = {f"bonus_{name}": points for name, points in found.bonuses.items()}
    plain = {name: getattr(found, name) for name in FIGURE_NAMES if not name.startswith(("level_", "bonus_", "star_"))}
    stars = {f"star_{n}": hours for n, hours in enumerate(found.star_hours, 1)}
    return plain | levels | given | stars


@blueprint.post("/rules")
@access("admin")
def add_rules() -> Answer:
    """Adds a version; the button `do` may only work out last month under it."""
    form = read_form(schemas.RULES_FORM())
    if form.errors:
        return draw_rules(form), 422
    values = {name: form.values[name] for name in FIGURE_NAMES}
    present = queries.rules_on(db.session(), local_today()).rules
    new = actions.changed(present, **values)
    if request.form.get("do") == "preview":
        return draw_rules(form, preview=preview_of(new))

    def work(session: Session, actor: Actor, moment: datetime) -> Done:
        made = actions.adopt_rules(session, new, effective_from=form.values["effective_from"], actor=actor, now=moment)
        return Done(url_for("rewards.rules"), Text(N_("第%(n)d版记下了，到日子自己生效。"), {"n": made.version}))

    def refused(error: AppError) -> str:
        form.errors["effective_from"] = [error.text]
        return draw_rules(form)

    return act(work, refused=refused)


def preview_of(new: Rules) -> dict[str, Any]:
    """Last month's services by the rules of their days and by the new ones."""
    session, community_id = db.session(), viewer().community_id
    after = local_today().replace(day=1)
    first = (after - timedelta(days=1)).replace(day=1)
    statement = attendance.records().where(
        ServiceRecord.served_on >= first,
        ServiceRecord.served_on < after,
        ServiceRecord.state.in_(attendance.COUNTED_STATES),
    )
    records = list(session.scalars(statement))
    cases = [queries.case_of(record) for record in records]
    old, now = queries.values(session, community_id, cases), queries.values(session, community_id, cases, rules=new)
    bands: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for record, case in zip(records, cases, strict=True):
        band = bands[age_band(record.person.age_on(first)) or gettext(N_("年龄不详"))]
        band[0] += old[case.key].points
        band[1] += now[case.key].points
    return {
        "month": first,
        "services": len(cases),
        "before": sum(worth.points for worth in old.values()),
        "after": sum(worth.points for worth in now.values()),
        "bands": [{"band": band, "before": before, "after": after} for band, (before, after) in sorted(bands.items())],
    }
