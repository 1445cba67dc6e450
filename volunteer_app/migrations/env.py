"""Runs the migrations as the owner of the tables; on PostgreSQL the walls between communities are put up after them."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, NullPool, create_engine, make_url

from volunteer_app.core import isolation

database = current_app.extensions["migrate"].db
settings = current_app.extensions["youlin_settings"]


def run() -> None:
    owner = create_engine(settings.owner_url or settings.database_url, poolclass=NullPool)
    with owner.connect() as connection:
        on_postgresql = connection.dialect.name == "postgresql"
        if on_postgresql:
            # migrations move rows of all communities
            connection.exec_driver_sql(f"SET {isolation.SETTING} = '{isolation.EVERY}'")
            connection.commit()
        else:
            # a table is made anew to change its keys; what points at it is checked when all is done
            sleep(connection, keys=True)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            compare_type=True,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if on_postgresql:
            put_up_walls(connection)
        else:
            check_keys(connection)


def sleep(connection: Connection, *, keys: bool) -> None:
    """SQLite takes no notice of this inside a transaction, so it goes to the driver."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={'OFF' if keys else 'ON'}")


def check_keys(connection: Connection) -> None:
    """Raises when a row points at nothing."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"{len(broken)} rows point at nothing, the first in {broken[0][0]}")


def put_up_walls(connection: Connection) -> None:
    isolation.isolate(connection)
    role = make_url(settings.database_url).username
    if settings.owner_url and role:
        isolation.grant(connection, role)
    connection.commit()


run()
