"""A newcomer is paid for once, whoever brought him; bonuses name nobody else and don't repeat what was typed.

The key of a bonus includes the person, so that two coordinators at once could pay two people for one newcomer. Where
that has happened both stay, and the later one's occasion gets its number. A referral's note was the newcomer's name,
which stood in somebody else's row after the newcomer was forgotten: the occasion names him by his row. A suggestion's
occasion was the beginning of its note; it is the fingerprint of the whole note.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0031_referrals"
down_revision = "0030_entries"
branch_labels = None
depends_on = None

REFERRAL = sa.text("kind = 'referral'")
BONUS = sa.table("bonus", *(sa.column(name) for name in ("id", "community_id", "kind", "occasion", "note")))


def upgrade() -> None:
    paid_twice = """UPDATE bonus SET occasion = occasion || ':' || id WHERE kind = 'referral' AND EXISTS (
        SELECT 1 FROM bonus b WHERE b.kind = 'referral' AND b.community_id = bonus.community_id
        AND b.occasion = bonus.occasion AND b.id < bonus.id)"""
    op.execute(paid_twice)
    op.execute("UPDATE bonus SET note = '' WHERE kind = 'referral'")
    of_note = sa.select(BONUS.c.id, BONUS.c.note).where(
        BONUS.c.kind == "suggestion", BONUS.c.note != "", BONUS.c.occasion == sa.func.substr(BONUS.c.note, 1, 80)
    )
    for row in op.get_bind().execute(of_note).all():
        mark = hashlib.sha256(row.note.encode()).hexdigest()
        op.execute(BONUS.update().where(BONUS.c.id == row.id).values(occasion=mark))
    op.create_index(
        "uq_bonus_referral",
        "bonus",
        ["community_id", "occasion"],
        unique=True,
        sqlite_where=REFERRAL,
        postgresql_where=REFERRAL,
    )


def downgrade() -> None:
    op.drop_index("uq_bonus_referral", "bonus")
