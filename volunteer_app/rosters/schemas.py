"""Days that several rooms are asked about, whatever form they come in."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from volunteer_app.core.language import N_, Text


class Period:
    """From one local date to another, both included."""

    from_on = fields.Date(required=True)
    to_on = fields.Date(required=True)

    @validates_schema
    def check_order(self, values: dict[str, Any], **_: object) -> None:
        if values["to_on"] < values["from_on"]:
            raise ValidationError({"to_on": [Text(N_("最后一天比第一天早。"))]})
