"""Everything that may be taken home as a file: what it is, which days it asks for, who may have it."""

from dataclasses import dataclass

from volunteer_app.core.errors import NotFound
from volunteer_app.core.language import N_
from volunteer_app.sheets import partner_shops, public, shelf, volunteers, work
from volunteer_app.sheets.asking import Build

PERIODS = ("today", "day", "days", "month", "notice")


@dataclass(frozen=True, slots=True)
class Download:
    """`period` is one of PERIODS: as of today, one day, from-to, a month, or a public notice."""

    name: str
    title: str
    about: str
    period: str
    build: Build


DOWNLOADS = (
    Download(
        name="volunteers",
        title=N_("志愿者花名册"),
        about=N_("编号、姓名、手机、会什么、自己定的上限。"),
        period="today",
        build=volunteers.register,
    ),
    Download(
        name="availability",
        title=N_("可服务时间表"),
        about=N_("七天，每天上午、下午、晚上，有空的打√。"),
        period="month",
        build=volunteers.available_times,
    ),
    Download(
        name="needs",
        title=N_("活动需求表"),
        about=N_("这几天的需求，和还没定日子的需求。"),
        period="days",
        build=work.need_list,
    ),
    Download(
        name="roster",
        title=N_("排班表"),
        about=N_("一天一行，一个岗位一列；草稿也在里面。"),
        period="days",
        build=work.roster,
    ),
    Download(
        name="wall-roster",
        title=N_("排班表（张贴）"),
        about=N_("已发布的班；名字遮住一个字，不含探访。"),
        period="days",
        build=work.wall_roster,
    ),
    Download(
        name="sign-in",
        title=N_("签到表"),
        about=N_("一天的班，打印出来签名，按行号录回来。"),
        period="day",
        build=work.signing,
    ),
    Download(
        name="hours-notice",
        title=N_("时长公示表"),
        about=N_("一次公示的名单，名字遮住一个字。"),
        period="notice",
        build=public.hours_notice,
    ),
    Download(
        name="points-notice",
        title=N_("积分公示表"),
        about=N_("上期结余、新增、兑换、本期结余，名字遮住一个字。"),
        period="month",
        build=public.points_notice,
    ),
    Download(
        name="redemptions",
        title=N_("兑换登记表"),
        about=N_("一个月里交出去的东西，留着签名的格子。"),
        period="month",
        build=shelf.redemptions,
    ),
    Download(
        name="stock",
        title=N_("库存台账"),
        about=N_("一样一样的入库、出库、结存，谁经手，谁监督。"),
        period="month",
        build=shelf.stock_book,
    ),
    Download(
        name="settlements",
        title=N_("商户结算表"),
        about=N_("一个月里各家店收的券，每家该付多少。"),
        period="month",
        build=partner_shops.settlements,
    ),
)


def download(name: str) -> Download:
    """Raises NotFound."""
    found = next((one for one in DOWNLOADS if one.name == name), None)
    if found is None:
        raise NotFound
    return found
