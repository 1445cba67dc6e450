"""Ledger: on PostgreSQL a transaction is written by adding a row to `ledger_entry`, which asks each law once.

`ledger_entry` is a view without rows. Its trigger does what the function `ledger_post` did, and asks on its way what
the guards of the tables would ask by questions of their own: it has just read or written all that they look at. They
let pass what comes out of it (a row written by a trigger stands one deeper than one that somebody adds), and ask every
other row as before. What it takes on trust, the end of a chain, can now only be what the chain says; and the key from
a posting to its transaction, of which no posting of an entry can be in want, is asked of the others by a trigger.
"""

from typing import Any

from alembic import context, op

revision = "0030_entries"
down_revision = "0029_cover_asks"
branch_labels = None
depends_on = None

VIEW = """
CREATE VIEW ledger_entry AS SELECT
  NULL::int AS community_id, NULL::text AS kind, NULL::text AS cause, NULL::text AS content, NULL::text AS reason,
  NULL::timestamptz AS at, NULL::int AS actor_id, NULL::int AS checker_id, NULL::bigint AS reverses_seq,
  NULL::bigint AS continues_seq, NULL::int[] AS accounts, NULL::bigint[] AS amounts, NULL::bigint[] AS earned,
  NULL::bigint[] AS spent, NULL::bigint[] AS expired, NULL::int[] AS lot_accounts, NULL::bigint[] AS lot_amounts,
  NULL::timestamptz[] AS lot_expires, NULL::int[] AS use_lots, NULL::bigint[] AS use_amounts, NULL::text AS keeps,
  NULL::int AS id, NULL::bigint AS seq, NULL::timestamptz AS recorded_at
WHERE false
"""
CLOSED = """SELECT 1 FROM ledger_period p WHERE p.community_id = NEW.community_id AND p.reopened_at IS NULL
      AND p.starts_at <= NEW.recorded_at AND p.ends_at > NEW.recorded_at"""
ADDED = """
CREATE FUNCTION ledger_entry_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_account record; v_lot int; v_before bytea; v_hash bytea; v_total bigint := 0;
  v_units text[]; v_after bigint[]; v_versions bigint[];
  v_postings text := ''; v_accounts text := ''; v_lots text := ''; v_uses text := ''; v_next text := '[';
BEGIN
  FOR i IN 1 .. cardinality(NEW.accounts) LOOP
    UPDATE ledger_account a SET posted = a.posted + NEW.amounts[i], version = a.version + 1,
      earned = a.earned + NEW.earned[i], spent = a.spent + NEW.spent[i], expired = a.expired + NEW.expired[i]
      WHERE a.id = NEW.accounts[i] AND a.community_id = NEW.community_id AND (a.least IS NOT NULL OR a.most IS NOT NULL)
      RETURNING a.unit, a.owner, a.kind, a.posted, a.version INTO v_account;
    IF NOT FOUND THEN
      SELECT a.unit, a.owner, a.kind, NULL::bigint AS posted, NULL::bigint AS version INTO v_account
        FROM ledger_account a WHERE a.id = NEW.accounts[i] AND a.community_id = NEW.community_id;
      IF NOT FOUND THEN CALL ledger_refuse('ledger_posting: no such account'); END IF;
    END IF;
    v_total := v_total + NEW.amounts[i];
    v_units[i] := v_account.unit; v_after[i] := v_account.posted; v_versions[i] := v_account.version;
    v_postings := concat(v_postings, v_next, i, ',', NEW.accounts[i], ',', to_json(v_account.unit), ',',
      NEW.amounts[i], ',', COALESCE(v_account.posted::text, 'null'), ',',
      COALESCE(v_account.version::text, 'null'), ']');
    v_accounts := concat(v_accounts, v_next, NEW.accounts[i], ',', to_json(v_account.owner), ',',
      to_json(v_account.kind), ',', to_json(v_account.unit), ']');
    v_next := ',[';
  END LOOP;
  IF (v_total = 0 AND v_units[1] = ALL (v_units) AND 0 <> ALL (NEW.amounts)
    AND COALESCE(NEW.checker_id <> NEW.actor_id, NEW.kind NOT IN {two_people})) IS NOT TRUE THEN
    IF NEW.checker_id = NEW.actor_id THEN
      CALL ledger_refuse('ledger_txn: needs a second person, not its maker'); END IF;
    IF NEW.kind IN {two_people} AND (NEW.actor_id IS NULL OR NEW.checker_id IS NULL) THEN
      CALL ledger_refuse('ledger_txn: needs a second person'); END IF;
    IF 0 = ANY (NEW.amounts) THEN CALL ledger_refuse('ledger_posting: of nothing'); END IF;
    IF COALESCE(cardinality(v_units), 0) < 2 THEN CALL ledger_refuse('ledger_txn: of fewer than two legs'); END IF;
    IF EXISTS (SELECT 1 FROM unnest(v_units, NEW.amounts) AS legs (unit, amount)
      GROUP BY unit HAVING (SUM(amount) = 0) IS NOT TRUE) THEN CALL ledger_refuse('ledger_txn: not balanced'); END IF;
  END IF;
  FOR i IN 1 .. cardinality(NEW.use_lots) LOOP
    UPDATE ledger_lot l SET remaining = l.remaining - NEW.use_amounts[i] WHERE l.id = NEW.use_lots[i];
    v_uses := concat(v_uses, CASE WHEN i > 1 THEN ',[' ELSE '[' END, NEW.use_lots[i], ',', NEW.use_amounts[i], ']');
  END LOOP;

  SELECT c.seq + 1, c.hash, GREATEST(NEW.at, c.at) INTO NEW.seq, v_before, NEW.recorded_at
    FROM ledger_chain c WHERE c.community_id = NEW.community_id FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO ledger_chain (community_id, seq, hash) VALUES (NEW.community_id, 0, decode(repeat('0', 64), 'hex'))
      ON CONFLICT DO NOTHING;
    SELECT c.seq + 1, c.hash, GREATEST(NEW.at, c.at) INTO NEW.seq, v_before, NEW.recorded_at
      FROM ledger_chain c WHERE c.community_id = NEW.community_id FOR UPDATE;
  END IF;
  INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit, amount, balance_after, account_version)
    SELECT NEW.community_id, NEW.seq, leg, account_id, unit, amount, after, version
    FROM unnest(NEW.accounts, v_units, NEW.amounts, v_after, v_versions)
      WITH ORDINALITY AS legs (account_id, unit, amount, after, version, leg);
  FOR i IN 1 .. cardinality(NEW.lot_accounts) LOOP
    INSERT INTO ledger_lot (community_id, account_id, origin_seq, amount, remaining, expires_at)
      VALUES (NEW.community_id, NEW.lot_accounts[i], NEW.seq, NEW.lot_amounts[i], NEW.lot_amounts[i],
        NEW.lot_expires[i])
      RETURNING id INTO v_lot;
    v_lots := concat(v_lots, CASE WHEN i > 1 THEN ',[' ELSE '[' END, v_lot, ',', NEW.lot_accounts[i], ',',
      NEW.lot_amounts[i], ',', COALESCE('"' || ledger_iso(NEW.lot_expires[i]) || '"', 'null'), ']');
  END LOOP;
  IF cardinality(NEW.use_lots) > 0 THEN
    INSERT INTO ledger_lot_use (community_id, txn_seq, lot_id, amount)
      SELECT NEW.community_id, NEW.seq, lot_id, amount
      FROM unnest(NEW.use_lots, NEW.use_amounts) AS uses (lot_id, amount);
  END IF;
  v_hash := sha256(convert_to(concat('{{"accounts":[', v_accounts, '],"keeps":', NEW.keeps,
    ',"lot_uses":[', v_uses, '],"lots":[', v_lots, '],"postings":[', v_postings,
    '],"txn":{{"actor_id":', COALESCE(NEW.actor_id::text, 'null'), ',"cause":', to_json(NEW.cause),
    ',"checker_id":', COALESCE(NEW.checker_id::text, 'null'), ',"community_id":', NEW.community_id,
    ',"content":', to_json(NEW.content), ',"continues_seq":', COALESCE(NEW.continues_seq::text, 'null'),
    ',"kind":', to_json(NEW.kind), ',"prev_hash":"', encode(v_before, 'hex'), '","reason":', to_json(NEW.reason),
    ',"recorded_at":"', ledger_iso(NEW.recorded_at), '","reverses_seq":', COALESCE(NEW.reverses_seq::text, 'null'),
    ',"seq":', NEW.seq, '}}}}'), 'UTF8'));
  INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason, recorded_at, actor_id, checker_id,
      reverses_seq, continues_seq, prev_hash, hash)
    SELECT NEW.community_id, NEW.seq, NEW.kind, NEW.cause, decode(NEW.content, 'hex'), NEW.reason, NEW.recorded_at,
      NEW.actor_id, NEW.checker_id, NEW.reverses_seq, NEW.continues_seq, v_before, v_hash
    WHERE NOT EXISTS ({closed})
    RETURNING id INTO NEW.id;
  IF NOT FOUND THEN CALL ledger_refuse('ledger_txn: in a closed period'); END IF;
  UPDATE ledger_chain c SET seq = NEW.seq, hash = v_hash, at = NEW.recorded_at WHERE c.community_id = NEW.community_id;
  RETURN NEW;
END $$
"""
FROM_ENTRY = "  IF pg_trigger_depth() > 1 THEN RETURN NEW; END IF;\n"
"""What a trigger has written was asked there. The application's role makes no triggers (core.isolation)."""

CHAIN_CHANGED = """
CREATE OR REPLACE FUNCTION ledger_chain_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq = OLD.seq + 1 AND pg_trigger_depth() > 1 THEN RETURN NEW; END IF;
  IF NEW.seq <> OLD.seq + 1 OR NOT EXISTS (SELECT 1 FROM ledger_txn t WHERE t.community_id = NEW.community_id
    AND t.seq = NEW.seq AND t.hash = NEW.hash AND t.recorded_at = NEW.at)
    THEN CALL ledger_refuse('ledger_chain: not in this order'); END IF;
  RETURN NEW;
END $$
"""
CHAIN_BEGUN = """
CREATE FUNCTION ledger_chain_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_chain c LEFT JOIN LATERAL (SELECT t.seq, t.hash FROM ledger_txn t
    WHERE t.community_id = c.community_id ORDER BY t.seq DESC LIMIT 1) AS last ON true
    WHERE c.community_id = NEW.community_id AND (c.seq <> COALESCE(last.seq, 0)
      OR c.hash <> COALESCE(last.hash, decode(repeat('0', 64), 'hex'))))
    THEN CALL ledger_refuse('ledger_chain: not the end of its entries'); END IF;
  RETURN NEW;
END $$
"""
POSTING_SEALED = """
CREATE FUNCTION ledger_posting_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ledger_txn t WHERE t.community_id = NEW.community_id AND t.seq = NEW.txn_seq)
    THEN CALL ledger_refuse('ledger_posting: of no transaction'); END IF;
  RETURN NEW;
END $$
"""
AT_COMMIT = (
    "CREATE CONSTRAINT TRIGGER {name}_row AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
)
TO_TXN = "fk_ledger_posting_community_id_txn_seq_ledger_txn"
SPARE = "ix_ledger_account_community_id"
"""An index that is the beginning of three others; each change of a balance opens all of them."""


def upgrade() -> None:
    op.drop_index(SPARE, table_name="ledger_account")
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(module("0021_fingerprints").DROP_POST)
    op.execute(VIEW)
    op.execute(ADDED.format(two_people=module("0016_ledger_posting").TWO_PEOPLE, closed=CLOSED))
    op.execute(
        "CREATE TRIGGER ledger_entry_added_row INSTEAD OF INSERT ON ledger_entry"
        " FOR EACH ROW EXECUTE FUNCTION ledger_entry_added()"
    )
    for function in asked_of_all():
        op.execute(function.replace("BEGIN\n", f"BEGIN\n{FROM_ENTRY}", 1))
    op.drop_constraint(TO_TXN, "ledger_posting", type_="foreignkey")
    for function in (CHAIN_CHANGED, CHAIN_BEGUN, POSTING_SEALED):
        op.execute(function)
    op.execute(AT_COMMIT.format(name="ledger_chain_begun", table="ledger_chain", when=""))
    outside = "WHEN (pg_trigger_depth() = 0)"
    op.execute(AT_COMMIT.format(name="ledger_posting_sealed", table="ledger_posting", when=outside))


def downgrade() -> None:
    op.create_index(SPARE, "ledger_account", ["community_id"])
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP FUNCTION ledger_posting_sealed(), ledger_chain_begun() CASCADE")
    older = module("0016_ledger_posting")
    condition, words = older.ORDER["ledger_chain"]
    op.execute(older.CHANGED.format(table="ledger_chain", condition=condition, words=words))
    op.create_foreign_key(
        op.f(TO_TXN),
        "ledger_posting",
        "ledger_txn",
        ["community_id", "txn_seq"],
        ["community_id", "seq"],
        deferrable=True,
        initially="DEFERRED",
    )
    for function in asked_of_all():
        op.execute(function)
    op.execute("DROP VIEW ledger_entry")
    op.execute("DROP FUNCTION ledger_entry_added()")
    op.execute(module("0021_fingerprints").POST)


def asked_of_all() -> list[str]:
    """The checks of new transactions, postings, lots and lot uses as they were written before."""
    txn, posting, _account = module("0027_one_question").at_once()
    older = module("0016_ledger_posting")
    return [txn, posting] + [
        older.PART_ADDED.format(table=table, seq=older.PARTS[table]) for table in ("ledger_lot", "ledger_lot_use")
    ]


def module(revision_id: str) -> Any:
    """The migration that wrote the functions before."""
    return context.script.get_revision(revision_id).module
