"""What skills, identities and channels are called. Chinese here, English in the catalogue."""

from volunteer_app.core.language import N_

SKILLS = {
    "river": N_("会护河"),
    "first_aid": N_("会急救"),
    "photo": N_("会拍照"),
    "repair": N_("会修理"),
    "mediation": N_("会调解"),
    "fire": N_("懂消防"),
    "lecture": N_("会宣讲"),
    "haircut": N_("会理发"),
    "medical": N_("懂医护"),
    "leader": N_("能带班"),
}
IDENTITIES = {
    "minor": N_("未成年人"),
    "student": N_("学生"),
    "student_returnee": N_("归巢大学生"),
    "party_employed": N_("在职党员"),
    "party_retired": N_("离退休党员"),
    "party_mobile": N_("流动党员"),
    "veteran": N_("退役军人"),
    "retired": N_("退休居民"),
    "microgrid_lead": N_("微网格员"),
}
CHANNEL_NAMES = {"wechat": N_("微信"), "phone": N_("电话"), "paper": N_("纸条")}
STATES = {"invited": N_("还没答应"), "active": N_("在册"), "left": N_("已离开"), "deceased": N_("已故")}
EFFORTS = {"": N_("都行"), "1": N_("走动、久站可以，不爬楼不搬抬"), "0": N_("只做轻活")}
"""The hardest work that suits, by its number in needs; empty is any."""
GENDER_NAMES = {"F": N_("女"), "M": N_("男")}
PURPOSES = {
    "service": N_("愿意做志愿者"),
    "guardian": N_("监护人同意"),
    "publish_name": N_("名字可以写在榜上"),
    "health": N_("登记身体情况"),
}
