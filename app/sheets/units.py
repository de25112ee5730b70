"""Units: what a sheet says outside its headings of how its amounts are counted: `Đơn vị tính: triệu đồng`."""

import re
from typing import Final

from app.rules.vietnamese import fold

_DONG: Final = r"(?:dong|vnd|d|₫)"
_TIMES: Final = r"(?:tram|nghin|ngan|trieu|tr|ty|ti)"
_ANOTHER: Final = (
    rf"(?:(?:{_TIMES}\W*)+{_DONG}|(?:1(?:\W?000)+|10\W?[369])\W*{_DONG}|(?:nghin|ngan|trieu|ty)(?=\W*\Z)"
    r"|usd|us\$|\$|do la(?: my)?|euro?|€)(?!\w)"
)
_ALONE: Final = re.compile(rf"\W*{_ANOTHER}\W*")
_SAID: Final = re.compile(
    rf"\b(?:don vi|dvt|tinh bang)(?:\W{{1,9}}(?:tinh|tien|so tien)){{0,3}}\W{{0,9}}{_ANOTHER}"
    rf"|[(\[]\W{{0,9}}{_ANOTHER}\W{{0,9}}[)\]]"
)
_LONGEST: Final = 1000
"""Of a longer text the beginning is looked at."""


def is_another(text: str) -> bool:
    """Whether a text is a unit of money other than đồng, and nothing else."""
    return _ALONE.fullmatch(fold(text[:_LONGEST])) is not None


def is_an_amount(text: str) -> bool:
    """Whether what could be a unit could be an amount as well: `1.000.000 đ`, in a row that has all else."""
    return text.lstrip()[:1].isdigit()


def names_another(text: str) -> bool:
    """Whether a text says that amounts are in another unit than đồng; of one amount it may be said in any."""
    return is_another(text) or _SAID.search(fold(text[:_LONGEST])) is not None
