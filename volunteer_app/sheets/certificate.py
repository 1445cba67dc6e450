"""A service certificate as a sheet: the blocks of the ministry's form (2015): who, what, issuer, number and date."""

from sqlalchemy.orm import Session

from volunteer_app.core.clock import local_date
from volunteer_app.core.language import N_, Text
from volunteer_app.credentials.models import Certificate
from volunteer_app.credentials.queries import Served, covered
from volunteer_app.places.models import Community
from volunteer_app.sheets.table import Cell, Column, Sheet

COLUMNS = (
    Column(N_("日期"), "date"),
    Column(N_("活动")),
    Column(N_("服务时长（分钟）"), "number"),
)


def certificate_sheet(session: Session, found: Certificate, here: Community) -> Sheet:
    """Every service that counted at issue stands in it; a revoked one says so in its title, what changed since at the
    foot.
    """
    services = covered(session, found)
    rows: list[list[Cell]] = [
        [record.served_on, record.shift.kind.name, record.minutes] for record in services.services
    ]
    days: dict[str, object] = {"first": found.from_on.isoformat(), "last": found.to_on.isoformat()}
    return Sheet(
        title=N_("志愿服务记录证明（已作废）") if found.revocation else N_("志愿服务记录证明"),
        columns=COLUMNS,
        rows=rows,
        facts=[
            Text(N_("证明编号%(number)s"), {"number": found.number}),
            f"{found.person.name} {found.person.number}",
            Text(N_("%(first)s 到 %(last)s"), days),
        ],
        figures=[(Text(N_("服务次数")), found.times), (Text(N_("服务时长（分钟）")), found.minutes)],
        foot=[
            *changed(services.now),
            here.issuer,
            local_date(found.issued_at, here.zone).isoformat(),
            Text(N_("盖章有效。真不真，在本站“查证明”里输编号看，或者拨%(phone)s。"), {"phone": here.contact_phone}),
        ],
        internal=False,
    )


def changed(now: Served | None) -> list[Text]:
    """That hours were corrected after issue, with the figures of today."""
    if now is None:
        return []
    words = N_("发证以后时长有更正：今天算下来，这段时间一共%(times)d次，%(minutes)d分钟。")
    return [Text(words, {"times": now.times, "minutes": now.minutes})]
