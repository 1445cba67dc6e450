"""What can't be registered."""

from volunteer_app.core.errors import Refused
from volunteer_app.core.language import N_


class NoPartner(Refused):
    """Whoever signs in as a partner shop must stand behind one."""

    sentence = N_("还没有登记您的店，请打电话给社区")


class PartnerTaken(Refused):
    """A name or a sign-in stands for one shop."""

    sentence = N_("这个店名或者这位登录人已经登记过了")


class NotAPartnerPerson(Refused):
    """Who signs in for a shop holds the role of one."""

    sentence = N_("这位还没有“爱心商户”的角色，请平台管理员先给")
