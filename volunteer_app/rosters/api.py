"""The blueprint of rosters' JSON, which its rooms fill."""

from volunteer_app.web.api import api_blueprint

blueprint = api_blueprint("rosters", about="Rosters, solves, seats, replies, open turns")
