"""What stands between hours and books: each award has its credit, stays under the caps, and rests on its record."""

from volunteer_app.ledger.invariants.check import Check
from volunteer_app.rewards.rules import DEFAULT


def figure(name: str, default: int) -> str:
    """A figure of the rules `r` that an award was worked out with."""
    return f"COALESCE(CAST(r.rules ->> '{name}' AS INTEGER), {default})"


def capped(name: str, default: int, span: str) -> str:
    """Who was credited more within a span than the cap of the rules allows."""
    return f"""SELECT 'award ' || MAX(w.id), NULL, 'person ' || w.person_id || ' has ' || SUM(w.points) || ' points of '
        || {span} FROM award w LEFT JOIN points_rule r ON r.community_id = w.community_id AND r.id = w.rule_id
        WHERE w.community_id = :c AND w.state = 'credited' GROUP BY w.person_id, {span}
        HAVING SUM(w.points) > MAX({figure(name, default)}) ORDER BY MAX(w.id) LIMIT 1"""


DAY, MONTH = "CAST(w.served_on AS TEXT)", "SUBSTR(CAST(w.served_on AS TEXT), 1, 7)"

CHECKS = (
    Check(
        "I7c",
        "each award was credited once, with the points that it says",
        """SELECT 'award ' || w.id, t.seq, 'says ' || w.points || ', credited ' || COALESCE(-p.amount, 0) FROM award w
        LEFT JOIN ledger_txn t ON t.community_id = w.community_id AND t.id = w.txn_id AND t.kind = 'issue'
          AND t.cause || ':' LIKE 'service_record:' || w.service_record_id || ':%'
        LEFT JOIN (ledger_posting p JOIN ledger_account a ON a.id = p.account_id AND a.kind = 'budget')
          ON p.community_id = t.community_id AND p.txn_seq = t.seq
        WHERE w.community_id = :c AND w.points <> COALESCE(-p.amount, 0) ORDER BY w.id LIMIT 1""",
    ),
    Check("I11b", "nobody was credited beyond the day's cap", capped("day_cap", DEFAULT.day_cap, DAY)),
    Check("I11c", "nobody was credited beyond the month's cap", capped("month_cap", DEFAULT.month_cap, MONTH)),
    Check(
        "I17",
        "the hours under a credit are those that it was worked out from",
        f"""SELECT 'award ' || w.id, NULL, 'is not of the ' || s.credited_minutes || ' minutes of record ' || s.id
        FROM award w JOIN service_record s ON s.community_id = w.community_id AND s.id = w.service_record_id
        LEFT JOIN points_rule r ON r.community_id = w.community_id AND r.id = w.rule_id
        WHERE w.community_id = :c AND (w.person_id <> s.person_id OR (w.uncapped <> 0 AND w.uncapped <>
          s.credited_minutes / 30 * 30 * {figure("points_per_hour", DEFAULT.points_per_hour)} * w.coefficient_pct
          / 6000)) ORDER BY w.id LIMIT 1""",
    ),
)
