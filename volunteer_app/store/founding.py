"""The price list that a community starts with: the October 2026 example. Points are 10 for each yuan of cost."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from volunteer_app.core.audit import Actor
from volunteer_app.core.language import N_
from volunteer_app.store.opening.models import Opening
from volunteer_app.store.orders.models import StoreRule
from volunteer_app.store.shelf import stock
from volunteer_app.store.shelf.models import Price, Product
from volunteer_app.store.shelf.stock import Incoming


@dataclass(frozen=True, slots=True)
class Item:
    """One line: code, name, character of the sign, counter word, pack, cost in fen, points, pieces (None: uncounted),
    pieces per person and months that this limit is for, where it comes from.
    """

    code: str
    name: str
    sign: str
    measure: str
    pack: str
    cost_fen: int
    points: int
    pieces: int | None
    most_each: int | None
    source: str
    limit_months: int = 1
    kind: str = "goods"
    fridays_only: bool = False


ITEMS = (
    Item("K01", N_("香皂"), "皂", N_("块"), "", 300, 30, 60, 2, "purchase"),
    Item("K02", N_("食盐"), "盐", N_("袋"), N_("400克"), 250, 25, 80, 2, "purchase"),
    Item("K03", N_("牙膏"), "膏", N_("支"), "", 600, 60, 40, 1, "purchase"),
    Item("K04", N_("毛巾"), "巾", N_("条"), "", 800, 80, 40, 1, "donated"),
    Item("K05", N_("抽纸"), "纸", N_("提"), N_("6包"), 1500, 150, 50, 2, "purchase"),
    Item("K06", N_("洗衣液"), "洗", N_("瓶"), N_("1公斤"), 1200, 120, 40, 1, "donated"),
    Item("K07", N_("鸡蛋"), "蛋", N_("盘"), N_("30枚"), 2200, 220, 20, 1, "purchase", fridays_only=True),
    Item("K08", N_("大米"), "米", N_("袋"), N_("5公斤"), 3200, 320, 30, 1, "purchase"),
    Item("K09", N_("食用油"), "油", N_("桶"), N_("1.8升"), 3000, 300, 30, 1, "purchase"),
    Item("K10", N_("雨伞"), "伞", N_("把"), "", 2000, 200, 15, 1, "donated"),
    Item("K11", N_("保温杯"), "杯", N_("只"), "", 4000, 400, 10, 1, "donated"),
    Item("K12", N_("电饭煲"), "煲", N_("台"), "", 12000, 1200, 2, 1, "donated", limit_months=12),
    Item("S01", N_("理发"), "剪", N_("次"), "", 1000, 100, None, 1, "partner", kind="service"),
    Item("S02", N_("磨刀"), "刀", N_("次"), "", 300, 30, None, 2, "community", kind="service"),
    Item("S03", N_("家电检修"), "修", N_("次"), "", 1500, 150, None, 1, "partner", kind="service"),
    Item("S04", N_("购书卡"), "书", N_("张"), N_("30元"), 3000, 300, 10, 1, "partner", kind="service"),
    Item("L01", N_("借用：工具、轮椅、雨伞"), "借", N_("件"), "", 0, 0, 5, None, "community", kind="lending"),
)
"""Source of codes, costs, points, pieces and limits: the community's price list of October 2026."""
FRIDAY, MORNING_DAY = 4, 15


def load_price_list(
    session: Session, *, from_on: date, place: str, actor: Actor, now: datetime, month_points: int = 400
) -> list[Product]:
    """Products with prices from `from_on`, their first pieces, opening times and limits; for an empty store."""
    community_id = actor.community_id
    session.add(StoreRule(community_id=community_id, from_on=from_on, month_points=month_points, keep_days=7))
    session.add_all(
        [
            Opening(community_id=community_id, weekday=FRIDAY, starts_minute=14 * 60, ends_minute=17 * 60, place=place),
            Opening(
                community_id=community_id, month_day=MORNING_DAY, starts_minute=9 * 60, ends_minute=11 * 60, place=place
            ),
        ]
    )
    made = {item: new_product(item, community_id) for item in ITEMS}
    session.add_all(made.values())
    session.flush()
    for item, product in made.items():
        session.add(Price(community_id=community_id, product_id=product.id, from_on=from_on, points=item.points))
    first = [Incoming(product, item.pieces, item.source) for item, product in made.items() if item.pieces]
    stock.receive_all(session, first, actor=actor, now=now)
    return list(made.values())


def new_product(item: Item, community_id: int) -> Product:
    """A product as the list describes it."""
    return Product(
        community_id=community_id,
        code=item.code,
        kind=item.kind,
        name=item.name,
        sign=item.sign,
        measure=item.measure,
        pack=item.pack,
        cost_fen=item.cost_fen,
        most_each=item.most_each,
        limit_months=item.limit_months,
        fridays_only=item.fridays_only,
        is_counted=item.pieces is not None,
        source=item.source,
    )
