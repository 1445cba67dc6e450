"""What periods of several rooms must keep."""

from typing import Any

from marshmallow import ValidationError

from volunteer_app.core.language import N_, Text


def check_order(values: dict[str, Any]) -> None:
    if values["to_on"] < values["from_on"]:
        raise ValidationError({"to_on": [Text(N_("最后一天比第一天早。"))]})
