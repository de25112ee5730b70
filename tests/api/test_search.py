"""Search: words as people type them. Tone marks, case, đ and Unicode's two forms make no difference."""

from unicodedata import normalize

import pytest

from tests.api.conftest import ANOTHER_PLAN
from tests.service import PLAN, Service, push
from tests.walks import keys

SPELLINGS = [
    "doi ngoai",
    "đối ngoại",
    normalize("NFD", "đối ngoại"),
    "ĐỐI NGOẠI",
    "  Doi   NGOẠI ",
    "ngoại đối",
]
SEARCHABLE = {
    "/v1/plans": 1,
    "/v1/agencies": 1,
    f"{PLAN}/sections": 2,
    f"{PLAN}/tasks": 3,
    f"{PLAN}/assignments": 3,
    f"{PLAN}/activities": 2,
}


@pytest.mark.parametrize("path", SEARCHABLE)
def test_every_spelling_finds_the_same(archive: Service, path: str) -> None:
    client = archive["SCT"]
    found = [keys(client, path, q=spelling, limit=3) for spelling in SPELLINGS]
    assert found == [found[0]] * len(SPELLINGS)
    assert len(found[0]) >= SEARCHABLE[path]
    assert len(found[0]) < len(keys(client, path)) or path == "/v1/plans"


def test_both_unicode_forms_are_stored_as_one(service: Service) -> None:
    client = service["SVHTTDL"]
    for form in ("NFC", "NFD"):
        push(client, title=normalize(form, "Quảng bá Đờn ca tài tử"))
    for typed in ("don ca tai tu", "ĐỜN CA", normalize("NFD", "đờn"), "tử quảng"):
        assert len(keys(client, f"{PLAN}/activities", q=typed)) == 2
    titles = {item["title"] for item in client.get(f"{PLAN}/activities").json()["items"]}
    assert titles == {"Quảng bá Đờn ca tài tử"}


@pytest.mark.parametrize(
    ("typed", "finds"),
    [
        ("%", ["100% sản phẩm OCOP_2023"]),
        ("100%", ["100% sản phẩm OCOP_2023"]),
        ("1%0", []),
        ("_", ["100% sản phẩm OCOP_2023"]),
        ("OCOP_2023", ["100% sản phẩm OCOP_2023"]),
        ("OCOP?2023", []),
        ("ocop%2023", []),
        ("“miền", ["Ở “miền Trung”"]),
        ("'", []),
        ('"', []),
        ("\\", []),
        ("/", []),
        ("/%", []),
        ("*", []),
        ("[a-z]", []),
        ("' OR '1'='1", []),
        ("dua sap", ["Dừa sáp lên truyền hình"]),
        ("DẠO DIỄN", ["Đạo diễn nói về lễ hội"]),
        ("áo", ["Áo bà ba", "Đạo diễn nói về lễ hội", "Ảnh ao Bà Om", "Tiếp đoàn vào"]),
        ("ba ao", ["Áo bà ba", "Ảnh ao Bà Om"]),
        ("🎉", []),
        ("ក", []),
    ],
)
def test_signs_are_taken_literally_and_words_in_any_order(
    archive: Service, typed: str, finds: list[str]
) -> None:
    answer = archive["SCT"].get(f"{PLAN}/activities", params={"q": typed, "count": "true"})
    assert answer.status_code == 200
    assert sorted(item["title"] for item in answer.json()["items"]) == sorted(finds)
    assert answer.json()["total"] == len(finds)


@pytest.mark.parametrize(
    ("path", "typed", "finds"),
    [
        (f"{PLAN}/tasks", "iv.7.b", ["IV.7.b"]),
        (f"{PLAN}/tasks", "festival law", ["IV.7.a"]),
        ("/v1/agencies", "svhttdl", ["SVHTTDL"]),
        ("/v1/agencies", "so cong thuong", ["SCT"]),
        ("/v1/agencies", "DAI PHAT THANH", ["DAITV"]),
        (f"{PLAN}/events", "nhat ban", ["E10"]),
        (f"{PLAN}/events", "South Africa", ["E11"]),
        (f"{PLAN}/objectives", "dan toc ton giao", ["I.1.6"]),
        ("/v1/plans", "ke hoach mau", ["mau-2024"]),
        (f"{ANOTHER_PLAN}/budget/lines", "VIET BAI", ["B1"]),
        (f"{PLAN}/sections", "báo chí ngoài hành tinh", []),
    ],
)
def test_codes_and_both_languages_are_searched(
    archive: Service, path: str, typed: str, finds: list[str]
) -> None:
    assert keys(archive["SCT"], path, q=typed) == finds


def test_search_and_filters_narrow_each_other(archive: Service) -> None:
    client = archive["SCT"]
    both = keys(client, f"{PLAN}/activities", q="doi ngoai", agency="BAOTV")
    assert len(both) == 1
    assert set(both) < set(keys(client, f"{PLAN}/activities", q="doi ngoai"))
