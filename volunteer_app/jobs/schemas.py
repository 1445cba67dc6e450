"""What the API tells about the timetable and its processes."""

from marshmallow import fields

from volunteer_app.core.schema import ReplySchema


class JobOut(ReplySchema):
    job = fields.String()
    scheduled_for = fields.AwareDateTime(attribute="run.scheduled_for", dump_default=None)
    done_at = fields.AwareDateTime(attribute="run.done_at", dump_default=None)
    changed = fields.Integer(attribute="run.changed", dump_default=None)
    is_overdue = fields.Boolean(metadata={"description": "it fails again and again"})


class ProcessOut(ReplySchema):
    name = fields.String()
    at = fields.AwareDateTime()
    is_alive = fields.Boolean()
    said = fields.String()


class SystemOut(ReplySchema):
    jobs = fields.List(fields.Nested(JobOut))
    processes = fields.List(fields.Nested(ProcessOut))
    open_runs = fields.Integer()
