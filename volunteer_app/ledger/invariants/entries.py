"""Of transactions and their postings: I1, I2, I7 to I10, I13."""

from volunteer_app.ledger import rules
from volunteer_app.ledger.invariants.check import Check

CHECKS = (
    Check(
        "I1",
        "every transaction is balanced in each unit and has two legs at least",
        """SELECT 'txn ' || t.seq, t.seq, 'sum of ' || COALESCE(p.unit, 'no unit') || ' is ' ||
        COALESCE(SUM(p.amount), 0)
        FROM ledger_txn t LEFT JOIN ledger_posting p ON p.community_id = t.community_id AND p.txn_seq = t.seq
        WHERE t.community_id = :c GROUP BY t.seq, p.unit HAVING COALESCE(SUM(p.amount), 0) <> 0 OR COUNT(p.leg) < 2
        ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "I2",
        "all accounts of a unit together are nothing",
        """SELECT 'unit ' || p.unit, NULL, 'sum is ' || SUM(p.amount) FROM ledger_posting p
        WHERE p.community_id = :c GROUP BY p.unit HAVING SUM(p.amount) <> 0 ORDER BY p.unit LIMIT 1""",
    ),
    Check(
        "I7a",
        "a cause is posted once and a transaction reversed once",
        """SELECT 'txn ' || t.seq, t.seq, 'repeats txn ' || o.seq FROM ledger_txn t
        JOIN ledger_txn o ON o.community_id = t.community_id AND o.seq < t.seq
          AND (o.cause = t.cause OR o.reverses_seq = t.reverses_seq)
        WHERE t.community_id = :c ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "I8",
        "every transaction keeps the fingerprint of what was asked for, so that a repeat is known",
        """SELECT 'txn ' || t.seq, t.seq, 'has no fingerprint of 32 bytes' FROM ledger_txn t
        WHERE t.community_id = :c AND LENGTH(t.content) <> 32 ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "I9a",
        "every posting belongs to a transaction and to an account of its community and unit",
        """SELECT 'posting ' || p.txn_seq || '/' || p.leg, p.txn_seq, 'no such transaction or account'
        FROM ledger_posting p LEFT JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.txn_seq
        LEFT JOIN ledger_account a ON a.community_id = p.community_id AND a.id = p.account_id AND a.unit = p.unit
        WHERE p.community_id = :c AND (t.id IS NULL OR a.id IS NULL) ORDER BY p.txn_seq, p.leg LIMIT 1""",
    ),
    Check(
        "I9b",
        "lots, their uses and lines of holds belong to transactions, accounts and holds of their community",
        """SELECT row, seq, 'belongs to nothing here' FROM (
          SELECT 'lot ' || l.id AS row, l.origin_seq AS seq FROM ledger_lot l
          LEFT JOIN ledger_txn t ON t.community_id = l.community_id AND t.seq = l.origin_seq
          LEFT JOIN ledger_account a ON a.community_id = l.community_id AND a.id = l.account_id
          WHERE l.community_id = :c AND (t.id IS NULL OR a.id IS NULL)
          UNION ALL SELECT 'lot use ' || u.id, u.txn_seq FROM ledger_lot_use u
          LEFT JOIN ledger_txn t ON t.community_id = u.community_id AND t.seq = u.txn_seq
          LEFT JOIN ledger_lot l ON l.community_id = u.community_id AND l.id = u.lot_id
          WHERE u.community_id = :c AND (t.id IS NULL OR l.id IS NULL)
          UNION ALL SELECT 'hold line ' || n.id, NULL FROM ledger_hold_line n
          LEFT JOIN ledger_hold h ON h.community_id = n.community_id AND h.id = n.hold_id
          WHERE n.community_id = :c AND (h.id IS NULL OR 3 <> (SELECT COUNT(*) FROM ledger_account a
            WHERE a.community_id = n.community_id AND a.unit = n.unit AND a.id IN (n.from_id, n.kept_id, n.to_id)))
        ) AS parts ORDER BY seq LIMIT 1""",
    ),
    Check(
        "I10a",
        "maker and checker are two people",
        """SELECT 'txn ' || t.seq, t.seq, 'person ' || t.actor_id || ' checked himself' FROM ledger_txn t
        WHERE t.community_id = :c AND t.checker_id = t.actor_id ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "I10b",
        "corrections have two people's names",
        f"""SELECT 'txn ' || t.seq, t.seq, t.kind || ' by one person' FROM ledger_txn t
        WHERE t.community_id = :c AND t.kind IN {rules.TWO_PEOPLE} AND (t.actor_id IS NULL OR t.checker_id IS NULL)
        ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "I13a",
        "transactions are numbered without gaps, in the order of time",
        """SELECT 'txn ' || seq, seq, 'follows ' || COALESCE(before, 0) FROM (SELECT t.seq, t.recorded_at,
          LAG(t.seq) OVER (ORDER BY t.seq) AS before, LAG(t.recorded_at) OVER (ORDER BY t.seq) AS earlier
          FROM ledger_txn t WHERE t.community_id = :c) AS told
        WHERE seq <> COALESCE(before, 0) + 1 OR recorded_at < earlier ORDER BY seq LIMIT 1""",
    ),
    Check(
        "I13b",
        "row numbers follow the order of the chain",
        """SELECT 'txn ' || seq, seq, 'is row ' || id || ' after row ' || before FROM (SELECT t.seq, t.id,
          LAG(t.id) OVER (ORDER BY t.seq) AS before FROM ledger_txn t WHERE t.community_id = :c) AS told
        WHERE id <= before ORDER BY seq LIMIT 1""",
    ),
    Check(
        "I13e",
        "nothing was recorded into a period after it was closed",
        """SELECT 'txn ' || t.seq, t.seq, 'is later than entry ' || p.last_seq FROM ledger_txn t
        JOIN ledger_period p ON p.community_id = t.community_id AND p.reopened_at IS NULL
          AND p.starts_at <= t.recorded_at AND p.ends_at > t.recorded_at AND t.seq > p.last_seq
        WHERE t.community_id = :c ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "I13f",
        "a closed period ends with the entry that it names",
        """SELECT 'period ' || p.id, p.last_seq, 'entry ' || p.last_seq || ' has another hash' FROM ledger_period p
        LEFT JOIN ledger_txn t ON t.community_id = p.community_id AND t.seq = p.last_seq
        WHERE p.community_id = :c AND p.last_seq > 0 AND (t.hash IS NULL OR t.hash <> p.last_hash)
        ORDER BY p.last_seq LIMIT 1""",
    ),
    Check(
        "I10c",
        "an approved proposal says what it became in the chain",
        """SELECT 'proposal ' || p.id, p.txn_seq, 'is ' || p.state FROM ledger_proposal p
        LEFT JOIN ledger_txn t ON t.community_id = p.community_id AND t.cause = 'proposal:' || p.id
        WHERE p.community_id = :c AND (
          (p.state = 'approved' AND p.kind <> 'reopen') <> (t.seq IS NOT NULL)
          OR t.seq <> COALESCE(p.txn_seq, 0) OR (t.seq IS NULL AND p.txn_seq IS NOT NULL) OR t.kind <> p.kind
          OR t.actor_id <> p.decided_by_id OR t.checker_id <> p.proposed_by_id OR t.recorded_at < p.proposed_at)
        ORDER BY p.id LIMIT 1""",
    ),
)
