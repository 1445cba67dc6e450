from tests.volunteer_app.rosters.conftest import own_town

__all__ = ["own_town"]
