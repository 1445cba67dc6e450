"""What a volunteer answers who is asked to come to a turn that lacks somebody."""

from volunteer_app.core.language import N_
from volunteer_app.rosters.turns import covers
from volunteer_app.rosters.turns.views import answer
from volunteer_app.rosters.views import blueprint
from volunteer_app.web.access import access
from volunteer_app.web.forms import Answer


@blueprint.post("/my/cover/<int:ask_id>/agree")
@access("volunteer")
def agree_cover(ask_id: int) -> Answer:
    return answer(covers.agree, ask_id, N_("这一班是您的了，谢谢您来帮忙。"))


@blueprint.post("/my/cover/<int:ask_id>/refuse")
@access("volunteer")
def refuse_cover(ask_id: int) -> Answer:
    return answer(covers.refuse, ask_id, N_("知道了，会再问别人。"))
