"""Numbers that documents are cited by: the Party's `36-NQ/TW`, the State's `123/QĐ-UBND` and `30/2020/NĐ-CP`.

The Party writes number-TYPE/ISSUER (Quy định 66-QĐ/TW of 2017, Hướng dẫn 36-HD/VPTW of 2018); the State
number/TYPE-ISSUER, with the year after the number in what makes law (Decree 30/2020/NĐ-CP, Annexes I, III).
A number is read as it was scanned or typed, and kept in one spelling.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from unicodedata import normalize

from app.errors import Text
from app.rules.vietnamese import INVISIBLE, LOOKALIKE, UnfitText, clean
from app.rules.vocabulary import Word

LONGEST_TEXT: Final = 80
LONGEST_ISSUER: Final = 40
YEARS: Final = range(1945, 2101)


class Form(Word):
    """Whose manner of numbering it is."""

    PARTY = "party", "Văn bản của Đảng", "Party document"
    STATE = "state", "Văn bản của Nhà nước", "State document"


class Kind(NamedTuple):
    """A kind of document, and whether one of that kind can decide anything, so that it can change a plan."""

    label: Text
    decides: bool


# They only tell, ask, record, agree or accompany.
_POWERLESS: Final = re.compile("TC|BC|TTr|BB|GM|HĐ|BGN|BTT|GUQ|GGT|GNP|PG|PC|PB")


def _kinds(rows: str) -> dict[str, Kind]:
    """From rows of `abbreviation Vietnamese, English`."""
    parts = (row.partition(" ") for row in rows.split("; "))
    return {kind: Kind(Text(*names.split(", ")), not _POWERLESS.fullmatch(kind)) for kind, _, names in parts}


_BOTH: Final = _kinds(
    "NQ Nghị quyết, Resolution; CT Chỉ thị, Directive; QC Quy chế, Regulation; HD Hướng dẫn, Guidance; "
    "TB Thông báo, Notice; TC Thông cáo, Communiqué; KH Kế hoạch, Plan; CTr Chương trình, Programme; "
    "ĐA Đề án, Scheme; PA Phương án, Course of action; DA Dự án, Project; BC Báo cáo, Report; "
    "TTr Tờ trình, Submission; BB Biên bản, Minutes; GM Giấy mời, Invitation"
)
# The Party's QĐ is either kind: 66-QĐ/TW is itself a quy định. Some write QĐi for those, as in 08-QĐi/TW.
_PARTY: Final = _kinds(
    "QĐ Quyết định hoặc quy định, Decision or provision; QĐi Quy định, Provision; KL Kết luận, Conclusion; "
    "TT Thông tri, Circular letter; QH Quy hoạch, Master plan; CV Công văn, Official letter"
)
_STATE: Final = _kinds(
    "QĐ Quyết định, Decision; QyĐ Quy định, Provision; CĐ Công điện, Official telegram; L Lệnh, Order; "
    "PL Pháp lệnh, Ordinance; NĐ Nghị định, Decree; TT Thông tư, Circular; "
    "TTLT Thông tư liên tịch, Joint circular; NQLT Nghị quyết liên tịch, Joint resolution; "
    "HĐ Hợp đồng, Contract; BGN Bản ghi nhớ, Memorandum of understanding; BTT Bản thỏa thuận, Agreement; "
    "GUQ Giấy ủy quyền, Power of attorney; GGT Giấy giới thiệu, Letter of introduction; "
    "GNP Giấy nghỉ phép, Leave permit; PG Phiếu gửi, Dispatch slip; PC Phiếu chuyển, Transfer slip; "
    "PB Phiếu báo, Notification slip"
)
KINDS: Final[Mapping[Form, Mapping[str, Kind]]] = {Form.PARTY: _BOTH | _PARTY, Form.STATE: _BOTH | _STATE}

MESSAGES: Final = {
    "not_a_document_number": Text(
        "Không phải số, ký hiệu văn bản; ví dụ: 07-KH/BCĐ-TTĐN, 123/QĐ-UBND, 30/2020/NĐ-CP.",
        "This is not a document's number; examples: 07-KH/BCĐ-TTĐN, 123/QĐ-UBND, 30/2020/NĐ-CP.",
    ),
    "unknown_document_type": Text(
        "Không có loại văn bản viết tắt như vậy; ví dụ đúng: 07-KH/BCĐ-TTĐN, 123/QĐ-UBND. Công văn của"
        " Nhà nước (như 12/UBND-VX) không phải là quyết định.",
        "No type of document is abbreviated so; examples: 07-KH/BCĐ-TTĐN, 123/QĐ-UBND. An official letter of"
        " the State (as 12/UBND-VX) is not a decision.",
    ),
    "party_number_in_state_form": Text(
        "Văn bản của Đảng ghi số theo cách khác; có lẽ là {likely}.",
        "Documents of the Party are numbered otherwise; probably {likely}.",
    ),
    "state_number_in_party_form": Text(
        "Văn bản của Nhà nước ghi số theo cách khác; có lẽ là {likely}.",
        "Documents of the State are numbered otherwise; probably {likely}.",
    ),
    "year_not_of_date": Text(
        "Năm ghi trong số phải là năm ban hành: 30/2020/NĐ-CP thì ngày ban hành thuộc năm 2020.",
        "The year in the number must be that of the document's date: 30/2020/NĐ-CP is dated in 2020.",
    ),
}

# Those who issue in one form only, beyond doubt; BCĐ-TTĐN by the number of the plan itself. A bare BCĐ is not
# among them, because the State has such bodies too.
_OFFICES: Final = ("", "VP", "BTC", "BTG", "BTGDV", "BDV", "BNC", "UBKT")
_ISSUERS: Final[Mapping[Form, tuple[str, ...]]] = {
    Form.PARTY: (*(office + seat for office in _OFFICES for seat in ("TW", "TU")), "BCĐ-TTĐN"),
    Form.STATE: ("UBND", "HĐND", "CP", "TTg", "CTN", "VPCP"),
}
_OFFICIAL_ISSUER: Final = {issuer.casefold(): issuer for every in _ISSUERS.values() for issuer in every}
# A type in the wrong case is put right: no two types of one form differ in case alone.
_OFFICIAL_TYPE: Final = {form: {kind.casefold(): kind for kind in kinds} for form, kinds in KINDS.items()}

_LETTER: Final = "A-Za-zĂÂĐÊÔƠƯăâđêôơư"
_ISSUER: Final = rf"(?P<issuer>[{_LETTER}][{_LETTER}0-9]*(?:[.-][{_LETTER}0-9]+)*)"
_DIGITS: Final = r"(?P<digits>[0-9]{1,5})"
_TYPE: Final = rf"(?P<typed>[{_LETTER}]+)"
_SHAPES: Final = {
    Form.PARTY: re.compile(rf"{_DIGITS}-{_TYPE}/{_ISSUER}"),
    Form.STATE: re.compile(rf"{_DIGITS}/(?:(?P<year>[0-9]{{4}})/)?{_TYPE}-{_ISSUER}"),
}
_LEAD: Final = re.compile(r"\Asố\s*:?\s*", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"\s*([-/.])\s*")
_DASHES: Final = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")
_SPELT: Final[dict[int, str | None]] = {**LOOKALIKE, **INVISIBLE, **_DASHES}


class NotADocumentNumber(ValueError):
    """`code` is one of `MESSAGES`, `text` its sentence; `likely` the spelling meant, where that is certain.

    Nothing typed is repeated but the digits of the number in `likely`, whose rest is from our tables.
    """

    def __init__(self, code: str, likely: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.likely = likely
        self.text = Text(*(sentence.format(likely=likely) for sentence in MESSAGES[code]))


@dataclass(frozen=True, slots=True)
class Number:
    """A document's number, taken apart; `printed` is the spelling to store, its leading zero as typed."""

    form: Form
    number: int
    year: int | None
    type: str
    issuer: str
    printed: str

    @property
    def type_label(self) -> Text:
        return KINDS[self.form][self.type].label

    @property
    def decides(self) -> bool:
        return KINDS[self.form][self.type].decides


def parse(text: str) -> Number:
    """The number that this text is. `NotADocumentNumber` for every other text.

    Number 1 to 99999, year 1945 to 2100, issuer at most 40 characters, the text at most 80 in NFC. Dropped
    are spaces around separators, a leading "Số:", invisible marks; any dash is a hyphen, any lookalike a Đ.
    """
    spelt = _spelt(text)
    for form, shape in _SHAPES.items():
        if found := shape.fullmatch(spelt):
            return _number(form, **found.groupdict())
    raise NotADocumentNumber("not_a_document_number")


def check(number: Number, on: date) -> None:
    """A year in the number must be that of the document's date; else `NotADocumentNumber`."""
    if number.year not in (None, on.year):
        raise NotADocumentNumber("year_not_of_date")


def _spelt(text: str) -> str:
    """Length first: a long text costs nothing. NFC is at least a quarter as long as any form of a text."""
    if len(text) > 4 * LONGEST_TEXT or len(normalize("NFC", text)) > LONGEST_TEXT:
        raise NotADocumentNumber("not_a_document_number")
    try:
        spelt = clean(text, lines=True).translate(_SPELT)
    except UnfitText as unfit:
        raise NotADocumentNumber("not_a_document_number") from unfit
    return _SEPARATOR.sub(r"\1", _LEAD.sub("", spelt))


def _number(form: Form, digits: str, typed: str, issuer: str, year: str | None = None) -> Number:
    if int(digits) == 0 or len(issuer) > LONGEST_ISSUER or (year and int(year) not in YEARS):
        raise NotADocumentNumber("not_a_document_number")
    issuer = _OFFICIAL_ISSUER.get(issuer.casefold(), issuer)
    right = next((one for one in Form if issuer in _ISSUERS[one]), form)
    if (kind := _OFFICIAL_TYPE[right].get(typed.casefold())) is None:
        raise NotADocumentNumber("unknown_document_type")
    printed = _printed(right, digits, year, kind, issuer)
    if right is not form:
        raise NotADocumentNumber(f"{right}_number_in_{form}_form", likely=printed)
    return Number(form, int(digits), int(year) if year else None, kind, issuer, printed)


def _printed(form: Form, digits: str, year: str | None, kind: str, issuer: str) -> str:
    if form is Form.PARTY:
        return f"{digits}-{kind}/{issuer}"
    return "/".join(filter(None, (digits, year, f"{kind}-{issuer}")))
