"""Soap on the shelf, in batches."""

from datetime import date

from sqlalchemy import func, select

from tests.volunteer_app.store.shop import Shop
from volunteer_app.ledger.verify import verify
from volunteer_app.store.shelf import stock, write_offs
from volunteer_app.store.shelf.models import Delivery, Product


def soap(shop: Shop, pieces: int, best_before: date, **more: object) -> Delivery:
    """A batch of soap that runs out; unlike eggs it is handed over on any day."""
    found: Delivery = shop.write(
        stock.receive, "K01", pieces, source="donated", best_before=best_before, actor=shop.as_keeper(), **more
    )
    return found


def empty_shelf(shop: Shop) -> None:
    """The sixty pieces without a date that every store begins with are gone."""
    first = shop.session.scalars(select(Delivery).join(Product, Product.id == Delivery.product_id)).all()
    sixty = next(one for one in first if one.pieces == 60)
    shop.session.rollback()
    shop.write(write_offs.set_aside, sixty.id, 60, reason="试验", actor=shop.as_keeper())


def left(shop: Shop, batch: Delivery) -> int:
    shop.session.rollback()
    return shop.session.get_one(Delivery, batch.id).pieces_left


def right(shop: Shop) -> bool:
    """The books verify, and the batches of every product add up to what is on the shelf."""
    shop.session.rollback()
    pieces = select(Delivery.product_id, func.sum(Delivery.pieces_left)).group_by(Delivery.product_id)
    counted = {row[0]: int(row[1]) for row in shop.session.execute(pieces)}
    lines = stock.stock(shop.session, shop.community.id, now=shop.clock())
    sums = all(counted.get(line.product.id, 0) == line.on_shelf for line in lines)
    return sums and verify(shop.session, shop.community.id) == []
