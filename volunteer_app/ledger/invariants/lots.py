"""Of points that came in together and run out together: I6, I15."""

from volunteer_app.ledger.invariants.check import Check

CHECKS = (
    Check(
        "I6a",
        "what is left of a lot is its amount less what was taken from it",
        """SELECT 'lot ' || l.id, NULL, 'left ' || l.remaining || ', should be ' || (l.amount -
        COALESCE(SUM(u.amount), 0))
        FROM ledger_lot l LEFT JOIN ledger_lot_use u ON u.lot_id = l.id
        WHERE l.community_id = :c GROUP BY l.id, l.origin_seq, l.remaining, l.amount
        HAVING l.remaining <> l.amount - COALESCE(SUM(u.amount), 0) ORDER BY l.origin_seq, l.id LIMIT 1""",
    ),
    Check(
        "I6b",
        "a member's lots add up to the member's points",
        """SELECT 'account ' || a.id, NULL, 'points ' || a.posted || ', lots ' || COALESCE(SUM(l.remaining), 0)
        FROM ledger_account a LEFT JOIN ledger_lot l ON l.account_id = a.id
        WHERE a.community_id = :c AND a.kind = 'points' GROUP BY a.id, a.posted
        HAVING a.posted <> COALESCE(SUM(l.remaining), 0) ORDER BY a.id LIMIT 1""",
    ),
    Check(
        "I6c",
        "no lot ever gave more than it had or got back more than it gave",
        """SELECT 'lot use ' || id, txn_seq, 'taken in all ' || total || ' of ' || amount
        FROM (SELECT u.id, u.txn_seq, l.amount, SUM(u.amount) OVER (PARTITION BY u.lot_id ORDER BY u.txn_seq) AS total
          FROM ledger_lot_use u JOIN ledger_lot l ON l.id = u.lot_id WHERE u.community_id = :c) AS told
        WHERE total < 0 OR total > amount ORDER BY txn_seq LIMIT 1""",
    ),
    Check(
        "I6d",
        "what runs out first is spent first",
        """WITH change AS (
          SELECT account_id, id AS lot_id, expires_at, origin_seq AS seq, amount FROM ledger_lot WHERE community_id = :c
          UNION ALL SELECT l.account_id, l.id, l.expires_at, u.txn_seq, -u.amount
          FROM ledger_lot_use u JOIN ledger_lot l ON l.id = u.lot_id WHERE u.community_id = :c),
        rest AS (SELECT account_id, lot_id, expires_at, seq,
          SUM(amount) OVER (PARTITION BY lot_id ORDER BY seq) AS amount,
          LEAD(seq) OVER (PARTITION BY lot_id ORDER BY seq) AS until_seq FROM change)
        SELECT 'lot use ' || u.id, u.txn_seq, 'takes from lot ' || l.id || ' while lot ' || r.lot_id || ' has ' ||
          r.amount
        FROM ledger_lot_use u JOIN ledger_lot l ON l.id = u.lot_id
        JOIN ledger_txn t ON t.community_id = u.community_id AND t.seq = u.txn_seq
        JOIN rest r ON r.account_id = l.account_id AND r.seq <= u.txn_seq AND r.amount > 0
          AND (r.until_seq > u.txn_seq OR r.until_seq IS NULL)
          AND (r.expires_at < l.expires_at OR (l.expires_at IS NULL AND r.expires_at IS NOT NULL)
            OR ((r.expires_at = l.expires_at OR (r.expires_at IS NULL AND l.expires_at IS NULL)) AND r.lot_id < l.id))
        WHERE u.community_id = :c AND u.amount > 0 AND (t.reverses_seq IS NULL OR t.reverses_seq <> l.origin_seq)
        ORDER BY u.txn_seq, u.id LIMIT 1""",
    ),
    Check(
        "I15b",
        "at any past moment a member's lots made up the member's points",
        """SELECT 'txn ' || seq, seq, 'moves ' || SUM(points) || ' points and ' || SUM(lots) || ' of lots' FROM (
          SELECT p.txn_seq AS seq, p.account_id, p.amount AS points, 0 AS lots FROM ledger_posting p
          JOIN ledger_account a ON a.id = p.account_id WHERE p.community_id = :c AND a.kind = 'points'
          UNION ALL SELECT l.origin_seq, l.account_id, 0, l.amount FROM ledger_lot l WHERE l.community_id = :c
          UNION ALL SELECT u.txn_seq, l.account_id, 0, -u.amount FROM ledger_lot_use u
          JOIN ledger_lot l ON l.id = u.lot_id WHERE u.community_id = :c) AS moved
        GROUP BY seq, account_id HAVING SUM(points) <> SUM(lots) ORDER BY seq LIMIT 1""",
    ),
)
