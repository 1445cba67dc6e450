"""What stands between hours and books: a changed row is named by its invariant's number."""

from sqlalchemy import text

from tests.volunteer_app.attendance.factory import Month
from tests.volunteer_app.ledger.test_invariants import without_keys
from tests.volunteer_app.rewards.test_credit import final
from volunteer_app.ledger.verify import verify
from volunteer_app.rewards.invariants import CHECKS

TAMPERINGS = {
    "I7c": "UPDATE award SET points = points - 1",
    "I11b": "UPDATE award SET points = 61",
    "I11c": "UPDATE award SET points = 601",
    "I17": "UPDATE service_record SET credited_minutes = credited_minutes + 30",
}


def test_every_invariant_of_credits_is_named_when_it_is_broken(month: Month) -> None:
    final(month, month.served(month.volunteer()))
    session, here = month.session, month.community.id
    session.rollback()
    assert verify(session, here) == []
    session.rollback()
    assert [check.number for check in CHECKS] == list(TAMPERINGS)

    unnamed = []
    for number, statement in TAMPERINGS.items():
        without_keys(session, "service_record" if number == "I17" else "award")
        assert session.execute(text(statement)).rowcount > 0, number  # type: ignore[attr-defined]
        if number not in {finding.number for finding in verify(session, here)}:
            unnamed.append(number)
        session.rollback()

    assert unnamed == []
