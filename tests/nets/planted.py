"""Bugs to be planted one at a time, and the net that must catch each. A net that catches nothing is no net.

`old` stands exactly once in the file; with `new` in its place the net must fail. Nets: years (T2, with T1's model),
race (simultaneous writers on SQLite and PostgreSQL), tamper (T7), guards (what the database itself refuses).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Planted:
    """One bug."""

    name: str
    file: str
    old: str
    new: str
    net: str = "years"


ACTIONS, BOOK, CLOSING = "ledger/actions.py", "ledger/book.py", "ledger/closing.py"
HOLDS, LAPSES, QUERIES, RULES = "ledger/holds.py", "ledger/lapses.py", "ledger/queries.py", "ledger/rules.py"
WRITING, CORRECTIONS, PERIODS = "ledger/writing.py", "ledger/corrections.py", "ledger/periods.py"
PROPOSALS, LAWS = "ledger/proposals.py", "migrations/versions/0009_ledger_laws.py"
ENTRIES = "migrations/versions/0030_entries.py"
DATABASE, MIGRATION = "core/database.py", "migrations/versions/0003_ledger.py"
VERIFY, INVARIANTS, TIMETABLE = "ledger/verify.py", "ledger/invariants/lots.py", "jobs/timetable.py"

PLANTED = (
    Planted(
        "a repeated fund is posted again",
        ACTIONS,
        'return book.booked(cause, content) or book.post(Entry("fund"',
        'return book.post(Entry("fund"',
    ),
    Planted(
        "a repeated credit is posted again",
        ACTIONS,
        "    if done := book.booked(cause, content):\n        return done\n    account, debt, budget",
        "    account, debt, budget",
    ),
    Planted(
        "an old cause with other content passes", BOOK, "        if asked != content:", "        if asked is None:"
    ),
    Planted("a credit forgets the debt", ACTIONS, "owed = min(points, -debt.posted)", "owed = 0"),
    Planted(
        "the lot of a credit forgets the debt",
        ACTIONS,
        "[NewLot(account.id, points - owed, expires_at)]",
        "[NewLot(account.id, points, expires_at)]",
    ),
    Planted(
        "a transaction can be reversed twice", ACTIONS, "    if reversed_already(session, original):", "    if False:"
    ),
    Planted("taking back forgets what ran out", ACTIONS, "lapsed = ran_out(book.session, original)", "lapsed = 0"),
    Planted(
        "taking back begins with the oldest lot",
        ACTIONS,
        "book.spend_lots(account.id, back, first_origin=original.seq)",
        "book.spend_lots(account.id, back)",
    ),
    Planted(
        "taking back overdraws",
        ACTIONS,
        "back = min(account.posted, total - lapsed)",
        "back = total - lapsed",
    ),
    Planted(
        "anything can be reversed",
        ACTIONS,
        "if not is_credit and original.kind not in MIRRORED:",
        'if original.kind == "never":',
    ),
    Planted(
        "stock comes in backwards", ACTIONS, "legs[book.ids[source]] -= amount", "legs[book.ids[source]] += amount"
    ),
    Planted(
        "a lapsed hold is told as closed", HOLDS, '    if found.state == "expired":', '    if found.state == "lapsed":'
    ),
    Planted("collecting a part collects all", HOLDS, "whole if collected is None else collected", "whole"),
    Planted(
        "more comes back than was collected",
        HOLDS,
        "if amount > line.collected - line.refunded:",
        "if amount > line.collected:",
    ),
    Planted("a return is not counted", HOLDS, "    count_refunds(session, hold_id, lines)\n    uses", "    uses"),
    Planted(
        "returned points reach no lot",
        HOLDS,
        "uses = closing.give_back(book, found.opened_seq, legs, all_lines)",
        "uses = []",
    ),
    Planted(
        "a collected hold can be released",
        HOLDS,
        '    if found.state == "collected":\n        raise rules.HoldClosed\n',
        "",
    ),
    Planted(
        "a repeated hold keeps goods twice",
        HOLDS,
        "        return Held(held_by(session, actor.community_id, done.seq), done)",
        "        pass",
    ),
    Planted("what came back pays no debt at once", HOLDS, "    settle(book)\n    return booked", "    return booked"),
    Planted(
        "points are spent in the order of their coming",
        BOOK,
        ".order_by(LOTS.c.expires_at.asc().nulls_last(), LOTS.c.id)",
        ".order_by(LOTS.c.id)",
    ),
    Planted(
        "points that run out last are spent first",
        BOOK,
        "LOTS.c.expires_at.asc().nulls_last(), LOTS.c.id)",
        "LOTS.c.expires_at.desc().nulls_last(), LOTS.c.id)",
    ),
    Planted("points that never run out are spent first", BOOK, ".asc().nulls_last()", ".asc().nulls_first()"),
    Planted(
        "points come back to the oldest lot first",
        CLOSING,
        "order_by(LOTS.c.expires_at.desc().nulls_first(), LOTS.c.id.desc())",
        "order_by(LOTS.c.expires_at.asc().nulls_last(), LOTS.c.id)",
    ),
    Planted(
        "a collected part comes back as well",
        CLOSING,
        "legs[line.from_id] += line.amount - collected",
        "legs[line.from_id] += line.amount",
    ),
    Planted("what was collected is not written down", CLOSING, '"part": amount})', '"part": 0})'),
    Planted(
        "a debt is never set off",
        CLOSING,
        "amount = min(account.posted, -book.slots[debt_id].posted) if debt_id else 0",
        "amount = 0",
    ),
    Planted(
        "a lot gets back what it has got back before",
        CLOSING,
        '.where((TXNS.c.seq == bindparam("opened")) | (TXNS.c.continues_seq == bindparam("opened")))',
        '.where(TXNS.c.seq == bindparam("opened"))',
    ),
    Planted(
        "a hold lapses a moment late",
        LAPSES,
        'HOLDS.c.expires_at <= bindparam("at"))\n    .where(\n',
        'HOLDS.c.expires_at < bindparam("at"))\n    .where(\n',
    ),
    Planted("a lot lapses a moment late", LAPSES, "LOTS.c.expires_at <= bindparam", "LOTS.c.expires_at < bindparam"),
    Planted(
        "lapsed points can be spent until the sweep",
        LAPSES,
        "    expire_lots(book, book.now)\n    closing.set_off(book)",
        "    closing.set_off(book)",
    ),
    Planted(
        "goods of lapsed holds are tied one step only",
        LAPSES,
        "        wanted = wanted | tied",
        "        return wanted | tied",
    ),
    Planted(
        "debts are paid when the sweep comes, not when points came back",
        LAPSES,
        "            expire_lots(book, hold.expires_at)\n            closing.set_off(book)",
        "            pass",
    ),
    Planted(
        "a balance shows points that ran out",
        QUERIES,
        '.where(*MINE, LOTS.c.expires_at <= bindparam("now"), LOTS.c.remaining > 0)',
        '.where(*MINE, LOTS.c.expires_at < bindparam("now"), LOTS.c.remaining < 0)',
    ),
    Planted(
        "a balance forgets what lapsed holds give back",
        QUERIES,
        "    .where(*MINE, *LAPSED)\n    .group_by",
        '    .where(*MINE, *LAPSED, HOLDS.c.state == "never")\n    .group_by',
    ),
    Planted(
        "the shelf forgets what lapsed holds give back",
        QUERIES,
        "return back.where(*OF_KIND, *LAPSED)",
        'return back.where(*OF_KIND, *LAPSED, HOLDS.c.state == "never")',
    ),
    Planted(
        "a limit is one point off",
        BOOK,
        "if slot.least is not None and after < slot.least:",
        "if slot.least is not None and after < slot.least - 1:",
    ),
    Planted(
        "time goes back along the chain",
        WRITING,
        "return seq, last.hex(), max(now,",
        "return seq, last.hex(), min(now,",
    ),
    Planted(
        "the balance after a leg is that before it",
        BOOK,
        "self.posted + amount, self.version + 1, told)",
        "self.posted, self.version + 1, told)",
    ),
    Planted("sums of a member are not kept", WRITING, "return self.told[1] if self.told", "return 0 if self.told"),
    Planted(
        "a lot keeps what was taken from it",
        WRITING,
        "SET remaining = remaining - ? WHERE id = ?",
        "SET remaining = remaining - 0 * ? WHERE id = ?",
    ),
    Planted(
        "maker and checker may be one",
        BOOK,
        "if (entry.checker_id == actor_id and not alone) or",
        "if False or",
    ),
    Planted("the work is not committed", DATABASE, "            session.commit()\n", ""),
    Planted(
        "a slot of the timetable leaves no trace", TIMETABLE, "        session.add(row)\n        session.flush()\n", ""
    ),
    Planted("a hold keeps points as a debt", RULES, 'KEPT = {"points": "held"', 'KEPT = {"points": "debt"'),
    Planted(
        "SQLite takes its lock when it writes, not before",
        DATABASE,
        'said = "BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN"',
        'said = "BEGIN"',
        "race",
    ),
    Planted("accounts are not locked", BOOK, "    .with_for_update()\n)\nCAUSED", ")\nCAUSED", "race"),
    Planted(
        "lost races are not tried again",
        DATABASE,
        'in ("40001", "40P01", "23505")',
        'in ("nothing",)',
        "race",
    ),
    Planted(
        "hashes of postings are not looked at",
        VERIFY,
        "txn.hash != hash_of(txn, parts if is_newer else older(parts))",
        "txn.hash == before",
        "tamper",
    ),
    Planted(
        "an account's words are not sealed",
        RULES,
        'canonical({"txn": dict(row), **parts})',
        'canonical({"txn": dict(row), **{name: parts[name] for name in parts if name != "accounts"}})',
        "tamper",
    ),
    Planted(
        "a hold's end is not sealed",
        RULES,
        "return [iso(expires_at), *line]",
        "return [*line]",
        "tamper",
    ),
    Planted(
        "lots are not compared with their uses",
        INVARIANTS,
        "HAVING l.remaining <> l.amount - COALESCE(SUM(u.amount), 0)",
        "HAVING 1 = 0",
        "tamper",
    ),
    Planted(
        "the end of the chain is not looked at",
        VERIFY,
        "(end.seq, end.hash, end.at) != (last, before, at)",
        "False",
        "tamper",
    ),
    Planted(
        "postings can be changed",
        MIGRATION,
        'APPEND_ONLY = ("ledger_txn", "ledger_posting",',
        'APPEND_ONLY = ("ledger_txn",',
        "guards",
    ),
    Planted(
        "the database takes what doesn't balance",
        MIGRATION,
        'GROUP BY p.unit HAVING SUM(p.amount) <> 0)"',
        'GROUP BY p.unit HAVING SUM(p.amount) > 999999)"',
        "guards",
    ),
    Planted(
        "the database takes an overdraft",
        MIGRATION,
        'sa.CheckConstraint("least IS NULL OR posted >= least"',
        'sa.CheckConstraint("least IS NULL OR posted >= least - 9"',
        "guards",
    ),
    Planted("a gift loses its dates", CORRECTIONS, "use.amount, dates[use.lot_id])", "use.amount, None)"),
    Planted("a gift is earned by who gives it", RULES, '"earned" if amount > 0 else "spent"', '"earned"'),
    Planted(
        "additions never use what was taken away",
        CORRECTIONS,
        "spare = min(points, kept.posted)",
        "spare = min(points, 0)",
    ),
    Planted(
        "an expiry can be brought back twice", CORRECTIONS, "    if reversed_already(session, expiry):", "    if False:"
    ),
    Planted(
        "points brought back pay no debt",
        CORRECTIONS,
        "return ended(book, book.post(entry))",
        "return book.post(entry)",
    ),
    Planted(
        "points brought back still count as run out",
        ACTIONS,
        "ran_out(session, back[expiry.seq]) if expiry.seq in back else int(expiry.amount)",
        "int(expiry.amount)",
    ),
    Planted("a proposal is decided twice", PROPOSALS, 'if found.state != "waiting":', 'if found.state == "dropped":'),
    Planted(
        "who proposes approves",
        PROPOSALS,
        "if actor.person_id is None or actor.person_id == found.proposed_by_id:",
        "if actor.person_id is None:",
    ),
    Planted(
        "a period is closed before its last day",
        PERIODS,
        "LAST_DAY = timedelta(days=1)",
        "LAST_DAY = timedelta(days=3)",
    ),
    Planted(
        "a period is opened by one person",
        PERIODS,
        "if actor.person_id is None or actor.person_id == asked_by:",
        "if actor.person_id is None:",
    ),
    Planted(
        "closed periods take entries",
        LAWS,
        "AND p.reopened_at IS NULL AND p.starts_at <= NEW.recorded_at",
        "AND p.reopened_at IS NULL AND p.starts_at < p.starts_at",
        "guards",
    ),
    Planted("an entry doesn't come out even", ENTRIES, "IF (v_total = 0 AND ", "IF (", "guards"),
    Planted("units make up for one another", ENTRIES, "AND v_units[1] = ALL (v_units) ", "", "guards"),
    Planted("an entry goes into a closed period", ENTRIES, "WHERE NOT EXISTS ({closed})", "WHERE true", "guards"),
    Planted("what is written by hand passes for an entry", ENTRIES, "IF pg_trigger_depth() > 1", "IF true", "guards"),
    Planted(
        "what a proposal said is not looked at",
        VERIFY,
        "changed = witness.first_changed(session, community_id)",
        "changed = None",
        "tamper",
    ),
)
