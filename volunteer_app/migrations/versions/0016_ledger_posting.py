"""Ledger: a posting in one round trip on PostgreSQL, with the same laws checked by fewer questions.

`ledger_post` moves the balances, writes postings, lots and lot uses, and locks the chain last, so that one community's
postings wait for one another as shortly as they can. The checks of a new row are put together into one trigger that
asks for the end of the chain once. INSERT OR REPLACE, which the checks guarded against, is SQLite's alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016_ledger_posting"
down_revision = "0015_not_oneself"
branch_labels = None
depends_on = None

TWO_PEOPLE = ("adjust", "reinstate", "stock_count", "write_off")
POST = """
CREATE FUNCTION ledger_post(
  p_community int, p_kind text, p_cause text, p_content text, p_reason text, p_now timestamptz,
  p_actor int, p_checker int, p_reverses bigint, p_continues bigint,
  p_accounts int[], p_amounts bigint[], p_earned bigint[], p_spent bigint[], p_expired bigint[],
  p_lot_accounts int[], p_lot_amounts bigint[], p_lot_expires timestamptz[],
  p_use_lots int[], p_use_amounts bigint[], p_keeps text,
  OUT txn_id int, OUT txn_seq bigint, OUT txn_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
  v_unit text; v_owner text; v_kind text; v_posted bigint; v_version bigint; v_lot int; v_before text; v_hash text;
  v_units text[] := '{}'; v_after bigint[] := '{}'; v_versions bigint[] := '{}';
  v_postings text := ''; v_accounts text := ''; v_lots text := ''; v_uses text := '';
BEGIN
  FOR i IN 1 .. cardinality(p_accounts) LOOP
    UPDATE ledger_account a SET posted = a.posted + p_amounts[i], version = a.version + 1,
      earned = a.earned + p_earned[i], spent = a.spent + p_spent[i], expired = a.expired + p_expired[i]
      WHERE a.id = p_accounts[i] AND a.community_id = p_community AND (a.least IS NOT NULL OR a.most IS NOT NULL)
      RETURNING a.unit, a.owner, a.kind, a.posted, a.version INTO v_unit, v_owner, v_kind, v_posted, v_version;
    IF NOT FOUND THEN
      SELECT a.unit, a.owner, a.kind INTO STRICT v_unit, v_owner, v_kind FROM ledger_account a
        WHERE a.id = p_accounts[i] AND a.community_id = p_community;
      v_posted := NULL; v_version := NULL;
    END IF;
    v_units[i] := v_unit; v_after[i] := v_posted; v_versions[i] := v_version;
    v_postings := v_postings || CASE WHEN i > 1 THEN ',[' ELSE '[' END || i || ',' || p_accounts[i] || ','
      || to_json(v_unit) || ',' || p_amounts[i] || ',' || COALESCE(v_posted::text, 'null') || ','
      || COALESCE(v_version::text, 'null') || ']';
    v_accounts := v_accounts || CASE WHEN i > 1 THEN ',[' ELSE '[' END || p_accounts[i] || ',' || to_json(v_owner)
      || ',' || to_json(v_kind) || ',' || to_json(v_unit) || ']';
  END LOOP;
  FOR i IN 1 .. cardinality(p_use_lots) LOOP
    UPDATE ledger_lot l SET remaining = l.remaining - p_use_amounts[i]
      WHERE l.id = p_use_lots[i] AND l.community_id = p_community;
    v_uses := v_uses || CASE WHEN i > 1 THEN ',[' ELSE '[' END || p_use_lots[i] || ',' || p_use_amounts[i] || ']';
  END LOOP;

  SELECT c.seq + 1, c.hash, GREATEST(p_now, c.at) INTO txn_seq, v_before, txn_at
    FROM ledger_chain c WHERE c.community_id = p_community FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO ledger_chain (community_id, seq, hash) VALUES (p_community, 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
    SELECT c.seq + 1, c.hash, GREATEST(p_now, c.at) INTO txn_seq, v_before, txn_at
      FROM ledger_chain c WHERE c.community_id = p_community FOR UPDATE;
  END IF;
  INSERT INTO ledger_posting (community_id, txn_seq, leg, account_id, unit, amount, balance_after, account_version)
    SELECT p_community, ledger_post.txn_seq, leg, account_id, unit, amount, after, version
    FROM unnest(p_accounts, v_units, p_amounts, v_after, v_versions)
      WITH ORDINALITY AS legs (account_id, unit, amount, after, version, leg);
  FOR i IN 1 .. cardinality(p_lot_accounts) LOOP
    INSERT INTO ledger_lot (community_id, account_id, origin_seq, amount, remaining, expires_at)
      VALUES (p_community, p_lot_accounts[i], txn_seq, p_lot_amounts[i], p_lot_amounts[i], p_lot_expires[i])
      RETURNING id INTO v_lot;
    v_lots := v_lots || CASE WHEN i > 1 THEN ',[' ELSE '[' END || v_lot || ',' || p_lot_accounts[i] || ','
      || p_lot_amounts[i] || ',' || COALESCE('"' || ledger_iso(p_lot_expires[i]) || '"', 'null') || ']';
  END LOOP;
  IF cardinality(p_use_lots) > 0 THEN
    INSERT INTO ledger_lot_use (community_id, txn_seq, lot_id, amount)
      SELECT p_community, ledger_post.txn_seq, lot_id, amount
      FROM unnest(p_use_lots, p_use_amounts) AS uses (lot_id, amount);
  END IF;
  v_hash := encode(sha256(convert_to('{"accounts":[' || v_accounts || '],"keeps":' || p_keeps
    || ',"lot_uses":[' || v_uses || '],"lots":[' || v_lots || '],"postings":['
    || v_postings || '],"txn":{"actor_id":' || COALESCE(p_actor::text, 'null') || ',"cause":' || to_json(p_cause)
    || ',"checker_id":' || COALESCE(p_checker::text, 'null') || ',"community_id":' || p_community
    || ',"content":' || to_json(p_content) || ',"continues_seq":' || COALESCE(p_continues::text, 'null')
    || ',"kind":' || to_json(p_kind) || ',"prev_hash":"' || v_before || '","reason":' || to_json(p_reason)
    || ',"recorded_at":"' || ledger_iso(txn_at) || '","reverses_seq":' || COALESCE(p_reverses::text, 'null')
    || ',"seq":' || txn_seq || '}}', 'UTF8')), 'hex');
  INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason, recorded_at, actor_id, checker_id,
      reverses_seq, continues_seq, prev_hash, hash)
    VALUES (p_community, txn_seq, p_kind, p_cause, p_content, p_reason, txn_at, p_actor, p_checker,
      p_reverses, p_continues, v_before, v_hash)
    RETURNING id INTO txn_id;
  UPDATE ledger_chain c SET seq = ledger_post.txn_seq, hash = v_hash, at = txn_at WHERE c.community_id = p_community;
END $$
"""
ISO = """
CREATE OR REPLACE FUNCTION ledger_iso(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
$$
"""
TXN_ADDED = """
CREATE OR REPLACE FUNCTION ledger_txn_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_seq bigint; v_hash text; v_at timestamptz; v_legs int; v_uneven int;
BEGIN
  IF NEW.kind IN {two_people} AND (NEW.actor_id IS NULL OR NEW.checker_id IS NULL OR NEW.actor_id = NEW.checker_id)
    THEN CALL ledger_refuse('ledger_txn: needs a second person'); END IF;
  SELECT t.seq, t.hash, t.recorded_at INTO v_seq, v_hash, v_at
    FROM ledger_txn t WHERE t.community_id = NEW.community_id ORDER BY t.seq DESC LIMIT 1;
  IF NEW.seq <> COALESCE(v_seq, 0) + 1 THEN CALL ledger_refuse('ledger_txn: not the next of its chain'); END IF;
  IF NEW.prev_hash <> COALESCE(v_hash, repeat('0', 64)) THEN
    CALL ledger_refuse('ledger_txn: not linked to the one before'); END IF;
  IF NEW.recorded_at < v_at THEN CALL ledger_refuse('ledger_txn: earlier than the one before'); END IF;
  SELECT COALESCE(SUM(legs), 0), COUNT(*) FILTER (WHERE total <> 0) INTO v_legs, v_uneven FROM (
    SELECT COUNT(*) AS legs, SUM(p.amount) AS total FROM ledger_posting p
    WHERE p.community_id = NEW.community_id AND p.txn_seq = NEW.seq GROUP BY p.unit) AS units;
  IF v_legs < 2 THEN CALL ledger_refuse('ledger_txn: of fewer than two legs'); END IF;
  IF v_uneven > 0 THEN CALL ledger_refuse('ledger_txn: not balanced'); END IF;
  IF EXISTS (SELECT 1 FROM ledger_period p WHERE p.community_id = NEW.community_id
    AND p.reopened_at IS NULL AND p.starts_at <= NEW.recorded_at AND p.ends_at > NEW.recorded_at)
    THEN CALL ledger_refuse('ledger_txn: in a closed period'); END IF;
  RETURN NEW;
END $$
"""
REFUSE = """
CREATE OR REPLACE PROCEDURE ledger_refuse(words text) LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', words USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
REFUSED = """
CREATE OR REPLACE FUNCTION ledger_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN CALL ledger_refuse(TG_TABLE_NAME || ': ' || TG_ARGV[0]); END $$
"""
PARTS = {"ledger_posting": "txn_seq", "ledger_lot_use": "txn_seq", "ledger_lot": "origin_seq"}
PART_ADDED = """
CREATE OR REPLACE FUNCTION {table}_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_txn t WHERE t.community_id = NEW.community_id AND t.seq = NEW.{seq}) THEN
    CALL ledger_refuse('{table}: sealed'); END IF;
  RETURN NEW;
END $$
"""
FROZEN = {
    "ledger_account": ("id", "community_id", "owner", "kind", "unit", "least", "most"),
    "ledger_lot": ("id", "community_id", "account_id", "origin_seq", "amount", "expires_at"),
    "ledger_chain": ("community_id",),
}
CHANGED = """
CREATE OR REPLACE FUNCTION {table}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {condition} THEN CALL ledger_refuse('{table}: {words}'); END IF;
  RETURN NEW;
END $$
"""
ORDER = {
    "ledger_account": (
        "NEW.version <> OLD.version + 1 AND (NEW.version, NEW.posted, NEW.earned, NEW.spent, NEW.expired)"
        " <> (OLD.version, OLD.posted, OLD.earned, OLD.spent, OLD.expired)",
        "sums move with a posting, not in this order",
    ),
    "ledger_chain": ("NEW.seq <> OLD.seq + 1", "not in this order"),
}
"""What a plain condition refuses; that a lot never holds less than nothing is its CHECK."""

CREATED = "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}"
SPARE = ("ledger_txn", "ledger_posting", "ledger_lot", "ledger_lot_use", "ledger_hold_line")
"""Tables whose index on the community alone is the beginning of another one."""


def upgrade() -> None:
    for table in SPARE:
        op.drop_index(f"ix_{table}_community_id", table_name=table)
    # a member's spent lots stay for ever; reading what is left must not pass by them
    left = sa.text("remaining > 0")
    op.create_index(
        "ix_ledger_lot_left",
        "ledger_lot",
        ["account_id", "expires_at"],
        unique=False,
        postgresql_where=left,
        sqlite_where=left,
    )
    if op.get_bind().dialect.name != "postgresql":
        return
    for statement in (REFUSE, REFUSED, ISO, TXN_ADDED.format(two_people=TWO_PEOPLE), POST):
        op.execute(statement)
    op.execute("DROP FUNCTION ledger_txn_laws() CASCADE")
    op.execute("DROP FUNCTION ledger_account_sums() CASCADE")
    for table, seq in PARTS.items():
        op.execute(PART_ADDED.format(table=table, seq=seq))
    op.execute("DROP FUNCTION ledger_lot_changed() CASCADE")
    for table, columns in FROZEN.items():
        # a list of columns costs nothing while none of them is set; a condition is read anew for each statement
        event, refused = f"UPDATE OF {', '.join(columns)}", "ledger_refused('these columns never change')"
        op.execute(f"DROP TRIGGER IF EXISTS {table}_frozen_row ON {table}")
        op.execute(CREATED.format(name=f"{table}_frozen_row", event=event, table=table, function=refused))
    for table, (condition, words) in ORDER.items():
        op.execute(CHANGED.format(table=table, condition=condition, words=words))
    op.execute("ALTER TABLE ledger_account SET (fillfactor = 60)")
    op.execute("ALTER TABLE ledger_chain SET (fillfactor = 20)")


LAST = "FROM ledger_txn t WHERE t.community_id = NEW.community_id ORDER BY t.seq DESC LIMIT 1"
LEGS = "FROM ledger_posting p WHERE p.community_id = NEW.community_id AND p.txn_seq = NEW.seq"
OLDER = {
    ("ledger_account", "changed", "UPDATE"): {
        "not in this order": "NOT ((NEW.posted = OLD.posted AND NEW.version = OLD.version)"
        " OR NEW.version = OLD.version + 1)"
    },
    ("ledger_account", "sums", "UPDATE"): {
        "sums move with a posting": "NEW.version = OLD.version AND (NEW.earned, NEW.spent, NEW.expired)"
        " <> (OLD.earned, OLD.spent, OLD.expired)"
    },
    ("ledger_lot", "changed", "UPDATE"): {"not in this order": "NEW.remaining < 0"},
    ("ledger_chain", "changed", "UPDATE"): {"not in this order": "NEW.seq <> OLD.seq + 1"},
    ("ledger_txn", "laws", "INSERT"): {
        "needs a second person": f"NEW.kind IN {TWO_PEOPLE}"
        " AND (NEW.actor_id IS NULL OR NEW.checker_id IS NULL OR NEW.actor_id = NEW.checker_id)",
        "in a closed period": "EXISTS (SELECT 1 FROM ledger_period p WHERE p.community_id = NEW.community_id"
        " AND p.reopened_at IS NULL AND p.starts_at <= NEW.recorded_at AND p.ends_at > NEW.recorded_at)",
    },
    ("ledger_txn", "added", "INSERT"): {
        "not the next of its chain": f"NEW.seq <> COALESCE((SELECT t.seq {LAST}), 0) + 1",
        "not linked to the one before": f"NEW.prev_hash <> COALESCE((SELECT t.hash {LAST}), repeat('0', 64))",
        "earlier than the one before": f"NEW.recorded_at < (SELECT t.recorded_at {LAST})",
        "of fewer than two legs": f"(SELECT COUNT(*) {LEGS}) < 2",
        "not balanced": f"EXISTS (SELECT 1 {LEGS} GROUP BY p.unit HAVING SUM(p.amount) <> 0)",
    },
}
"""The checks one by one, as the older migrations made them and take them off."""


def downgrade() -> None:
    op.drop_index("ix_ledger_lot_left", table_name="ledger_lot")
    for table in SPARE:
        op.create_index(f"ix_{table}_community_id", table, ["community_id"], unique=False)
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "DROP FUNCTION ledger_post(int, text, text, text, text, timestamptz, int, int, bigint, bigint, int[], bigint[],"
        " bigint[], bigint[], bigint[], int[], bigint[], timestamptz[], int[], bigint[], text)"
    )
    op.execute("ALTER TABLE ledger_account RESET (fillfactor)")
    op.execute("ALTER TABLE ledger_chain RESET (fillfactor)")
    for (table, name, event), refusals in OLDER.items():
        checks = "".join(
            f" IF {condition} THEN CALL ledger_refuse('{table}: {words}'); END IF;"
            for words, condition in refusals.items()
        )
        function = f"{table}_{name}"
        op.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN{checks} RETURN NEW; END $$"
        )
        op.execute(f"DROP TRIGGER IF EXISTS {function}_row ON {table}")
        op.execute(CREATED.format(name=f"{function}_row", event=event, table=table, function=f"{function}()"))
