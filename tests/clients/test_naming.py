"""Names of records: for any content whatever, they say the content and nothing else, and change nothing."""

import json
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ttdn_client.push.naming import ID, SYSTEM, Namer

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT | st.sampled_from(["Lễ hội", "đ", "Ố"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(TEXT.filter(lambda name: name not in (SYSTEM, ID)), VALUES, max_size=5)
EMPTY_NAMES = st.sampled_from([{}, {SYSTEM: None}, {ID: None}, {SYSTEM: None, ID: None}])


def name(record: dict[str, Any], **how: Any) -> tuple[dict[str, Any], str]:
    """The record as it is sent, and its name."""
    sent, line = Namer("sở").named(1, json.dumps(record, **how).encode())
    pairs = json.loads(sent, object_pairs_hook=list)
    assert len({key for key, _ in pairs}) == len(pairs), "a name stands once"
    assert line.external_id is not None
    return json.loads(sent), line.external_id


@given(record=RECORDS, empty=EMPTY_NAMES, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]))
def test_a_record_is_sent_as_it_is_with_its_name(
    record: dict[str, Any], empty: dict[str, Any], ascii_only: bool, indent: int | None
) -> None:
    sent, made = name({**record, **empty}, ensure_ascii=ascii_only, indent=indent)
    assert sent == {**record, SYSTEM: "sở", ID: made}


@given(record=RECORDS, empty=EMPTY_NAMES, form=st.sampled_from(["NFC", "NFD"]))
def test_the_same_content_has_the_same_name(record: dict[str, Any], empty: dict[str, Any], form: Any) -> None:
    folded = json.loads(unicodedata.normalize("NFC", json.dumps(record, ensure_ascii=False)))
    turned = json.loads(unicodedata.normalize(form, json.dumps(folded, ensure_ascii=False)))
    turned = dict(reversed(turned.items()))
    assert name({**empty, **turned})[1] == name(folded, separators=(" ,", " : "))[1]


@given(record=RECORDS, other=RECORDS)
def test_other_content_has_another_name(record: dict[str, Any], other: dict[str, Any]) -> None:
    composed, again = (
        json.loads(unicodedata.normalize("NFC", json.dumps(one, ensure_ascii=False)))
        for one in (record, other)
    )
    # Compared as texts: to Python, true and 1 are the same.
    same = json.dumps(composed, sort_keys=True) == json.dumps(again, sort_keys=True)
    assert (name(record)[1] == name(other)[1]) == same


def test_the_same_content_again_in_one_input_is_another_record_and_the_same_one_next_time() -> None:
    def twice() -> list[str | None]:
        namer = Namer("x")
        return [namer.named(n, b'{"a": 1}')[1].external_id for n in range(2)]

    assert twice() == twice()
    assert len(set(twice())) == 2


def test_a_record_with_a_name_or_half_of_one_keeps_it() -> None:
    for raw in (
        b'{"source_system": "qlvb", "external_id": "7"}',
        b'{"external_id": "7"}',
        b'{"source_system": 7}',
    ):
        assert Namer("x").named(1, raw)[0] == raw
