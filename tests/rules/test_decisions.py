"""Document numbers: which texts are one, in which spelling they are kept, and what is said of the others."""

from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.decisions import (
    KINDS,
    LONGEST_ISSUER,
    LONGEST_TEXT,
    MESSAGES,
    YEARS,
    Form,
    NotADocumentNumber,
    Number,
    check,
    parse,
)

# Typed off Annex III of Decree 30/2020/NĐ-CP (27 kinds), then what makes law; not off the code under test.
STATE = (
    "NQ QĐ CT QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB "
    "L PL NĐ TT TTLT NQLT"
)
PARTY = "NQ QĐ CT KL QC QĐi TT HD TB TC BC KH QH CTr ĐA PA DA TTr CV BB GM"
IDLE = "TC BC TTr BB GM HĐ BGN BTT GUQ GGT GNP PG PC PB"
EVERY_KIND = [(form, kind) for form, kinds in KINDS.items() for kind in kinds]

LETTERS = "ABCDEGHIKLMNOPQRSTUVXYWZĂÂĐÊÔƠƯabcdeghiklmnopqrstuvxyăâđêôơư"
words = st.text(LETTERS, min_size=1, max_size=9)
later = st.tuples(st.sampled_from(".-"), st.text(LETTERS + "0123456789", min_size=1, max_size=9)).map("".join)
issuers = st.tuples(words, st.lists(later, max_size=3)).map(lambda parts: parts[0] + "".join(parts[1]))
digits = st.tuples(st.integers(1, 99999), st.integers(1, 5)).map(lambda n: f"{n[0]:0{n[1]}}")
years = st.none() | st.sampled_from(YEARS)
blanks = st.sampled_from(["", " ", "  ", "\u00a0", "\n", " \t "])


@st.composite
def spellings(draw: st.DrawFn) -> list[str]:
    """A number cut at its separators, as its office would spell it; joined, it is whole."""
    form, kind = draw(st.sampled_from(EVERY_KIND))
    # A small x, which no abbreviation has, keeps the issuer from being one that we know.
    number, issuer = draw(digits), "x" + draw(issuers)
    if form is Form.PARTY:
        return [number, "-", kind, "/", issuer]
    year = draw(years)
    return [number, "/", *([str(year), "/"] if year else []), kind, "-", issuer]


def refusal(text: str) -> NotADocumentNumber:
    with pytest.raises(NotADocumentNumber) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "form", "number", "year", "kind", "issuer"),
    [
        ("07-KH/BCĐ-TTĐN", Form.PARTY, 7, None, "KH", "BCĐ-TTĐN"),
        ("01-KH/BCĐ", Form.PARTY, 1, None, "KH", "BCĐ"),
        ("86-HD/BTGTW", Form.PARTY, 86, None, "HD", "BTGTW"),
        ("36-NQ/TW", Form.PARTY, 36, None, "NQ", "TW"),
        ("125-QĐ/TU", Form.PARTY, 125, None, "QĐ", "TU"),
        ("08-QĐi/TW", Form.PARTY, 8, None, "QĐi", "TW"),
        ("12-CV/ĐU", Form.PARTY, 12, None, "CV", "ĐU"),
        ("123/QĐ-UBND", Form.STATE, 123, None, "QĐ", "UBND"),
        ("12/KH-STTTT", Form.STATE, 12, None, "KH", "STTTT"),
        ("1369/QĐ-BCĐ", Form.STATE, 1369, None, "QĐ", "BCĐ"),
        ("01/QĐ-BCĐTW", Form.STATE, 1, None, "QĐ", "BCĐTW"),
        ("2020/QĐ-TTg", Form.STATE, 2020, None, "QĐ", "TTg"),
        ("45/QĐ-UBND.HC", Form.STATE, 45, None, "QĐ", "UBND.HC"),
        ("30/2020/NĐ-CP", Form.STATE, 30, 2020, "NĐ", "CP"),
        ("20/2020/QĐ-TTg", Form.STATE, 20, 2020, "QĐ", "TTg"),
        ("22/2016/TT-BTTTT", Form.STATE, 22, 2016, "TT", "BTTTT"),
        ("01/2018/TTLT-BTP-BTC", Form.STATE, 1, 2018, "TTLT", "BTP-BTC"),
        (
            "403/2017/NQLT-UBTVQH14-CP-ĐCTUBTWMTTQVN",
            Form.STATE,
            403,
            2017,
            "NQLT",
            "UBTVQH14-CP-ĐCTUBTWMTTQVN",
        ),
    ],
)
def test_a_number_is_taken_apart(
    text: str, form: Form, number: int, year: int | None, kind: str, issuer: str
) -> None:
    assert parse(text) == Number(form, number, year, kind, issuer, printed=text)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("07 -KH/BCĐ-TTĐN", "07-KH/BCĐ-TTĐN"),
        ("  07 - KH / BCĐ - TTĐN  ", "07-KH/BCĐ-TTĐN"),
        ("07-KH/\r\nBCĐ-TTĐN", "07-KH/BCĐ-TTĐN"),
        ("Số: 123/QĐ-UBND", "123/QĐ-UBND"),
        ("SỐ 123/QĐ-UBND", "123/QĐ-UBND"),
        ("số : 30 / 2020 / NĐ-CP", "30/2020/NĐ-CP"),
        ("So\u0302\u0301: 123/QĐ-UBND", "123/QĐ-UBND"),
        ("123/Q\u00d0-UBND", "123/QĐ-UBND"),
        ("123/Q\u0189-UBND", "123/QĐ-UBND"),
        ("07\u2013KH/BCĐ\u2011TTĐN", "07-KH/BCĐ-TTĐN"),
        ("07\u2212KH/BCĐ-TTĐN", "07-KH/BCĐ-TTĐN"),
        ("45/QĐ-UBND . HC", "45/QĐ-UBND.HC"),
        ("07-KH/\u200bBCĐ\u00ad-TTĐN\ufeff", "07-KH/BCĐ-TTĐN"),
        ("7-KH/BCĐ-TTĐN", "7-KH/BCĐ-TTĐN"),
        ("123/qđ-ubnd", "123/QĐ-UBND"),
        ("20/2020/QĐ-TTG", "20/2020/QĐ-TTg"),
        ("12-CTR/tu", "12-CTr/TU"),
        ("08-QĐI/TW", "08-QĐi/TW"),
        ("15/ttr-stttt", "15/TTr-stttt"),
    ],
)
def test_a_scanned_or_typed_number_is_kept_in_one_spelling(text: str, printed: str) -> None:
    assert parse(text).printed == printed


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Số:",
        "36",
        "36-NQ",
        "NQ/TW",
        "36-NQ/",
        "36-NQ/TW/nb",
        "36-NQ-TW",
        "36/NQ/TW",
        "36.NQ/TW",
        "36--NQ/TW",
        "36-NQ/-TW",
        "36-NQ/TW-",
        "36-NQ/T W",
        "36-N Q/TW",
        "3 6-NQ/TW",
        "36-NQ/TW.",
        "36-NQ/2020/TW",
        "36-NQ/14TW",
        "123/UBND",
        "45/2019/QH14",
        "Nghị quyết 36-NQ/TW",
        "Số Số 36-NQ/TW",
        "36-NQ/TW số",
        "No. 36-NQ/TW",
        "36-NQ/TW, 12-CT/TW",
        "-36-NQ/TW",
        "0-NQ/TW",
        "00000/QĐ-UBND",
        "100000/QĐ-UBND",
        "012345/QĐ-UBND",
        "٣٦-NQ/TW",
        "３６-NQ/TW",
        "36-NQ/ТW",
        "36-NQ/T\u0301W",
        "12a/QĐ-UBND",
        "30/1944/NĐ-CP",
        "30/2101/NĐ-CP",
        "30/20/NĐ-CP",
        "30/02020/NĐ-CP",
        "36-NQ/TW\x00",
        "36\x07-NQ/TW",
        "36-NQ/TW\ud800",
        "36-NQ/{likely}",
    ],
)
def test_what_is_no_document_number(text: str) -> None:
    assert refusal(text).code == "not_a_document_number"


@pytest.mark.parametrize(
    "text",
    [
        "36-XX/TW",
        "36-QD/TW",
        "36-NĐ/TW",
        "36-QyĐ/ĐU",
        "12/UBND-VX",
        "345/STTTT-BCXB",
        "12/CV-UBND",
        "12/KL-UBND",
        "12/NĐ-TW",
        "12/SY-UBND",
    ],
)
def test_a_letter_without_a_type_or_an_unknown_type_is_no_decision(text: str) -> None:
    assert refusal(text).code == "unknown_document_type"


@pytest.mark.parametrize(
    ("text", "code", "likely"),
    [
        ("36/NQ-TW", "party_number_in_state_form", "36-NQ/TW"),  # as the plan of 2023 prints it
        ("Số: 36 / nq - tw", "party_number_in_state_form", "36-NQ/TW"),
        ("36/2018/NQ-TW", "party_number_in_state_form", "36-NQ/TW"),
        ("86/HD-BTGTW", "party_number_in_state_form", "86-HD/BTGTW"),
        ("36/HD-VPTW", "party_number_in_state_form", "36-HD/VPTW"),
        ("125/QĐ-TU", "party_number_in_state_form", "125-QĐ/TU"),
        ("12/KL-TU", "party_number_in_state_form", "12-KL/TU"),
        ("07/KH-BCĐ-TTĐN", "party_number_in_state_form", "07-KH/BCĐ-TTĐN"),
        ("123-QĐ/UBND", "state_number_in_party_form", "123/QĐ-UBND"),
        ("977-qđ/ttg", "state_number_in_party_form", "977/QĐ-TTg"),
        ("30-NĐ/CP", "state_number_in_party_form", "30/NĐ-CP"),
        ("05-NQ/HĐND", "state_number_in_party_form", "05/NQ-HĐND"),
    ],
)
def test_the_form_of_the_other_side_is_refused_with_the_right_spelling(
    text: str, code: str, likely: str
) -> None:
    error = refusal(text)
    assert (error.code, error.likely) == (code, likely)
    assert likely in error.text.vi
    assert likely in error.text.en
    assert parse(likely).printed == likely


@pytest.mark.parametrize("seat", ["TW", "TU"])
@pytest.mark.parametrize("office", ["", "VP", "BTC", "BTG", "BTGDV", "BDV", "BNC", "UBKT"])
def test_the_offices_of_the_party_use_its_form_alone(office: str, seat: str) -> None:
    assert parse(f"1-KH/{office}{seat}".lower()).issuer == office + seat
    assert refusal(f"1/KH-{office}{seat}").likely == f"1-KH/{office}{seat}"


@pytest.mark.parametrize("office", ["UBND", "HĐND", "CP", "TTg", "CTN", "VPCP"])
def test_the_highest_offices_of_the_state_use_its_form_alone(office: str) -> None:
    assert parse(f"1/KH-{office}".upper()).issuer == office
    assert refusal(f"1-KH/{office}").likely == f"1/KH-{office}"


@pytest.mark.parametrize("code", MESSAGES)
def test_every_refusal_is_said_in_both_languages(code: str) -> None:
    error = NotADocumentNumber(code, likely="36-NQ/TW")
    assert error.code == code == str(error)
    assert error.text.vi != error.text.en
    assert not {"{", "}"} & set(error.text.vi + error.text.en)
    assert "36-NQ/TW" in error.text.vi or "30/2020/NĐ-CP" in error.text.vi or "123/QĐ-UBND" in error.text.vi


def test_the_kinds_are_those_of_the_two_sources() -> None:
    assert sorted(KINDS[Form.PARTY]) == sorted(PARTY.split())
    assert sorted(KINDS[Form.STATE]) == sorted(STATE.split())


@pytest.mark.parametrize(("form", "kind"), EVERY_KIND)
def test_every_kind_is_read_in_any_case_and_has_its_names(form: Form, kind: str) -> None:
    before, after = ("-", "/") if form is Form.PARTY else ("/", "-")
    printed = f"07{before}{kind}{after}ABC"
    for typed in (kind, kind.upper(), kind.lower()):
        number = parse(f"07{before}{typed}{after}ABC")
        assert (number.form, number.type, number.printed) == (form, kind, printed)
        assert number.type_label == KINDS[form][kind].label
        assert all(name.strip() == name != "" for name in number.type_label)
        assert number.decides is (kind not in IDLE.split())


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("66-QĐ/TW", "Quyết định hoặc quy định", "Decision or provision"),
        ("123/QĐ-UBND", "Quyết định", "Decision"),
        ("12-TT/TU", "Thông tri", "Circular letter"),
        ("12/2020/TT-BTC", "Thông tư", "Circular"),
        ("08/2019/L-CTN", "Lệnh", "Order"),
    ],
)
def test_one_abbreviation_can_mean_another_kind_on_the_other_side(text: str, vi: str, en: str) -> None:
    assert parse(text).type_label == (vi, en)


def test_labels_of_a_form_are_told_apart() -> None:
    for kinds in KINDS.values():
        assert len({kind.label.vi for kind in kinds.values()}) == len(kinds)
        assert len({kind.label.en for kind in kinds.values()}) == len(kinds)


def test_the_year_in_the_number_is_that_of_the_date() -> None:
    check(parse("30/2020/NĐ-CP"), date(2020, 3, 5))
    check(parse("36-NQ/TW"), date(2018, 10, 22))
    check(parse("2020/QĐ-TTg"), date(2021, 1, 1))
    for other in (date(2019, 12, 31), date(2021, 1, 1)):
        with pytest.raises(NotADocumentNumber) as caught:
            check(parse("30/2020/NĐ-CP"), other)
        assert caught.value.code == "year_not_of_date"


def test_bounds() -> None:
    assert parse("1/QĐ-A").number == 1
    assert parse("00001/QĐ-A").printed == "00001/QĐ-A"
    assert parse("99999/QĐ-A").number == 99999
    assert parse("1/1945/QĐ-A").year == 1945
    assert parse("1/2100/QĐ-A").year == 2100
    longest = "1/QĐ-" + "Ư" * LONGEST_ISSUER
    assert len(parse(longest).issuer) == LONGEST_ISSUER
    assert len(normalize("NFD", longest)) > LONGEST_TEXT
    assert parse(normalize("NFD", longest)) == parse(longest)
    assert refusal("1/QĐ-" + "Ư" * (LONGEST_ISSUER + 1)).code == "not_a_document_number"
    assert parse("36-NQ/TW".rjust(LONGEST_TEXT)).printed == "36-NQ/TW"
    assert refusal("36-NQ/TW".rjust(LONGEST_TEXT + 1)).code == "not_a_document_number"


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece", ["9", "A", "A-", "A.", " ", " -", "1/", "Đ", "o\u0302\u0301", "\u200b", "Số: "]
)
def test_a_long_text_costs_nothing(piece: str) -> None:
    for start in ("", "1/QĐ-", "1-QĐ/", "Số: "):
        for times in (LONGEST_TEXT, 5_000_000):
            assert "document" in refusal(start + piece * times).code


@given(spellings())
def test_the_kept_spelling_reads_as_itself(parts: list[str]) -> None:
    number = parse("".join(parts))
    assert number.printed == "".join(parts)
    assert parse(number.printed) == number


@given(spellings(), st.lists(blanks, min_size=8, max_size=8))
def test_spaces_around_separators_do_not_matter(parts: list[str], spaces: list[str]) -> None:
    spaced = "".join(space + part for space, part in zip(spaces, parts, strict=False)) + spaces[-1]
    assert parse(f"Số:{spaced}") == parse("".join(parts))


@given(spellings())
def test_the_unicode_form_does_not_matter(parts: list[str]) -> None:
    text = "Số " + "".join(parts)
    assert parse(normalize("NFD", text)) == parse(normalize("NFC", text))


@given(
    st.text()
    | st.text("0123456789/-. SốQĐNKHTWUBNDCP\u0301\u200b\u00d0", max_size=30)
    | spellings().flatmap(st.permutations).map("".join)
)
def test_any_text_is_a_number_or_is_refused_and_both_unicode_forms_agree(text: str) -> None:
    outcomes: list[Number | str] = []
    for one in (normalize("NFC", text), normalize("NFD", text)):
        try:
            outcomes.append(parse(one))
        except NotADocumentNumber as error:
            outcomes.append(error.code)
    first, second = outcomes
    assert first == second
    assert first in MESSAGES if isinstance(first, str) else parse(first.printed) == first
