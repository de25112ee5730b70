"""The codes of the State budget index that a line may carry: chương; loại, khoản; mục, tiểu mục.

Digits only, of a fixed length (Circular 324/2016/TT-BTC); a part is named with its whole.
Which codes are in force is the index's business, not ours.
"""

from collections.abc import Mapping
from typing import Final

from app.errors import Text

LEVELS: Final = ("chapter", "category", "subcategory", "item", "subitem")
"""chương, loại, khoản (three digits each); mục, tiểu mục (four)."""

PART_OF: Final[Mapping[str, str]] = {"subcategory": "category", "subitem": "item"}
"""A khoản lies in a loại, a tiểu mục in a mục."""

INCOMPLETE: Final = (
    "code_without_its_whole",
    Text(
        "Khoản phải đi cùng loại, tiểu mục phải đi cùng mục.",
        "A subcategory needs its category, a subitem its item.",
    ),
)


def missing(codes: Mapping[str, str | None]) -> list[str]:
    """The wholes that are not named although a part of them is."""
    return [whole for part, whole in PART_OF.items() if codes.get(part) and not codes.get(whole)]
