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


def put_up_walls(connection: Connection) -> None:
    isolation.isolate(connection)
    role = make_url(settings.database_url).username
    if settings.owner_url and role:
        isolation.grant(connection, role)
    connection.commit()


run()
