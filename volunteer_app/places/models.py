"""Communities, areas and posts."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from volunteer_app.core.database import Base, InCommunity, key_in_community

KINDS = ("district", "subdistrict", "community", "grid", "neighbourhood", "microgrid", "estate", "building")


class Community(Base):
    """A tenant. `zone` is an IANA name; contact is the human whose telephone number stands on every page."""

    __tablename__ = "community"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Shanghai")
    contact_name: Mapped[str] = mapped_column(String(40))
    contact_phone: Mapped[str] = mapped_column(String(20))
    issuer: Mapped[str] = mapped_column(String(60))

    @property
    def whom_to_ring(self) -> dict[str, object]:
        """The contact as values of a message."""
        return {"contact": self.contact_name, "phone": self.contact_phone}


class Area(Base):
    """A node of the tree district > subdistrict > community > grid > neighbourhood, micro-grid, building.

    `community_id` is None above the community. `path` is the ids from the root, `/1/2/3/`: an area lies in another if
    its path starts with the other's.
    """

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("community_id", "id"), UniqueConstraint("parent_id", "code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    path: Mapped[str] = mapped_column(String(120), default="", index=True)


class Post(InCommunity, Base):
    """A place where a shift meets: gate, station, river section. `condition` is a passing note such as road works."""

    __tablename__ = "post"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "name"),
        ForeignKeyConstraint(["community_id", "area_id"], ["area.community_id", "area.id"]),
    )

    area_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    meet: Mapped[str] = mapped_column(String(120), default="")
    condition: Mapped[str] = mapped_column(String(120), default="")


class Way(InCommunity, Base):
    """Minutes from one post to another, in both directions; posts without a row are next door."""

    __tablename__ = "way"
    __table_args__ = (
        key_in_community(),
        UniqueConstraint("community_id", "post_id", "other_id"),
        ForeignKeyConstraint(["community_id", "post_id"], ["post.community_id", "post.id"]),
        ForeignKeyConstraint(
            ["community_id", "other_id"], ["post.community_id", "post.id"], name="fk_way_community_id_other_post"
        ),
        CheckConstraint("post_id < other_id", name="order"),
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes"),
    )

    post_id: Mapped[int]
    other_id: Mapped[int]
    minutes: Mapped[int]

    post: Mapped[Post] = relationship(viewonly=True, foreign_keys="[Way.community_id, Way.post_id]")
    other: Mapped[Post] = relationship(viewonly=True, foreign_keys="[Way.community_id, Way.other_id]")
