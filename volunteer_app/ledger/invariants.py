"""What is true of right books: one query for each invariant, which finds the rows that break it.

The same SQL runs on SQLite and PostgreSQL. Nothing that is stored twice is trusted once.
"""

from dataclasses import dataclass

from volunteer_app.ledger import rules


@dataclass(frozen=True, slots=True)
class Check:
    """`query` gives (row, seq, what) of broken rows of community `:c`, the first one first."""

    invariant: str
    query: str


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


def told_content() -> str:
    """The fingerprint of an ending that hands nothing over, by its state."""
    cases = " ".join(f"WHEN '{state}' THEN '{rules.content_of(state, [])}'" for state in ("released", "expired"))
    return f"CASE h.state {cases} ELSE t.content END"


CHECKS = (
    Check(
        "every transaction is balanced in each unit and has two legs at least",
        """SELECT 'txn ' || t.seq, t.seq, 'sum of ' || COALESCE(p.unit, 'no unit') || ' is ' ||
        COALESCE(SUM(p.amount), 0)
        FROM ledger_txn t LEFT JOIN ledger_posting p ON p.community_id = t.community_id AND p.txn_seq = t.seq
        WHERE t.community_id = :c GROUP BY t.seq, p.unit HAVING COALESCE(SUM(p.amount), 0) <> 0 OR COUNT(p.id) < 2
        ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "every posting belongs to a transaction and to an account of its community and unit",
        """SELECT 'posting ' || p.id, p.txn_seq, 'no such transaction or account' FROM ledger_posting p
        LEFT JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.txn_seq
        LEFT JOIN ledger_account a ON a.community_id = p.community_id AND a.id = p.account_id AND a.unit = p.unit
        WHERE p.community_id = :c AND (t.id IS NULL OR a.id IS NULL) ORDER BY p.txn_seq, p.leg LIMIT 1""",
    ),
    Check(
        "all accounts of a unit together are nothing",
        """SELECT 'unit ' || p.unit, NULL, 'sum is ' || SUM(p.amount) FROM ledger_posting p
        WHERE p.community_id = :c GROUP BY p.unit HAVING SUM(p.amount) <> 0 ORDER BY p.unit LIMIT 1""",
    ),
    Check(
        "a stored balance is the sum of the postings",
        """SELECT 'account ' || a.id, NULL, 'stored ' || a.posted || ', postings ' ||
        COALESCE(SUM(p.amount), 0)
        FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id
        WHERE a.community_id = :c AND (a.least IS NOT NULL OR a.most IS NOT NULL)
        GROUP BY a.id, a.posted, a.version HAVING a.posted <> COALESCE(SUM(p.amount), 0) OR a.version <> COUNT(p.id)
        ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "an account without limits stores no balance",
        """SELECT 'account ' || a.id, NULL, 'stored ' || a.posted || ' after ' || a.version || ' postings'
        FROM ledger_account a WHERE a.community_id = :c AND a.least IS NULL AND a.most IS NULL
        AND (a.posted <> 0 OR a.version <> 0) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "each posting says the balance after it, in the order of the account's versions",
        """SELECT 'posting ' || id, txn_seq, 'balance after is ' || COALESCE(balance_after, 0) || ', should
        be ' || total
        FROM (SELECT p.id, p.txn_seq, p.balance_after, p.account_version,
          SUM(p.amount) OVER (PARTITION BY p.account_id ORDER BY p.account_version) AS total,
          ROW_NUMBER() OVER (PARTITION BY p.account_id ORDER BY p.txn_seq) AS place
          FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id
          WHERE p.community_id = :c AND (a.least IS NOT NULL OR a.most IS NOT NULL)) AS told
        WHERE balance_after IS NULL OR balance_after <> total OR account_version <> place ORDER BY txn_seq LIMIT 1""",
    ),
    Check(
        "no account was ever beyond its limit",
        """SELECT 'posting ' || p.id, p.txn_seq, 'balance after is ' || p.balance_after FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id
        WHERE p.community_id = :c AND (p.balance_after < a.least OR p.balance_after > a.most)
        ORDER BY p.txn_seq LIMIT 1""",
    ),
    Check(
        "a member's sums of what was earned, spent and expired are those of the postings",
        f"""SELECT 'account ' || a.id, NULL, 'earned ' || a.earned || ', spent ' || a.spent || ', expired ' || a.expired
        FROM ledger_account a LEFT JOIN ledger_posting p ON p.account_id = a.id
        LEFT JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.txn_seq
        WHERE a.community_id = :c GROUP BY a.id, a.kind, a.earned, a.spent, a.expired
        HAVING a.earned <> {told("earned")} OR a.spent <> {told("spent")} OR a.expired <> {told("expired")}
        ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "limits are those of the kind of account",
        f"""SELECT 'account ' || a.id, NULL, a.kind || ' without its limit' FROM ledger_account a
        WHERE a.community_id = :c AND ({beyond_kind()}) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "nobody owes points while having some",
        """SELECT 'account ' || d.id, NULL, d.owner || ' owes ' || -d.posted || ' and has ' || a.posted
        FROM ledger_account d JOIN ledger_account a ON a.community_id = d.community_id AND a.owner = d.owner
          AND a.kind = 'points' AND a.unit = d.unit
        WHERE d.community_id = :c AND d.kind = 'debt' AND d.posted < 0 AND a.posted > 0 ORDER BY d.id LIMIT 1""",
    ),
    Check(
        "what is held is the sum of the open holds",
        """SELECT 'account ' || a.id, NULL, 'held ' || a.posted || ', open holds ' || COALESCE(SUM(l.amount), 0)
        FROM ledger_account a LEFT JOIN (SELECT line.kept_id, line.amount FROM ledger_hold_line line
          JOIN ledger_hold h ON h.id = line.hold_id AND h.state = 'open') AS l ON l.kept_id = a.id
        WHERE a.community_id = :c AND a.kind IN ('held', 'on_hold') GROUP BY a.id, a.posted
        HAVING a.posted <> COALESCE(SUM(l.amount), 0) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "a hold was opened by the transaction that names it",
        """SELECT 'hold ' || h.id, h.opened_seq, h.cause || ' has no such transaction or no lines' FROM ledger_hold h
        LEFT JOIN ledger_txn t ON t.community_id = h.community_id AND t.seq = h.opened_seq AND t.cause = h.cause
          AND t.kind = 'hold'
        WHERE h.community_id = :c AND (t.id IS NULL OR h.state NOT IN ('open', 'collected', 'released', 'expired')
          OR (h.state = 'open') <> (h.closed_seq IS NULL)
          OR NOT EXISTS (SELECT 1 FROM ledger_hold_line l WHERE l.community_id = h.community_id AND l.hold_id = h.id))
        ORDER BY h.opened_seq LIMIT 1""",
    ),
    Check(
        "row numbers follow the order of the chain",
        """SELECT 'txn ' || seq, seq, 'is row ' || id || ' after row ' || before FROM (SELECT t.seq, t.id,
          LAG(t.id) OVER (ORDER BY t.seq) AS before FROM ledger_txn t WHERE t.community_id = :c) AS told
        WHERE id <= before ORDER BY seq LIMIT 1""",
    ),
    Check(
        "a closed hold was closed by the one transaction that continues it, and collected what that one says",
        f"""SELECT 'hold ' || h.id, NULL, 'is ' || h.state FROM ledger_hold h
        JOIN ledger_hold_line l ON l.hold_id = h.id
        LEFT JOIN ledger_txn t ON t.community_id = h.community_id AND t.seq = h.closed_seq
          AND t.continues_seq = h.opened_seq AND t.cause = 'close:' || h.cause
          AND t.kind = CASE h.state WHEN 'collected' THEN 'collect' ELSE 'release' END
          AND t.content = {told_content()}
        WHERE h.community_id = :c AND ((h.state <> 'open' AND t.id IS NULL)
          OR (h.state <> 'collected' AND (l.collected <> 0 OR l.refunded <> 0))
          OR l.collected > l.amount OR l.refunded > l.collected) ORDER BY h.opened_seq LIMIT 1""",
    ),
    Check(
        "what a hold's lines say was collected and refunded is what was posted",
        """SELECT 'hold ' || h.id, NULL, 'lines say ' || l.net || ', postings ' || COALESCE(SUM(p.amount), 0)
        FROM ledger_hold h
        JOIN (SELECT hold_id, to_id, SUM(collected - refunded) AS net FROM ledger_hold_line GROUP BY
        hold_id, to_id) AS l
          ON l.hold_id = h.id
        LEFT JOIN ledger_txn t ON t.community_id = h.community_id AND t.continues_seq = h.opened_seq
        LEFT JOIN ledger_posting p ON p.community_id = t.community_id AND p.txn_seq = t.seq AND p.account_id = l.to_id
        WHERE h.community_id = :c GROUP BY h.id, h.opened_seq, l.to_id, l.net
        HAVING l.net <> COALESCE(SUM(p.amount), 0) ORDER BY h.opened_seq LIMIT 1""",
    ),
    Check(
        "what is left of a lot is its amount less what was taken from it",
        """SELECT 'lot ' || l.id, NULL, 'left ' || l.remaining || ', should be ' || (l.amount -
        COALESCE(SUM(u.amount), 0))
        FROM ledger_lot l LEFT JOIN ledger_lot_use u ON u.lot_id = l.id
        WHERE l.community_id = :c GROUP BY l.id, l.origin_seq, l.remaining, l.amount
        HAVING l.remaining <> l.amount - COALESCE(SUM(u.amount), 0) ORDER BY l.origin_seq, l.id LIMIT 1""",
    ),
    Check(
        "no lot ever gave more than it had or got back more than it gave",
        """SELECT 'lot use ' || id, txn_seq, 'taken in all ' || total || ' of ' || amount
        FROM (SELECT u.id, u.txn_seq, l.amount, SUM(u.amount) OVER (PARTITION BY u.lot_id ORDER BY u.txn_seq) AS total
          FROM ledger_lot_use u JOIN ledger_lot l ON l.id = u.lot_id WHERE u.community_id = :c) AS told
        WHERE total < 0 OR total > amount ORDER BY txn_seq LIMIT 1""",
    ),
    Check(
        "a member's lots add up to the member's points",
        """SELECT 'account ' || a.id, NULL, 'points ' || a.posted || ', lots ' || COALESCE(SUM(l.remaining), 0)
        FROM ledger_account a LEFT JOIN ledger_lot l ON l.account_id = a.id
        WHERE a.community_id = :c AND a.kind = 'points' GROUP BY a.id, a.posted
        HAVING a.posted <> COALESCE(SUM(l.remaining), 0) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "a cause is posted once and a transaction reversed once",
        """SELECT 'txn ' || t.seq, t.seq, 'repeats txn ' || o.seq FROM ledger_txn t
        JOIN ledger_txn o ON o.community_id = t.community_id AND o.seq < t.seq
          AND (o.cause = t.cause OR o.reverses_seq = t.reverses_seq)
        WHERE t.community_id = :c ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "maker and checker are two people",
        """SELECT 'txn ' || t.seq, t.seq, 'person ' || t.actor_id || ' checked himself' FROM ledger_txn t
        WHERE t.community_id = :c AND t.checker_id = t.actor_id ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "corrections have two people's names",
        f"""SELECT 'txn ' || t.seq, t.seq, t.kind || ' by one person' FROM ledger_txn t
        WHERE t.community_id = :c AND t.kind IN {rules.TWO_PEOPLE} AND (t.actor_id IS NULL OR t.checker_id IS NULL)
        ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "nothing was recorded into a period after it was closed",
        """SELECT 'txn ' || t.seq, t.seq, 'is later than entry ' || p.last_seq FROM ledger_txn t
        JOIN ledger_period p ON p.community_id = t.community_id AND p.reopened_at IS NULL
          AND p.starts_at <= t.recorded_at AND p.ends_at > t.recorded_at AND t.seq > p.last_seq
        WHERE t.community_id = :c ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "a closed period ends with the entry that it names",
        """SELECT 'period ' || p.id, p.last_seq, 'entry ' || p.last_seq || ' has another hash' FROM ledger_period p
        LEFT JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.last_seq
        WHERE p.community_id = :c AND p.last_seq > 0 AND (t.hash IS NULL OR t.hash <> p.last_hash)
        ORDER BY p.last_seq LIMIT 1""",
    ),
    Check(
        "transactions are numbered without gaps, in the order of time",
        """SELECT 'txn ' || seq, seq, 'follows ' || COALESCE(before, 0) FROM (SELECT t.seq, t.recorded_at,
          LAG(t.seq) OVER (ORDER BY t.seq) AS before, LAG(t.recorded_at) OVER (ORDER BY t.seq) AS earlier
          FROM ledger_txn t WHERE t.community_id = :c) AS told
        WHERE seq <> COALESCE(before, 0) + 1 OR recorded_at < earlier ORDER BY seq LIMIT 1""",
    ),
)
