"""Of accounts, their limits and what they stood at: I3, I4, I11, I12, I15."""

from volunteer_app.ledger import rules
from volunteer_app.ledger.invariants.check import Check


def told(name: str) -> str:
    """What the postings of account `a` add to one of a member's sums."""
    sign = "" if name == "earned" else "-"
    kinds = ", ".join(f"'{kind}'" for kind, sum_ in rules.SUMS.items() if sum_ == name)
    gift = {"earned": "OR (t.kind = 'give' AND p.amount > 0)", "spent": "OR (t.kind = 'give' AND p.amount < 0)"}
    counted = f"a.kind IN {rules.MEMBER_KINDS} AND (t.kind IN ({kinds}) {gift.get(name, '')})"
    return f"COALESCE(SUM(CASE WHEN {counted} THEN {sign}p.amount ELSE 0 END), 0)"


def beyond_kind() -> str:
    """The account's limits aren't those of rules.LIMITS, or it has one that its kind hasn't."""
    wrong = [f"(a.kind NOT IN {tuple(rules.LIMITS)} AND (a.least IS NOT NULL OR a.most IS NOT NULL))"]
    for kind, limits in rules.LIMITS.items():
        for column, limit in zip(("least", "most"), limits, strict=True):
            is_wrong = f"a.{column} IS NOT NULL" if limit is None else f"COALESCE(a.{column}, -1) <> {limit}"
            wrong.append(f"(a.kind = '{kind}' AND {is_wrong})")
    return " OR ".join(wrong)


CHECKS = (
    Check(
        "I3a",
        "a stored balance is the sum of the postings",
        """SELECT 'account ' || a.id, NULL, 'stored ' || a.posted || ', postings ' ||
        COALESCE(SUM(p.amount), 0)
        FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id
        WHERE a.community_id = :c AND (a.least IS NOT NULL OR a.most IS NOT NULL)
        GROUP BY a.id, a.posted, a.version HAVING a.posted <> COALESCE(SUM(p.amount), 0) OR a.version <> COUNT(p.leg)
        ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "I3b",
        "each posting says the balance after it, in the order of the account's versions",
        """SELECT 'posting ' || txn_seq || '/' || leg, txn_seq, 'balance after is ' || COALESCE(balance_after, 0)
          || ', should be ' || total
        FROM (SELECT p.leg, p.txn_seq, p.balance_after, p.account_version,
          SUM(p.amount) OVER (PARTITION BY p.account_id ORDER BY p.account_version) AS total,
          ROW_NUMBER() OVER (PARTITION BY p.account_id ORDER BY p.txn_seq) AS place
          FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
          WHERE p.community_id = :c AND (a.least IS NOT NULL OR a.most IS NOT NULL)) AS told
        WHERE balance_after IS NULL OR balance_after <> total OR account_version <> place ORDER BY txn_seq LIMIT 1""",
    ),
    Check(
        "I3c",
        "an account without limits stores no balance",
        """SELECT 'account ' || a.id, NULL, 'stored ' || a.posted || ' after ' || a.version || ' postings'
        FROM ledger_account a WHERE a.community_id = :c AND a.least IS NULL AND a.most IS NULL
        AND (a.posted <> 0 OR a.version <> 0) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "I3d",
        "a member's sums of what was earned, spent and expired are those of the postings",
        f"""SELECT 'account ' || a.id, NULL, 'earned ' || a.earned || ', spent ' || a.spent || ', expired ' || a.expired
        FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id
        LEFT JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.txn_seq
        WHERE a.community_id = :c GROUP BY a.id, a.kind, a.earned, a.spent, a.expired
        HAVING a.earned <> {told("earned")} OR a.spent <> {told("spent")} OR a.expired <> {told("expired")}
        ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "I4a",
        "no account was ever beyond its limit",
        """SELECT 'posting ' || p.txn_seq || '/' || p.leg, p.txn_seq, 'balance after is ' || p.balance_after
        FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
        WHERE p.community_id = :c AND (p.balance_after < a.least OR p.balance_after > a.most)
        ORDER BY p.txn_seq LIMIT 1""",
    ),
    Check(
        "I4b",
        "limits are those of the kind of account",
        f"""SELECT 'account ' || a.id, NULL, a.kind || ' without its limit' FROM ledger_account a
        WHERE a.community_id = :c AND ({beyond_kind()}) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "I4c",
        "nobody owes points while having some",
        """SELECT 'account ' || d.id, NULL, d.owner || ' owes ' || -d.posted || ' and has ' || a.posted
        FROM ledger_account d JOIN ledger_account a ON a.community_id = d.community_id AND a.owner = d.owner
          AND a.kind = 'points' AND a.unit = d.unit
        WHERE d.community_id = :c AND d.kind = 'debt' AND d.posted < 0 AND a.posted > 0 ORDER BY d.id LIMIT 1""",
    ),
    Check(
        "I11a",
        "never was more credited than had been funded",
        """SELECT 'posting ' || txn_seq || '/' || leg, txn_seq, 'the budget stood at ' || total
        FROM (SELECT p.leg, p.txn_seq, SUM(p.amount) OVER (PARTITION BY p.account_id ORDER BY p.txn_seq) AS total
          FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
          WHERE p.community_id = :c AND a.kind = 'budget') AS told
        WHERE total < 0 ORDER BY txn_seq LIMIT 1""",
    ),
    Check(
        "I12a",
        "never was more taken from a shelf than lay there",
        """SELECT 'posting ' || txn_seq || '/' || leg, txn_seq, kind || ' stood at ' || total
        FROM (SELECT p.leg, p.txn_seq, a.kind,
          SUM(p.amount) OVER (PARTITION BY p.account_id ORDER BY p.txn_seq) AS total
          FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
          WHERE p.community_id = :c AND a.kind IN ('on_hand', 'on_hold', 'on_loan', 'set_aside')) AS told
        WHERE total < 0 ORDER BY txn_seq LIMIT 1""",
    ),
    Check(
        "I15a",
        "a balance at any past moment is the sum of what was recorded until then",
        """SELECT 'posting ' || txn_seq || '/' || leg, txn_seq, 'said ' || balance_after
          || ', recorded until then ' || total FROM (SELECT p.leg, p.txn_seq, p.balance_after,
          SUM(p.amount) OVER (PARTITION BY p.account_id ORDER BY t.recorded_at) AS total,
          ROW_NUMBER() OVER (PARTITION BY p.account_id, t.recorded_at ORDER BY p.txn_seq DESC) AS from_last
          FROM ledger_posting p JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.txn_seq
          WHERE p.community_id = :c AND p.balance_after IS NOT NULL) AS told
        WHERE from_last = 1 AND balance_after <> total ORDER BY txn_seq LIMIT 1""",
    ),
)
