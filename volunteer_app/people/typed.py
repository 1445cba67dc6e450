"""People as they are typed into a field of a form: by number or telephone."""

from volunteer_app.core.language import N_, Text
from volunteer_app.people import queries
from volunteer_app.people.actions import NoSuchNumber
from volunteer_app.web.database import db
from volunteer_app.web.forms import Form


def person_named(form: Form, name: str) -> int:
    """Id of the one person whom the field `name` means; else a sentence beside the field and 0."""
    found = queries.people_named(db.session(), form.values[name])
    if len(found) == 1:
        return found[0].id
    several = N_("不止一位留了这个电话，请填编号。")
    form.errors[name] = [Text(several if found else NoSuchNumber.sentence)]
    return 0
