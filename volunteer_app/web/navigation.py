"""The sections of each role: at most six, never a menu that unfolds."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from volunteer_app.core.language import N_


@dataclass(frozen=True, slots=True)
class Item:
    """A section; `within` are pages that belong to it though their addresses aren't below its own."""

    icon: str
    label: str
    endpoint: str
    within: tuple[str, ...] = ()


OWN_POINTS = ("sheets.my_statement", "sheets.my_receipt", "sharing.mine")
SECTIONS: dict[str, tuple[Item, ...]] = {
    "volunteer": (
        Item("calendar", N_("我的班"), "rosters.my_turn"),
        Item("squares", N_("有空时间"), "availability.my_times"),
        Item("book", N_("时长积分"), "rewards.my_record", OWN_POINTS),
        Item("bag", N_("超市"), "store.shop"),
    ),
    "resident": (
        Item("book", N_("我的积分"), "rewards.my_points", OWN_POINTS),
        Item("bag", N_("超市"), "store.shop"),
    ),
    "coordinator": (
        Item("list", N_("问题清单"), "needs.list_needs"),
        Item("calendar", N_("排班表"), "rosters.board"),
        Item("people", N_("人员"), "people.list_people"),
        Item("tick", N_("签到"), "attendance.day"),
        Item("clock", N_("公示"), "notices.list_notices"),
        Item("table", N_("表格"), "sheets.index"),
    ),
    "keeper": (
        Item("bag", N_("交货"), "store.hand_over"),
        Item("list", N_("库存"), "store.stock"),
        Item("calendar", N_("今天"), "store.today"),
    ),
    "partner": (
        Item("bag", N_("收券"), "store.partner_home"),
        Item("table", N_("结算单"), "store.own_statement"),
    ),
    "auditor": (
        Item("book", N_("账本"), "sheets.books"),
        Item("list", N_("库存"), "store.stock"),
        Item("clock", N_("公示"), "notices.list_notices"),
    ),
    "admin": (
        Item("home", N_("各社区"), "places.communities"),
        Item("people", N_("人员和角色"), "people.roles"),
        Item("table", N_("规则"), "rewards.rules"),
        Item("calendar", N_("日历"), "workdays.calendar"),
        Item("bag", N_("超市"), "store.prices"),
        Item("gear", N_("系统"), "jobs.system"),
    ),
}
ROLE_NAMES = {
    "volunteer": N_("志愿者"),
    "resident": N_("居民"),
    "coordinator": N_("协调员"),
    "keeper": N_("管理员"),
    "partner": N_("爱心商户"),
    "auditor": N_("监督员"),
    "admin": N_("平台管理员"),
}


def sections(role: str) -> list[tuple[Item, str, bool]]:
    """(item, address, is it the current one) for the role's navigation; a page below a section's address is in it, and
    those that the section names.
    """
    found = [(item, url_for(item.endpoint)) for item in SECTIONS[role] if item.endpoint in current_app.view_functions]
    named = [address for item, address in found if request.endpoint in item.within]
    around = [address for _, address in found if f"{request.script_root}{request.path}/".startswith(f"{address}/")]
    here = max(named or around, key=len, default="")
    return [(item, address, address == here) for item, address in found]


def home_of(role: str) -> str:
    """Address of the role's first section."""
    found = sections(role)
    return found[0][1] if found else url_for("web.patterns")
