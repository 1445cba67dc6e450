"""Foreign keys between the store's tables, by the tables' names."""

from sqlalchemy import ForeignKeyConstraint


def product_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "product_id"], ["store_product.community_id", "store_product.id"])


def partner_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "partner_id"], ["store_partner.community_id", "store_partner.id"])


def delivery_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "delivery_id"], ["store_delivery.community_id", "store_delivery.id"])


def line_key(column: str = "line_id", table: str = "store_order_line") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", column], [f"{table}.community_id", f"{table}.id"])


def hold_key() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["community_id", "hold_id"], ["ledger_hold.community_id", "ledger_hold.id"])
