"""Text rules: what comes in clean, what search takes as the same, and the dictionary's order."""

import re
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules import vietnamese
from app.rules.vietnamese import LONGEST_KEY, UnfitText, clean, fold, sort_key

FORMS = ("NFC", "NFD")

# Put in order by ICU 72 (CLDR 42, locale vi), not by the code under test.
PRINTED = (
    "10 năm|2 năm|a|A|à|ả|ã|á|ạ|an|An Giang|ăn|ân|ấn|Ấn Độ|ba|Ba|bà|bả|bã|bá|bạ|bá cáo|"
    "báo chí|báo đài|Bắc Giang|Bến Tre|biên phòng|ca|Càng Long|Cầu Kè|Cầu Ngang|Châu Thành|"
    "co|cô|cơ|da|dân tộc|dồn|Duyên Hải|đa|đà|Đà Nẵng|Đại biểu|đối ngoại|đối thoại|đồng|"
    "e|em|ê|ế|fax|Gia Lai|Hà Nội|Hà Tĩnh|Hải Phòng|hoà|hòa|internet|juris|khen|Khmer|"
    "lẽ|lê|lễ|lệ|Nam Phi|Nghệ An|o|ô|ơ|ở|phim|phóng sự|phong trào|phỏng vấn|quận|Quân sự|"
    "So sánh|Sở Công Thương|Sở Tài chính|Tiểu Cần|toàn|tòan|Trà Cú|tra cứu|Trà Vinh|Trà-Vinh|"
    "Trung ương|tuyển|tuyến|Tuyên giáo|tuyên truyền|u|ư|ứng|văn hóa|Văn phòng|Vinh|web|wifi|"
    "Xa|xã|y|Ý|zalo"
)
DICTIONARY = PRINTED.split("|")

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")

letters = st.tuples(st.sampled_from(ALPHABET), st.integers(0, 5), st.booleans()).map(
    lambda letter: letter if letter[0] in "aăâeêioôơuưy" else (letter[0], 0, letter[2])
)
few_letters = letters.filter(lambda letter: letter[0] in "aăâdđ")
Word = list[tuple[str, int, bool]]
words = st.lists(letters, max_size=12) | st.lists(few_letters, max_size=4)


# Two words that differ in tones and capitals alone.
accents = st.tuples(st.integers(0, 5), st.booleans())
twins = st.lists(st.tuples(st.sampled_from("aăy"), accents, accents), max_size=5).map(
    lambda pairs: ([(a, *one) for a, one, _ in pairs], [(a, *two) for a, _, two in pairs])
)


def spelt(word: Word, form: str = "NFC") -> str:
    """The text of a word given letter by letter: (letter, place of its tone, capital)."""
    text = "".join((letter.upper() if capital else letter) + TONES[tone] for letter, tone, capital in word)
    return normalize("NFC", text) if form == "NFC" else normalize("NFD", text)


def levels(word: Word) -> tuple[list[int], list[int], list[bool]]:
    """What UTS #10 compares: letters, then tones, then capitals."""
    return [ALPHABET.index(a) for a, _, _ in word], [t for _, t, _ in word], [c for _, _, c in word]


class TestClean:
    @given(st.text())
    def test_twice_is_once_and_both_forms_agree(self, text: str) -> None:
        try:
            once = clean(text)
        except UnfitText:
            return
        assert clean(once) == once
        assert clean(normalize("NFD", text)) == clean(normalize("NFC", text)) == once
        assert len(once) <= 3 * len(text)

    @pytest.mark.parametrize(
        "blank",
        [
            *(" ", "\n", "\t", "\r\n", "\u00a0", "\u2003", "\u202f", "\u3000", "\u200b", "\ufeff", "\u2028"),
            *("\u00ad", "\u200c", "\u200d", "\u2060", "\u200d\u00ad "),
        ],
    )
    def test_what_is_blank_around_a_text_goes_and_inside_stays(self, blank: str) -> None:
        assert clean(f"{blank}Trà Vinh{blank}{blank}") == "Trà Vinh"
        assert clean(blank) == ""
        if blank not in "\t\r\n":
            assert clean(f"Trà{blank}Vinh") == f"Trà{blank}Vinh"

    @pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0)])
    @pytest.mark.parametrize("lines", [False, True])
    def test_control_characters_are_refused_inside(self, code: int, lines: bool) -> None:
        text = f"a{chr(code)}b"
        if lines and chr(code) in "\n\t":
            assert clean(text, lines=lines) == text
            return
        with pytest.raises(UnfitText) as refusal:
            clean(text, lines=lines)
        assert refusal.value.code == str(refusal.value) == "control_character"

    def test_one_line_unless_lines_are_asked_for(self) -> None:
        with pytest.raises(UnfitText):
            clean("một\nhai")

    @pytest.mark.parametrize("control", ["\x00", "\x1c", "\x1f", "\x85", "\x0b", "\x0c"])
    def test_a_control_character_at_the_edge_is_no_blank(self, control: str) -> None:
        with pytest.raises(UnfitText):
            clean(f"{control}a")
        with pytest.raises(UnfitText):
            clean(f"a{control}", lines=True)

    @pytest.mark.parametrize("half", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
    def test_half_a_surrogate_pair_is_refused_without_being_quoted(self, half: int) -> None:
        with pytest.raises(UnfitText) as refusal:
            clean(f"mật {chr(half)} khẩu")
        assert refusal.value.code == "lone_surrogate"
        assert "khẩu" not in str(refusal.value)

    def test_windows_lines_become_lines_and_a_lone_return_does_not(self) -> None:
        assert clean("một\r\nhai\r\n", lines=True) == "một\nhai"
        with pytest.raises(UnfitText):
            clean("một\rhai", lines=True)


class TestFold:
    @pytest.mark.parametrize(
        "text", ["đối ngoại", "ĐỐI NGOẠI", "Đối  Ngoại", " doi\u00a0ngoai\n", "Ðối ngoại", "đối\u00ad ngoại"]
    )
    @pytest.mark.parametrize("form", FORMS)
    def test_one_search_finds_every_spelling(self, text: str, form: str) -> None:
        written = normalize("NFD", text) if form == "NFD" else normalize("NFC", text)
        assert fold(written) == "doi ngoai"

    @given(words)
    def test_vietnamese_becomes_its_plain_letters_and_never_longer(self, word: Word) -> None:
        plain = "".join(a.translate(str.maketrans("ăâđêôơư", "aadeoou")) for a, _, _ in word)
        for form in FORMS:
            assert fold(spelt(word, form)) == plain

    @given(st.text())
    def test_twice_is_once_and_both_forms_agree(self, text: str) -> None:
        once = fold(text)
        assert fold(once) == once
        assert fold(normalize("NFD", text)) == fold(normalize("NFC", text)) == once
        assert len(once) <= 18 * len(text)

    def test_different_letters_stay_different(self) -> None:
        assert len({fold(letter) for letter in "abcdefghijklmnopqrstuvwxyz0123456789"}) == 36

    def test_signs_of_the_query_language_stay(self) -> None:
        assert fold("100% _Tốt_") == "100% _tot_"

    def test_khmer_keeps_its_vowels(self) -> None:
        assert fold("ភាសាខ្មែរ") == "ភាសាខ្មែរ"
        assert fold("កា") != fold("កី")


class TestSortKey:
    def test_the_dictionary(self) -> None:
        assert len(DICTIONARY) >= 60
        keys = [sort_key(word) for word in DICTIONARY]
        assert sorted(DICTIONARY, key=sort_key) == DICTIONARY
        assert sorted(set(keys)) == keys

    @given(st.tuples(words, words) | twins, st.sampled_from(FORMS), st.sampled_from(FORMS))
    def test_letters_then_tones_then_case(self, pair: tuple[Word, Word], form: str, other: str) -> None:
        one, two = pair
        a, b = sort_key(spelt(one, form)), sort_key(spelt(two, other))
        assert (a < b) == (levels(one) < levels(two))
        assert (a == b) == (one == two)

    @pytest.mark.parametrize(
        ("text", "key"),
        [
            ("Trà Vinh", "vt]!yinh 0001 10001"),
            ("Đối ngoại", "cpi!ngo]i 0040000005 1"),
            ("ấp 3", "_r!V 04"),
            ("ö中", "o~004e2d 060308"),
        ],
    )
    def test_stored_keys_do_not_drift(self, text: str, key: str) -> None:
        assert sort_key(text) == key

    def test_spaces_signs_digits_letters_then_all_else(self) -> None:
        assert sorted(["a中", "a b", "aa", "a1", "a-b", "az", "a", "ab"], key=sort_key) == [
            *("a", "a b", "a-b", "a1", "aa", "ab", "az", "a中")
        ]

    def test_every_known_sign_has_its_own_place_and_none_is_the_space_between_levels(self) -> None:
        keys = [sort_key(f"x{sign}x") for sign in vietnamese._ORDER]
        assert keys == sorted(set(keys))
        assert all(0x21 <= ord(rank) < ord("~") for rank in vietnamese._RANK.values())

    def test_foreign_marks_are_like_tones_after_the_vietnamese_ones(self) -> None:
        assert sorted(["muz", "mü", "mụ", "mu", "mư"], key=sort_key) == ["mu", "mụ", "mü", "muz", "mư"]

    @pytest.mark.parametrize(("seen", "meant"), [("Ðồng", "Đồng"), ("ðồng", "đồng"), ("a…", "a...")])
    def test_lookalikes_stand_with_what_they_look_like(self, seen: str, meant: str) -> None:
        assert sort_key(seen) == sort_key(meant)

    @given(st.text())
    def test_printable_ascii_bounded_and_the_same_for_both_forms(self, text: str) -> None:
        key = sort_key(text)
        assert re.fullmatch(r"[ -~]*", key)
        assert len(key) <= LONGEST_KEY
        assert sort_key(normalize("NFD", text)) == sort_key(normalize("NFC", text)) == key

    @given(words)
    def test_a_letter_costs_four_characters_at_most(self, word: Word) -> None:
        assert len(sort_key(spelt(word))) <= 4 * len(word) + 2

    def test_long_texts_are_cut_and_never_swapped(self) -> None:
        long = "ộ" * 2000
        assert len(sort_key(long)) == LONGEST_KEY == len(sort_key("中" * 2000))
        assert sort_key("n" + long) < sort_key(long) < sort_key("ơ" + long)
        assert sort_key(long + "a") == sort_key(long)

    def test_outer_and_repeated_space_does_not_count(self) -> None:
        assert sort_key("\u00a0Trà \n Vinh ") == sort_key("Trà Vinh")
