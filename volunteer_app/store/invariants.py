"""What the store keeps beside the books and must agree with them: batches, orders, codes."""

from volunteer_app.ledger.invariants.check import Check
from volunteer_app.store.accounts import SHELF

CHECKS = (
    Check(
        "I10c",
        "nobody hands an order over to himself",
        """SELECT 'order ' || o.id, NULL, 'person ' || o.person_id || ' handed it over to himself' FROM store_order o
        WHERE o.community_id = :c AND o.handed_by_id = o.person_id ORDER BY o.id LIMIT 1""",
    ),
    Check(
        "I12b",
        "the batches of goods add up to what is on the shelf and kept",
        f"""SELECT 'product ' || code, NULL, 'batches hold ' || pieces || ', books ' || booked FROM (
          SELECT p.code, COALESCE((SELECT SUM(d.pieces_left) FROM store_delivery d
            WHERE d.community_id = p.community_id AND d.product_id = p.id), 0) AS pieces,
          COALESCE((SELECT SUM(a.posted) FROM ledger_account a WHERE a.community_id = p.community_id
            AND a.owner = '{SHELF}' AND a.kind IN ('on_hand', 'on_hold') AND a.unit = 'sku:' || p.code), 0) AS booked
          FROM store_product p WHERE p.community_id = :c AND p.is_counted) AS told
        WHERE pieces <> booked ORDER BY code LIMIT 1""",
    ),
    Check(
        "I12c",
        "an order was picked up when its hold was collected, and only then",
        """SELECT 'order ' || o.id, h.closed_seq, 'is ' || o.state || ', its hold ' || h.state FROM store_order o
        JOIN ledger_hold h ON h.community_id = o.community_id AND h.id = o.hold_id
        WHERE o.community_id = :c AND (o.state = 'picked_up') <> (h.state = 'collected') ORDER BY o.id LIMIT 1""",
    ),
    Check(
        "I12d",
        "a pick-up code opens one order",
        """SELECT 'order ' || MAX(o.id), NULL, 'shares its code with order ' || MIN(o.id) FROM store_order o
        WHERE o.community_id = :c AND o.state IN ('reserved', 'ready') AND o.code_hash <> ''
        GROUP BY o.code_hash HAVING COUNT(*) > 1 ORDER BY MAX(o.id) LIMIT 1""",
    ),
)
