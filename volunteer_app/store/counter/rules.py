"""Who may hand over, what has to be said and ticked before."""

from datetime import timedelta

from volunteer_app.core.errors import AppError, Refused
from volunteer_app.core.language import N_

TRIES, TRIES_WITHIN = 10, timedelta(minutes=10)
"""Unknown pick-up codes that one keeper may type within that time; six digits stay unguessable."""


class UnknownCode(Refused):
    """No order has this code."""

    sentence = N_("没有这个码，看看是不是少了一位")


class GuestsCode(Refused):
    """A guest from another community is served on a page of his own."""

    sentence = N_("这是别的社区来的码，请到“别的社区来的”里查")


class MistypedCode(Refused):
    """The last digit of a code checks the others: this one was read or typed wrongly."""

    sentence = N_("这个码抄错了，请一位一位再对一遍")


class TooManyCodes(AppError):
    """Too many unknown codes from this keeper."""

    status = 429
    sentence = N_("试了好几个不对的码了，歇10分钟再试，或者按编号找")


class VoucherElsewhere(Refused):
    """A partner shop's voucher is taken in there, and only there."""

    sentence = N_("这是一张券，请到“%(name)s”用")


class NotAVoucher(Refused):
    """Goods of the store are collected at its counter."""

    sentence = N_("这是超市取货的码，不是您店里的券")


class VoucherUsed(Refused):
    """A service has been given: it can't be brought back."""

    sentence = N_("券用过就不能退了，有问题请找协调员")


class NotTicked(Refused):
    """Everything is ticked before it is handed over."""

    sentence = N_("还有%(missing)d样没勾")


class NameNotChecked(Refused):
    """The collector says the name; the keeper compares."""

    sentence = N_("请先问姓名，对上再交")


class ProxyNeedsCode(Refused):
    """Whoever collects for somebody else brings the code."""

    sentence = N_("代领要报取货码，请先查码再交")


class TwoHats(Refused):
    """Who issues points is not who hands out goods is not who audits."""

    sentence = N_("发积分的、交货的、查账的要分开，请另一位管理员来办")


class NotCollected(Refused):
    """Only what was collected can come back."""

    sentence = N_("这一样没有取走过这么多，不能退")
