"""A natural key: what the system it comes from knows a thing by, so that pushed again it is the same."""

from typing import Annotated

from pydantic import Field
from pydantic_core import PydanticCustomError

from app.schemas.base import Clean, formed

SourceSystem = Annotated[str, formed(r"^[a-z0-9][a-z0-9._-]{0,39}$", "qlvb-svhttdl")]
ExternalId = Annotated[str, Field(min_length=1, max_length=200, examples=["2023/0117"]), Clean]


def check(source_system: str | None, external_id: str | None) -> None:
    """Half of a key names nothing."""
    if (source_system is None) != (external_id is None):
        raise PydanticCustomError(
            "natural_key_incomplete",
            "source_system and external_id belong together",
            {
                "vi": "source_system và external_id phải đi cùng nhau.",
                "en": "source_system and external_id belong together.",
            },
        )
