"""What all tables share: names of constraints, types that mean the same on both databases, versions."""

import enum
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Enum, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator
from ulid import ULID

from app.rules.vocabulary import Subject

BIG = BigInteger().with_variant(Integer, "sqlite")
"""64 bits on both: SQLite's INTEGER is, and only that spelling makes a row id of it."""


class UtcInstant(TypeDecorator[datetime]):
    """An instant, aware and in UTC on both databases; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BYTEWISE = String().with_variant(String(collation="C"), "postgresql")
"""Text ordered by its bytes on both databases, whatever the server's locale."""

Name = Annotated[str, mapped_column(Text())]
Json = Annotated[Any, mapped_column(JSON(none_as_null=True))]

DERIVED = {"derived": True}
"""Marks a column that follows from others; the journal leaves it out."""

SortKey = Annotated[str, mapped_column(BYTEWISE, info=DERIVED)]
SearchText = Annotated[str, mapped_column(Text(), info=DERIVED)]


class Base(DeclarativeBase):
    """Every table. Constraint names are fixed from the first day, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BIG,
        str: BYTEWISE,
        date: Date(),
        datetime: UtcInstant(),
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            length=32,
            values_callable=lambda words: [word.value for word in words],
        ),
    }

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True, sort_order=-2)


class Recorded(Base):
    """A business table: each change of a row is journaled and raises the row's version.

    `subject` is the row's kind on the wire. `ref` is the name people know the row by, `plan_of` and
    `task_of` say whose it is: they decide who may read its changes. `known_as` is what a row that points at
    this one calls it on the wire. A row of an `unchanging` table stays as it was made.
    """

    __abstract__ = True
    unchanging: ClassVar[bool] = False

    version: Mapped[int] = mapped_column(default=1, sort_order=-1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {} if cls.__dict__.get("__abstract__") else {"version_id_col": cls.version}

    @property
    def subject(self) -> Subject:
        return Subject(type(self).__name__.lower())

    @property
    def ref(self) -> str:
        raise NotImplementedError

    @property
    def known_as(self) -> str:
        return self.ref

    @property
    def plan_of(self) -> int | None:
        return getattr(self, "plan_id", None)

    @property
    def task_of(self) -> int | None:
        return getattr(self, "task_id", None)


def new_public_id() -> str:
    """An opaque id that sorts by the time it was made: a ULID, 26 characters of Crockford's base 32."""
    return str(ULID())


PublicId = Annotated[str, mapped_column(BYTEWISE, default=new_public_id, unique=True)]
