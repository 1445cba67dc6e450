"""PostgreSQL's own walls: a row is seen and written by its community only, and the application's role owns nothing.

Run after every migration as the owner of the tables. Row-level security is forced, so that it binds the owner too; a
superuser alone is above it. SQLite has one file and one user: there the scope of the session and the composite keys
stand alone.
"""

from sqlalchemy import Connection, text

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_

SETTING = "app.community"
EVERY = "all"
"""What the setting holds for work that goes over communities: sign-in, worker, verify. Unset, no row is seen."""

ISOLATE = f"""DO $$ DECLARE own regclass; BEGIN
  FOR own IN SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'community_id'
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT c.relforcerowsecurity
  LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', own);
    EXECUTE format('CREATE POLICY own_community ON %s
      USING (current_setting(''{SETTING}'', true) IN (''{EVERY}'', community_id::text))', own);
  END LOOP; END $$"""

DELETES, UPDATES = 8, 16  # bits of pg_trigger.tgtype
REFUSED = f"""SELECT c.relname, CASE c.relkind WHEN 'v' THEN {DELETES | UPDATES} ELSE
    COALESCE(bit_or(t.tgtype::int) FILTER (WHERE p.proname LIKE '%\\_kept'), 0) END AS verbs
  FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid LEFT JOIN pg_proc p ON p.oid = t.tgfoid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'v')
  GROUP BY c.relname, c.relkind ORDER BY c.relname"""
"""What triggers refuse in each table; of a view everything but adding to it."""


MAKES = """SELECT has_schema_privilege(:role, 'public', 'CREATE')
  OR has_database_privilege(:role, current_database(), 'TEMPORARY')"""


class MayMakeTables(Refused):
    """The application's role keeps a right that the owner of the tables can't take away, because somebody else gave it:
    on PostgreSQL 14, and in clusters upgraded from it, the superuser who owns schema public.
    """

    sentence = N_(
        "“%(role)s”还能自己建表，账就防不住它。它不能是超级用户，也不能是“%(owner)s”的成员。"
        "请超级用户在这个数据库里运行：%(statements)s。然后再运行一次make db"
    )


def isolate(connection: Connection) -> None:
    """Puts row-level security on every table that carries a community and has none yet; safe to repeat."""
    connection.execute(text(ISOLATE))


def grant(connection: Connection, role: str) -> None:
    """Gives the application's role what it needs: nothing that a trigger refuses, never TRUNCATE. Safe to repeat.

    It makes nothing either, not for a moment: what one of its own triggers wrote would pass for an entry of the ledger.
    Refuses MayMakeTables when it still could: to PostgreSQL a REVOKE without effect is only a warning.
    """
    quote = connection.dialect.identifier_preparer.quote
    named, database = quote(role), quote(connection.execute(text("SELECT current_database()")).scalar_one())
    said = [
        f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {named}",
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {named}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {named}",
        f"GRANT USAGE ON SCHEMA public TO {named}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {named}",
    ]
    for table, verbs in connection.execute(text(REFUSED)).all():
        rights = ["SELECT"] if table == "alembic_version" else ["SELECT", "INSERT"]
        rights += [] if verbs & UPDATES or len(rights) == 1 else ["UPDATE"]
        rights += [] if verbs & DELETES or len(rights) == 1 else ["DELETE"]
        said.append(f"GRANT {', '.join(rights)} ON {table} TO {named}")
    for statement in said:
        connection.exec_driver_sql(statement)
    if connection.execute(text(MAKES), {"role": role}).scalar_one():
        owner = connection.execute(text("SELECT current_user")).scalar_one()
        said = [f"ALTER {what} OWNER TO {quote(owner)}" for what in ("SCHEMA public", f"DATABASE {database}")]
        raise MayMakeTables(role=role, owner=owner, statements="; ".join(said))
