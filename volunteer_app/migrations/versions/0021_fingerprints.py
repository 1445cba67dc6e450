"""Ledger: fingerprints as 32 bytes instead of 64 digits, fewer index entries, and the same laws in fewer questions.

A posting wrote seventeen index entries and three fingerprints of twice their size. Keys that no other key points at
go; an index on numbers of other transactions holds only the rows that have one; that a row belongs to a community is
said by its key to an account or a transaction, which belong to one. The hash of a transaction stays what it was.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0021_fingerprints"
down_revision = "0020_erasures"
branch_labels = None
depends_on = None

FINGERPRINTS = {
    "ledger_txn": ("content", "prev_hash", "hash"),
    "ledger_chain": ("hash",),
    "ledger_period": ("last_hash",),
}
IN_BOOKS = ("ledger_txn", "ledger_posting", "ledger_lot", "ledger_lot_use", "ledger_hold_line")
SPARE_KEYS = ("ledger_txn", "ledger_posting", "ledger_lot_use", "ledger_hold_line")
"""Tables whose (community_id, id) no foreign key points at."""

NOUGHTS = "0" * 64
REVERSED = ("uq_ledger_txn_community_id_reverses_seq", ("community_id", "reverses_seq"))
CONTINUED = ("ix_ledger_txn_continues_seq", ("community_id", "continues_seq"))

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
  v_account record; v_lot int; v_before bytea; v_hash bytea;
  v_units text[]; v_after bigint[]; v_versions bigint[];
  v_postings text := ''; v_accounts text := ''; v_lots text := ''; v_uses text := ''; v_next text := '[';
BEGIN
  FOR i IN 1 .. cardinality(p_accounts) LOOP
    UPDATE ledger_account a SET posted = a.posted + p_amounts[i], version = a.version + 1,
      earned = a.earned + p_earned[i], spent = a.spent + p_spent[i], expired = a.expired + p_expired[i]
      WHERE a.id = p_accounts[i] AND a.community_id = p_community AND (a.least IS NOT NULL OR a.most IS NOT NULL)
      RETURNING a.unit, a.owner, a.kind, a.posted, a.version INTO v_account;
    IF NOT FOUND THEN
      SELECT a.unit, a.owner, a.kind, NULL::bigint AS posted, NULL::bigint AS version INTO STRICT v_account
        FROM ledger_account a WHERE a.id = p_accounts[i] AND a.community_id = p_community;
    END IF;
    v_units[i] := v_account.unit; v_after[i] := v_account.posted; v_versions[i] := v_account.version;
    v_postings := concat(v_postings, v_next, i, ',', p_accounts[i], ',', to_json(v_account.unit), ',',
      p_amounts[i], ',', COALESCE(v_account.posted::text, 'null'), ',',
      COALESCE(v_account.version::text, 'null'), ']');
    v_accounts := concat(v_accounts, v_next, p_accounts[i], ',', to_json(v_account.owner), ',',
      to_json(v_account.kind), ',', to_json(v_account.unit), ']');
    v_next := ',[';
  END LOOP;
  FOR i IN 1 .. cardinality(p_use_lots) LOOP
    UPDATE ledger_lot l SET remaining = l.remaining - p_use_amounts[i]
      WHERE l.id = p_use_lots[i] AND l.community_id = p_community;
    v_uses := v_uses || CASE WHEN i > 1 THEN ',[' ELSE '[' END || p_use_lots[i] || ',' || p_use_amounts[i] || ']';
  END LOOP;

  SELECT c.seq + 1, c.hash, GREATEST(p_now, c.at) INTO txn_seq, v_before, txn_at
    FROM ledger_chain c WHERE c.community_id = p_community FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO ledger_chain (community_id, seq, hash) VALUES (p_community, 0, decode(repeat('0', 64), 'hex'))
      ON CONFLICT DO NOTHING;
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
  v_hash := sha256(convert_to(concat('{"accounts":[', v_accounts, '],"keeps":', p_keeps,
    ',"lot_uses":[', v_uses, '],"lots":[', v_lots, '],"postings":[', v_postings,
    '],"txn":{"actor_id":', COALESCE(p_actor::text, 'null'), ',"cause":', to_json(p_cause),
    ',"checker_id":', COALESCE(p_checker::text, 'null'), ',"community_id":', p_community,
    ',"content":', to_json(p_content), ',"continues_seq":', COALESCE(p_continues::text, 'null'),
    ',"kind":', to_json(p_kind), ',"prev_hash":"', encode(v_before, 'hex'), '","reason":', to_json(p_reason),
    ',"recorded_at":"', ledger_iso(txn_at), '","reverses_seq":', COALESCE(p_reverses::text, 'null'),
    ',"seq":', txn_seq, '}}'), 'UTF8'));
  INSERT INTO ledger_txn (community_id, seq, kind, cause, content, reason, recorded_at, actor_id, checker_id,
      reverses_seq, continues_seq, prev_hash, hash)
    VALUES (p_community, txn_seq, p_kind, p_cause, decode(p_content, 'hex'), p_reason, txn_at, p_actor, p_checker,
      p_reverses, p_continues, v_before, v_hash)
    RETURNING id INTO txn_id;
  UPDATE ledger_chain c SET seq = ledger_post.txn_seq, hash = v_hash, at = txn_at WHERE c.community_id = p_community;
END $$
"""
TXN_ADDED = """
CREATE OR REPLACE FUNCTION ledger_txn_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE v_seq bigint; v_hash bytea; v_at timestamptz; v_legs int; v_total numeric; v_unit text; v_other text;
BEGIN
  IF NEW.kind IN {two_people} AND (NEW.actor_id IS NULL OR NEW.checker_id IS NULL OR NEW.actor_id = NEW.checker_id)
    THEN CALL ledger_refuse('ledger_txn: needs a second person'); END IF;
  SELECT t.seq, t.hash, t.recorded_at INTO v_seq, v_hash, v_at
    FROM ledger_txn t WHERE t.community_id = NEW.community_id ORDER BY t.seq DESC LIMIT 1;
  IF NEW.seq <> COALESCE(v_seq, 0) + 1 THEN CALL ledger_refuse('ledger_txn: not the next of its chain'); END IF;
  IF NEW.prev_hash <> COALESCE(v_hash, decode(repeat('0', 64), 'hex')) THEN
    CALL ledger_refuse('ledger_txn: not linked to the one before'); END IF;
  IF NEW.recorded_at < v_at THEN CALL ledger_refuse('ledger_txn: earlier than the one before'); END IF;
  SELECT COUNT(*), SUM(p.amount), MIN(p.unit), MAX(p.unit) INTO v_legs, v_total, v_unit, v_other
    FROM ledger_posting p WHERE p.community_id = NEW.community_id AND p.txn_seq = NEW.seq;
  IF v_legs < 2 THEN CALL ledger_refuse('ledger_txn: of fewer than two legs'); END IF;
  IF v_total <> 0 OR (v_unit <> v_other AND EXISTS (SELECT 1 FROM ledger_posting p
    WHERE p.community_id = NEW.community_id AND p.txn_seq = NEW.seq GROUP BY p.unit HAVING SUM(p.amount) <> 0))
    THEN CALL ledger_refuse('ledger_txn: not balanced'); END IF;
  IF EXISTS (SELECT 1 FROM ledger_period p WHERE p.community_id = NEW.community_id
    AND p.reopened_at IS NULL AND p.starts_at <= NEW.recorded_at AND p.ends_at > NEW.recorded_at)
    THEN CALL ledger_refuse('ledger_txn: in a closed period'); END IF;
  RETURN NEW;
END $$
"""
DROP_POST = (
    "DROP FUNCTION ledger_post(int, text, text, text, text, timestamptz, int, int, bigint, bigint, int[], bigint[],"
    " bigint[], bigint[], bigint[], int[], bigint[], timestamptz[], int[], bigint[], text)"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        rebuild_on_sqlite(upwards=True)
        return
    for table in SPARE_KEYS:
        op.drop_constraint(f"uq_{table}_community_id_id", table, type_="unique")
    for table in IN_BOOKS:
        op.drop_constraint(f"fk_{table}_community_id_community", table, type_="foreignkey")
    op.drop_constraint(REVERSED[0], "ledger_txn", type_="unique")
    op.drop_index(CONTINUED[0], table_name="ledger_txn")
    for table, columns in FINGERPRINTS.items():
        changed = (f"ALTER {column} TYPE bytea USING decode({column}, 'hex')" for column in columns)
        op.execute(f"ALTER TABLE {table} {', '.join(changed)}")
    partial_indexes()
    for statement in (DROP_POST, POST, TXN_ADDED.format(two_people=older().TWO_PEOPLE)):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(REVERSED[0], table_name="ledger_txn")
    op.drop_index(CONTINUED[0], table_name="ledger_txn")
    if op.get_bind().dialect.name != "postgresql":
        rebuild_on_sqlite(upwards=False)
        op.create_index(CONTINUED[0], "ledger_txn", list(CONTINUED[1]))
        return
    for table, columns in FINGERPRINTS.items():
        changed = (f"ALTER {column} TYPE varchar(64) USING encode({column}, 'hex')" for column in columns)
        op.execute(f"ALTER TABLE {table} {', '.join(changed)}")
    op.create_unique_constraint(REVERSED[0], "ledger_txn", list(REVERSED[1]))
    op.create_index(CONTINUED[0], "ledger_txn", list(CONTINUED[1]))
    for table in SPARE_KEYS:
        op.create_unique_constraint(f"uq_{table}_community_id_id", table, ["community_id", "id"])
    for table in IN_BOOKS:
        op.create_foreign_key(f"fk_{table}_community_id_community", table, "community", ["community_id"], ["id"])
    for statement in (DROP_POST, older().POST, older().TXN_ADDED.format(two_people=older().TWO_PEOPLE)):
        op.execute(statement)


def partial_indexes() -> None:
    for name, columns in (REVERSED, CONTINUED):
        where = sa.text(f"{columns[-1]} IS NOT NULL")
        is_unique = name.startswith("uq")
        op.create_index(name, "ledger_txn", list(columns), unique=is_unique, postgresql_where=where, sqlite_where=where)


def older() -> Any:
    """The migration that wrote the functions before."""
    return context.script.get_revision("0016_ledger_posting").module


def rebuild_on_sqlite(*, upwards: bool) -> None:
    """SQLite can't drop a key: each table is made anew out of its own text, and every trigger is put back word for word
    (but for the noughts before the first hash). env.py has put foreign keys to sleep and checks them afterwards.
    """
    connection = op.get_bind()
    told = "SELECT {} FROM sqlite_master WHERE type = '{}' AND sql IS NOT NULL"
    triggers = connection.execute(sa.text(told.format("name, sql", "trigger"))).all()
    for name, _ in triggers:
        op.execute(f"DROP TRIGGER {name}")
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.create_function("from_hex", 1, bytes.fromhex, deterministic=True)
    for table in sorted({*IN_BOOKS, *FINGERPRINTS}):
        rebuild(table, upwards=upwards)
    if upwards:
        partial_indexes()
    texts, blobs = f"'{NOUGHTS}'", f"x'{NOUGHTS}'"
    for _, statement in triggers:
        op.execute(statement.replace(texts, blobs) if upwards else statement.replace(blobs, texts))


def rebuild(table: str, *, upwards: bool) -> None:
    connection = op.get_bind()
    master = "SELECT sql FROM sqlite_master WHERE tbl_name = '{}' AND type = '{}' AND sql IS NOT NULL"
    (statement,) = connection.execute(sa.text(master.format(table, "table"))).scalars()
    indexes = connection.execute(sa.text(master.format(table, "index"))).scalars().all()
    columns = [row.name for row in connection.execute(sa.text(f"PRAGMA table_info({table})"))]
    of_old = [moved(column, table, upwards=upwards) for column in columns]
    op.execute(f"CREATE TABLE made_anew ({changed(table, statement, upwards=upwards)}")
    op.execute(f"INSERT INTO made_anew ({', '.join(columns)}) SELECT {', '.join(of_old)} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE made_anew RENAME TO {table}")
    for index in indexes:
        if CONTINUED[0] not in index:
            op.execute(index)


def moved(column: str, table: str, *, upwards: bool) -> str:
    """The column's value in its new form."""
    if column not in FINGERPRINTS.get(table, ()):
        return column
    return f"from_hex({column})" if upwards else f"LOWER(HEX({column}))"


def changed(table: str, statement: str, *, upwards: bool) -> str:
    """The text of the table's columns and keys after the change, from the bracket on."""
    lines = [line.strip().rstrip(",") for line in statement.split("(", 1)[1].rsplit(")", 1)[0].split("\n")]
    lines = [line for line in lines if line]
    spoken = {column: (f"{column} VARCHAR(64)", f"{column} BLOB") for column in FINGERPRINTS.get(table, ())}
    for before, after in spoken.values():
        old, new = (before, after) if upwards else (after, before)
        assert f"{old} NOT NULL" in lines
        lines[lines.index(f"{old} NOT NULL")] = f"{new} NOT NULL"
    lines = [line for line in lines if line not in spare(table)] if upwards else [*lines, *spare(table)]
    return "\n" + ", \n".join(lines) + "\n)"


def spare(table: str) -> Iterable[str]:
    """The lines of keys that go."""
    if table in IN_BOOKS:
        yield f"CONSTRAINT fk_{table}_community_id_community FOREIGN KEY(community_id) REFERENCES community (id)"
    if table in SPARE_KEYS:
        yield f"CONSTRAINT uq_{table}_community_id_id UNIQUE (community_id, id)"
    if table == "ledger_txn":
        yield f"CONSTRAINT {REVERSED[0]} UNIQUE ({', '.join(REVERSED[1])})"
