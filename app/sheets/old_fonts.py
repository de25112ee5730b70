"""Old fonts: Vietnamese typed with a font that shows other letters than are stored, as .VnTime and VNI-Times.

On the screen “TËp huÊn” (TCVN 5712, which offices call ABC) and “Taäp huaán” (VNI) read “Tập huấn”. No
program sees the font, so it is told what the text looks like; it is taken as it is stored.
"""

import re
from typing import Final
from unicodedata import normalize

from app.errors import Text

_UNICODE: Final = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
"""Letters that Vietnamese alone has; no text in an old font has any."""
_TCVN3: Final = re.compile(
    r"[®§¨©ª¬µ¶·¸¹¼½¾÷](?=[A-Za-z])|(?<=[A-Za-z])[®¨©ª¬µ¶·¸¹¼½¾÷]|(?<=[A-Za-z])[«»](?=[A-Za-z])"
    r"|(?<=[A-Za-z])[À-ÖØ-Þ](?![A-ZÀ-ÖØ-Þ])"
)
"""Signs within words, and capitals behind small letters."""
_VNI: Final = re.compile(
    r"[aeAE][äáàåãâéèëúùüûÄÁÀÅÃÂÉÈËÚÙÜÛ]|[oO][äåâëúùüûÄÅÂËÚÙÜÛ]|\b[ñÑ]|[öÖ][ôÔ]|[öôÖÔ][ùøûõïÙØÛÕÏ]|[uyUY][øûïØÛÏ]"
)
"""A letter with its mark behind it."""
_FEWEST: Final = 2
_LONGEST: Final = 1000
"""Of a longer text the beginning is looked at."""
SAID: Final = Text(
    "Chữ này có vẻ gõ bằng phông cũ (TCVN3/ABC, VNI), nên lưu thành ký tự khác: hãy chuyển sang Unicode",
    "This looks typed with an old font (TCVN3/ABC, VNI), and is stored as other letters: make it Unicode",
)


def is_one_in(text: str) -> bool:
    """Whether a text looks like one of an old font."""
    if text.isascii() or _UNICODE.search(said := normalize("NFC", text[:_LONGEST])):
        return False
    return any(len(font.findall(said)) >= _FEWEST for font in (_TCVN3, _VNI))
