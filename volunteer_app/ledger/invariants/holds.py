"""Of holds and how they end: I5, I7, I14."""

from volunteer_app.ledger import rules
from volunteer_app.ledger.invariants.check import Check

UNDONE = {state: bytes.fromhex(rules.content_of(state, [])) for state in ("released", "expired")}
"""The fingerprint of an ending that hands nothing over, by its state."""

CHECKS = (
    Check(
        "I5a",
        "what is held is the sum of the open holds",
        """SELECT 'account ' || a.id, NULL, 'held ' || a.posted || ', open holds ' || COALESCE(SUM(l.amount), 0)
        FROM ledger_account a LEFT JOIN (SELECT line.kept_id, line.amount FROM ledger_hold_line line
          JOIN ledger_hold h ON h.id = line.hold_id AND h.state = 'open') AS l ON l.kept_id = a.id
        WHERE a.community_id = :c AND a.kind IN ('held', 'on_hold') GROUP BY a.id, a.posted
        HAVING a.posted <> COALESCE(SUM(l.amount), 0) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "I5b",
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
        "I5c",
        "a closed hold was closed by the one transaction that continues it, and collected what that one says",
        """SELECT 'hold ' || h.id, NULL, 'is ' || h.state FROM ledger_hold h
        JOIN ledger_hold_line l ON l.hold_id = h.id
        LEFT JOIN ledger_txn t ON t.community_id = h.community_id AND t.seq = h.closed_seq
          AND t.continues_seq = h.opened_seq AND t.cause = 'close:' || h.cause
          AND t.kind = CASE h.state WHEN 'collected' THEN 'collect' ELSE 'release' END
          AND t.content = CASE h.state WHEN 'released' THEN :released WHEN 'expired' THEN :expired ELSE t.content END
        WHERE h.community_id = :c AND ((h.state <> 'open' AND t.id IS NULL)
          OR (h.state <> 'collected' AND (l.collected <> 0 OR l.refunded <> 0))
          OR l.collected > l.amount) ORDER BY h.opened_seq LIMIT 1""",
        UNDONE,
    ),
    Check(
        "I5d",
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
        "I7b",
        "no more came back than was handed over",
        """SELECT 'hold ' || h.id, h.opened_seq, 'line ' || l.line || ' got back ' || l.refunded || ' of ' ||
        l.collected FROM ledger_hold h JOIN ledger_hold_line l ON l.community_id = h.community_id AND l.hold_id = h.id
        WHERE h.community_id = :c AND l.refunded > l.collected ORDER BY h.opened_seq LIMIT 1""",
    ),
    Check(
        "I14a",
        "a hold is open as long as no transaction has ended it",
        """SELECT 'hold ' || h.id, t.seq, 'is open, and entry ' || t.seq || ' ended it' FROM ledger_hold h
        JOIN ledger_txn t ON t.community_id = h.community_id AND t.continues_seq = h.opened_seq
          AND t.kind IN ('collect', 'release')
        WHERE h.community_id = :c AND h.state = 'open' ORDER BY t.seq LIMIT 1""",
    ),
    Check(
        "I14b",
        "every transaction that holds has its hold",
        """SELECT 'txn ' || t.seq, t.seq, 'holds, and there is no such hold' FROM ledger_txn t
        LEFT JOIN ledger_hold h ON h.community_id = t.community_id AND h.opened_seq = t.seq
        WHERE t.community_id = :c AND t.kind = 'hold' AND h.id IS NULL ORDER BY t.seq LIMIT 1""",
    ),
)

LATE = Check(
    "I5e",
    "no hold waits longer than a minute after its time for the sweep to book its end",
    """SELECT 'hold ' || h.id, h.opened_seq, h.cause || ' has not been swept' FROM ledger_hold h
    WHERE h.community_id = :c AND h.state = 'open' AND h.expires_at < :at ORDER BY h.expires_at, h.id LIMIT 1""",
)
"""Says that the job is late, not that the books are wrong: a lapsed hold counts for nobody, booked or not."""
