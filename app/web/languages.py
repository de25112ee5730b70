"""Vietnamese unless the caller would rather have English: Accept-Language as RFC 9110 §12.5.4 reads it."""

import re
from typing import Literal

from starlette.datastructures import Headers
from starlette.types import Scope

from app.errors import Text

Language = Literal["vi", "en"]

_RANGE = re.compile(
    r"\s*(\*|[a-z]{1,8})(?:-[a-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.IGNORECASE
)
_MOST_RANGES = 20


def language(scope: Scope) -> Language:
    """The language to answer in; what cannot be understood or served falls back to Vietnamese."""
    return preferred(",".join(Headers(scope=scope).getlist("accept-language")))


def preferred(accept_language: str) -> Language:
    """The better liked of the two: higher q first, and among equals the one named first."""
    liking: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(accept_language.split(",")[:_MOST_RANGES]):
        if found := _RANGE.fullmatch(part):
            name, quality = found[1].lower(), float(found[2] or 1)
            liking[name] = max(liking.get(name, (0.0, 0)), (quality, -place))
    anything = liking.get("*", (0.0, 0))
    vietnamese, english = liking.get("vi", anything), liking.get("en", anything)
    return "en" if english[0] > 0 and english > vietnamese else "vi"


def say(text: Text, chosen: Language) -> str:
    """The sentence in that language."""
    return text.en if chosen == "en" else text.vi
