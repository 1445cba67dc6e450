"""What stages, sources and urgencies are called. Chinese here, English in the catalogue."""

from volunteer_app.core.language import N_

STAGES = {
    "draft": N_("草稿"),
    "submitted": N_("待核实"),
    "verified": N_("待排班"),
    "scheduled": N_("已排班"),
    "done": N_("已完成"),
    "evaluated": N_("已回访"),
    "cancelled": N_("取消"),
}
STAGE_KINDS = {
    "draft": "line",
    "submitted": "wait",
    "verified": "wait",
    "scheduled": "yes",
    "done": "info",
    "evaluated": "info",
    "cancelled": "line",
}
SOURCE_NAMES = {
    "phone": N_("电话"),
    "wechat": N_("微信群"),
    "visit": N_("走访"),
    "patrol": N_("巡查上报"),
    "plan": N_("社区计划"),
    "hotline": N_("12345 转来"),
    "party": N_("党支部"),
    "resident": N_("居民"),
    "import": N_("表格导入"),
}
URGENCY_NAMES = {"": N_("不急"), "urgent": N_("急"), "hard": N_("难"), "worry": N_("烦")}
URGENCY_MARKS = {"urgent": "urgent", "hard": "hard", "worry": "nuisance"}
THEME_NAMES = {"red": N_("红 ● 党建"), "green": N_("绿 ▲ 环保"), "blue": N_("蓝 ■ 服务")}
LEVEL_NAMES = {"L1": N_("一般"), "L2": N_("较重"), "L3": N_("应急")}
EFFORT_NAMES = {"0": N_("轻，坐着站着都行"), "1": N_("要走动，要久站"), "2": N_("爬楼、搬抬、顶着太阳")}
RULE_CHOICES = {
    "FREQ=DAILY": N_("每天"),
    "FREQ=WEEKLY": N_("每周这一天"),
    "FREQ=WEEKLY;INTERVAL=2": N_("每2周这一天"),
    "FREQ=MONTHLY": N_("每月这一天"),
    "FREQ=MONTHLY;BYDAY=-1": N_("每月最后一个这样的星期几"),
}
HOLIDAY_CHOICES = {"keep": N_("照常"), "skip": N_("不办"), "next_day": N_("移到后一天")}
REPLY_STATES = {
    "proposed": N_("草稿里"),
    "notified": N_("通知了，等回话"),
    "accepted": N_("说了能去"),
    "declined": N_("去不了"),
    "no_answer": N_("没回话"),
    "seeking": N_("在找人接"),
    "signed_in": N_("签到了"),
    "signed_out": N_("签退了"),
    "confirmed": N_("核对过了"),
    "absent_excused": N_("事先请假"),
    "absent": N_("没来"),
    "withdrawn": N_("不来了"),
}
