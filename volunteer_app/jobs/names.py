"""What jobs and processes are called on the administrator's page."""

from volunteer_app.core.language import N_

JOBS = {
    "extend_needs": N_("把常办的事排到后面两个月"),
    "remind": N_("前一天晚上提醒"),
    "close_notices": N_("公示到期"),
    "expire_orders": N_("没人来取的订单过期"),
    "expire_points": N_("积分到期"),
    "remind_of_expiry": N_("积分快到期的提醒"),
    "remind_of_loans": N_("借的东西该还了的提醒"),
    "release_cancelled": N_("取消的班让人不用来"),
    "ask_next": N_("接着问人顶班"),
    "lapse_swaps": N_("没等到回话的换班到期"),
    "forget_reasons": N_("过了月忘掉请假原因"),
    "clear_attempts": N_("清掉登录失败的记录"),
}
PROCESSES = {"timetable": N_("定时任务"), "standby": N_("定时任务，候补"), "worker": N_("算排班的程序")}
