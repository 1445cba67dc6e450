"""Entry point of web servers: `waitress-serve wsgi:app`."""

from volunteer_app import create_app

app = create_app()
