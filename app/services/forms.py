"""Forms: the kinds of files that are taken, each by its columns, and by how its rows become requests."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy.orm import Session

from app.errors import Failure
from app.rules.parties import Actor
from app.schemas.base import In
from app.schemas.batches import Came
from app.sheets.drafts import Draft
from app.sheets.table import Table, Wanted

Body = TypeVar("Body", bound=In)


class Parse(Protocol):
    """What makes a request of what a row says."""

    def __call__(self, message: type[Body], value: Any) -> Body | Failure:
        """The request; or why it is none."""


class Take(Protocol):
    """What takes the rows of a file, each of which stands or falls by itself."""

    def __call__(
        self,
        session: Session,
        actor: Actor,
        slug: str,
        drafts: Sequence[Draft],
        fields: Collection[str],
        parse: Parse,
    ) -> Sequence[Came]:
        """What came of each row, in their order; `fields` are those the file has."""


class Form(NamedTuple):
    """One kind of file."""

    operation: str
    """What takes it, as receipts say."""
    item: str
    """The item whose list is exported as its template."""
    wanted: Wanted
    drafts: Callable[[Table, str], Iterator[Draft]]
    """What its rows say, where such an agency sends it."""
    take: Take
    whose: str
    """The field that decides who may: what is not allowed is said beside it."""
    offered: Callable[[Session, Actor, str, str | None], Sequence[str]]
    """What could stand in that field, where `by` says so."""
    also: Mapping[str, str]
    """Other names under which a refusal may speak of a field."""
    by: str | None = None
    """Another field, which has its part in who may."""
