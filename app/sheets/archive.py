"""The zip file that a workbook is, opened with care: nothing is inflated that was not measured first.

A file of a few kilobytes may claim to be gigabytes. What its members say of their size is summed up before
any is opened, and none gives more than it said.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

from app.errors import Invalid
from app.sheets.found import unfit

MOST_INFLATED: Final = 256 * 1024 * 1024
MOST_MEMBERS: Final = 2000
_PIECE: Final = 64 * 1024
_OLD_OR_LOCKED: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How .xls begins, and every workbook behind a password (MS-CFB §2.2)."""
_ENTRY: Final = b"PK\x01\x02"
_ENCRYPTED: Final = 0x1
_BROKEN: Final = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)
"""What `zipfile` raises over a damaged file, or one it has no means for."""


class Archive:
    """The members of a zip file, each given piece by piece."""

    def __init__(self, body: bytes) -> None:
        if body.startswith(_OLD_OR_LOCKED):
            raise unfit(
                "old_or_locked_workbook",
                "Tệp .xls cũ hoặc có mật khẩu: hãy mở bằng Excel, bỏ mật khẩu và lưu thành .xlsx",
                "An old .xls, or one with a password: open it in Excel and save it as .xlsx without one",
            )
        if body.count(_ENTRY) > MOST_MEMBERS:
            raise too_large()
        try:
            self._zip = ZipFile(BytesIO(body))
        except _BROKEN as error:
            raise broken() from error
        self._members = {member.filename: member for member in self._zip.infolist()}
        self.elements = 0
        """How many have been told of, in all of its members."""
        self.inflated = sum(member.file_size for member in self._zip.infolist())
        """Bytes that all of its members say they come to."""
        if self.inflated > MOST_INFLATED:
            raise too_large()
        if any(member.flag_bits & _ENCRYPTED for member in self._members.values()):
            raise unfit(
                "old_or_locked_workbook",
                "Tệp có mật khẩu: hãy lưu lại không có mật khẩu",
                "The file has a password: save it without one",
            )

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def pieces(self, name: str) -> Iterator[bytes]:
        """What a member holds; Invalid (422) where it is damaged or not there."""
        try:
            with self._zip.open(self._members[name]) as member:
                while piece := member.read(_PIECE):
                    yield piece
        except (KeyError, *_BROKEN) as error:
            raise broken() from error


def broken() -> Invalid:
    """A file that is no workbook, or is one no more."""
    return unfit(
        "not_a_workbook",
        "Không phải tệp Excel .xlsx, hoặc tệp đã hỏng: hãy mở bằng Excel và lưu lại",
        "Not an Excel .xlsx file, or a damaged one: open it in Excel and save it again",
    )


def too_large() -> Invalid:
    """More than an honest table is."""
    return unfit(
        "inflates_too_much",
        "Tệp quá lớn sau khi giải nén: hãy chép riêng bảng cần nộp sang tệp mới",
        "The file is too large once inflated: copy the table alone into a new file",
    )
