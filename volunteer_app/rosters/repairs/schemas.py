"""Who is absent, from when to when."""

from marshmallow import fields

from volunteer_app.core.schema import FormSchema, JsonSchema
from volunteer_app.rosters.schemas import Period


class RepairForm(Period, FormSchema):
    """`person` is empty where nobody else is absent; then the days don't count."""

    person = fields.String(load_default="")


class AbsenceIn(Period, JsonSchema):
    person_id = fields.Integer(required=True)


class RepairIn(JsonSchema):
    absences = fields.List(fields.Nested(AbsenceIn()), load_default=list)
