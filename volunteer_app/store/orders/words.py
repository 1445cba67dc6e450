"""The goods of an order in a sentence."""

from volunteer_app.core.language import N_, Text
from volunteer_app.store.orders.models import Order
from volunteer_app.store.shelf.models import Product

PIECES = N_("%(name)s%(pieces)d%(measure)s")
AND_MORE = N_("%(first)s、%(rest)s")


def listed(lines: list[tuple[Product, int, int]]) -> Text:
    """香皂2块、食盐1袋: the goods of an order in a sentence, translatable."""
    first, *rest = lines
    product, pieces, _ = first
    said = Text(PIECES, {"name": product.called, "pieces": pieces, "measure": Text(product.measure)})
    return Text(AND_MORE, {"first": said, "rest": listed(rest)}) if rest else said


def goods_of(order: Order) -> Text:
    """The goods of an order in a sentence; once some are back on the shelf, those that aren't."""
    return listed([(line.product, line.kept or line.quantity, line.points_each) for line in order.kept_lines])
