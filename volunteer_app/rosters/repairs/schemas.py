"""Who is absent, from when to when."""

from typing import Any

from marshmallow import fields, validates_schema

from volunteer_app.core.schema import FormSchema, JsonSchema
from volunteer_app.rosters.schemas import check_order


class RepairForm(FormSchema):
    """`person` is empty where nobody else is absent; then the days don't count."""

    person = fields.String(load_default="")
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: object) -> None:
        check_order(values)


class AbsenceIn(JsonSchema):
    person_id = fields.Integer(required=True)
    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: object) -> None:
        check_order(values)


class RepairIn(JsonSchema):
    absences = fields.List(fields.Nested(AbsenceIn()), load_default=list)
