"""The Flask-SQLAlchemy object: one engine and one session per application context. Models stand on core's Base."""

from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from volunteer_app.core.database import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
