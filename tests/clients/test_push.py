"""What an office pushes arrives as it is meant, and it is told what became of it."""

import json
import subprocess
import sys
import unicodedata
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.services import keys
from tests.books import ROW, csv_of
from tests.clients.pusher import Pusher, lines, once, record, series, stored
from tests.faults.sites import Site
from tests.service import PLAN
from ttdn_client.push.naming import ID, SYSTEM


def test_a_file_is_delivered_and_the_same_file_again_is_not(office: Pusher, lasting_site: Site) -> None:
    file = office.file("tuan.ndjson", lines(series("same", range(12))))
    first = office.push("--batch", "5", file)
    assert (first.code, first.counts) == (0, {"created": 12}), first.err
    again = office.push("--batch", "3", file)
    assert (again.code, again.summary["inputs"][0]["state"]) == (0, "delivered_before")
    forced = office.push("--again", file)
    assert (forced.code, forced.counts) == (0, {"unchanged": 12})
    assert stored(lasting_site, "same") == once(range(12))


def test_records_without_a_name_get_one_that_stays(office: Pusher, lasting_site: Site) -> None:
    """Twice in one input is two records; in another file, in another form of Vietnamese, it is the same."""
    one = record("không tên")
    turned = dict(reversed(one.items())) | {"source_system": None, "external_id": None}
    decomposed = unicodedata.normalize("NFD", json.dumps(turned, ensure_ascii=False, indent=None))
    asked = ("--source", "nameless")
    first = office.push(*asked, office.file("a.ndjson", lines([one, one, record("khác")])))
    assert (first.code, first.counts) == (0, {"created": 3}), first.err
    other = Pusher(office.url, office.key, office.folder / "another")
    other.folder.mkdir()
    second = other.push(*asked, other.file("b.ndjson", b"\xef\xbb\xbf\r\n" + decomposed.encode() + b"\r\n"))
    assert (second.code, second.counts) == (0, {"unchanged": 1}), second.out
    assert sorted(stored(lasting_site, "nameless").values()) == [1, 1, 1]


def test_a_pattern_names_all_files_that_fit_but_what_excel_lays_beside_them(office: Pusher) -> None:
    for number, name in enumerate(("a 1.ndjson", "a 2.ndjson", "~$a 3.ndjson")):
        office.file(name, lines(series(f"pattern-{number}", range(2))))
    run = office.push(str(office.folder / "*a ?.ndjson"))
    assert (run.code, run.counts) == (0, {"created": 4}), run.err
    assert [one["name"] for one in run.summary["inputs"]] == ["a 1.ndjson", "a 2.ndjson"]
    assert "~$a 3.ndjson: tệp tạm của Excel, bỏ qua" in run.err
    none = office.push(str(office.folder / "*.csv"))
    assert (none.code, "không có tệp nào như vậy" in none.err) == (2, True)


def test_what_comes_on_standard_input_is_delivered(office: Pusher, lasting_site: Site) -> None:
    run = office.push("-", given=lines(series("piped", range(3))))
    assert (run.code, run.counts) == (0, {"created": 3})
    assert run.summary["inputs"][0]["name"] == "stdin"
    assert stored(lasting_site, "piped") == once(range(3))


def test_what_is_refused_is_filed_to_be_mended_and_pushed_again(office: Pusher, lasting_site: Site) -> None:
    wrong = b'{"task": "IV.7.a", "titel": "x",   "source_system": "mend", "external_id": "1"}'
    foreign = record(2, source_system="mend", external_id="2") | {"task": "IV.6.a", "output": None}
    good = lines(series("mend", [0]))
    run = office.push(office.file("tháng 5.ndjson", good + wrong + b"\n\n" + lines([foreign])))
    assert (run.code, run.counts) == (1, {"created": 1, "refused": 2})
    told = run.summary["inputs"][0]
    assert [(one["line"], one["status"]) for one in told["refused"]] == [(2, 422), (4, 403)]
    reasons = Path(told["reasons_file"])
    assert "/titel: " in reasons.read_text(encoding="utf-8")
    refused = reasons.with_suffix(".ndjson")
    assert refused.name.startswith("tháng_5-")
    assert refused.read_bytes() == wrong + b"\n" + lines([foreign])
    again = office.push(office.file("tháng 5.ndjson", good + wrong + b"\n\n" + lines([foreign])))
    assert (again.code, again.counts) == (1, {"created": 1, "refused": 2}), "it is no better the second time"
    mended = refused.read_bytes().splitlines()[0].replace(wrong, lines(series("mend", [1])).strip())
    refused.write_bytes(mended + b"\n")
    assert office.push(str(refused)).counts == {"created": 1}
    assert stored(lasting_site, "mend") == once([0, 1])


def test_what_a_receipt_is_for_lies_beside_it_and_is_proven_by_it(office: Pusher) -> None:
    """With nothing but files, whether or not the records had names of their own."""
    keys = office.file("jwks.json", httpx.get(f"{office.url}/.well-known/jwks.json").content)
    records = [*series("proven", range(3)), record("không tên"), {}]
    run = office.push("--batch", "2", office.file("x.ndjson", lines(records)))
    receipts = [office.spool / "receipts" / f"{one}.json" for one in run.summary["inputs"][0]["receipts"]]
    assert len(receipts) == 3
    for receipt in receipts:
        content = receipt.with_suffix(".ndjson")
        command = (sys.executable, "-m", "app", "receipt", "verify", receipt, "--keys", keys)
        proven = subprocess.run([*command, "--content", content], capture_output=True, check=False)
        assert proven.returncode == 0, proven.stderr.decode()
    sent = b"\n".join(one.with_suffix(".ndjson").read_bytes() for one in receipts)
    assert [json.loads(one)["title"] for one in sent.splitlines()[:4]] == [
        one["title"] for one in records[:4]
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_long_name_keeps_no_refusal_from_being_filed(office: Pusher, form: Any) -> None:
    """As long as a name may be: 255 bytes, which is fewer letters in Vietnamese."""
    letters = unicodedata.normalize(form, "Báo cáo kết quả thực hiện nhiệm vụ thông tin đối ngoại " * 9)
    stem = letters.encode()[:248].decode(errors="ignore")
    run = office.push(office.file(f"{stem}.ndjson", lines([*series(f"long-{form.lower()}", [1]), {}])))
    assert (run.code, run.counts) == (1, {"created": 1, "refused": 1}), run.err
    told = run.summary["inputs"][0]
    assert told["name"] == f"{stem}.ndjson"
    assert Path(told["reasons_file"]).with_suffix(".ndjson").read_bytes() == b"{}\n"
    assert Path(told["reasons_file"]).name.startswith("Báo_cáo_kết_quả_"), "however tone marks are kept"
    assert office.push().code == 0


def test_of_equal_records_each_that_is_refused_is_known_again_by_itself(
    office: Pusher, lasting_site: Site
) -> None:
    """As they are refused by the service, which judges all or none, the second is sent without the first."""
    equal, bad = record("trùng"), record("hỏng", titel="x")
    asked = ("--source", "equal", "--mode", "atomic", "--batch", "2")
    run = office.push(*asked, office.file("x.ndjson", lines([equal, record("khác"), equal, bad, bad])))
    assert (run.code, run.counts) == (1, {"created": 2, "refused": 3})
    refused = Path(run.summary["inputs"][0]["reasons_file"]).with_suffix(".ndjson")
    second, first_bad, second_bad = refused.read_bytes().splitlines()
    assert first_bad + b"\n" == lines([bad]), "byte by byte"
    assert json.loads(second) == {**equal, **{name: json.loads(second)[name] for name in (SYSTEM, ID)}}
    assert json.loads(second_bad)[ID].endswith(".2")
    refused.write_bytes(refused.read_bytes().replace(b', "titel": "x"', b""))
    again = office.push(*asked, str(refused))
    assert (again.code, again.counts) == (0, {"created": 3}), again.out
    assert office.push(*asked, "--again", str(refused)).counts == {"unchanged": 3}
    assert sorted(stored(lasting_site, "equal").values()) == [1] * 5


BROKEN = {
    "cut off": b'{"task": "IV.7.a",',
    "of Windows-1258": b'{"title": "L\xea\xec h\xf4\xf2i"}',
    "no object": b"[1]",
    "twice the same name": b'{"task": "IV.7.a", "task": "IV.7.b"}',
    "no number": b'{"quantity": NaN}',
    "half a character": b'{"title": "\\ud800"}',
    "too deep": b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "a number without end": b'{"quantity": ' + b"9" * 5000 + b"}",
}


def test_lines_that_cannot_be_read_are_filed_and_keep_no_other_out(
    office: Pusher, lasting_site: Site
) -> None:
    good = [lines([one]).strip() for one in series("broken", range(len(BROKEN)))]
    mixed = [part for pair in zip(good, BROKEN.values(), strict=True) for part in pair]
    run = office.push("--batch", "3", office.file("x.ndjson", b"\n".join(mixed)))
    assert (run.code, run.counts) == (1, {"created": len(BROKEN), "refused": len(BROKEN)})
    told = run.summary["inputs"][0]
    assert [one["line"] for one in told["refused"]] == [2 * n for n in range(1, len(BROKEN) + 1)]
    refused = Path(told["reasons_file"]).with_suffix(".ndjson")
    assert refused.read_bytes().splitlines() == list(BROKEN.values())
    assert stored(lasting_site, "broken") == once(range(len(BROKEN)))


def test_a_line_too_long_is_refused_alone(office: Pusher, lasting_site: Site) -> None:
    first, second = series("long", range(2))
    huge = {**record("x"), "title": "x" * 1_100_000}
    run = office.push(office.file("x.ndjson", lines([first, huge, second])))
    assert (run.code, run.counts) == (1, {"created": 2, "refused": 1})
    assert [(one["line"], one["status"]) for one in run.summary["inputs"][0]["refused"]] == [(2, 413)]
    assert stored(lasting_site, "long") == once(range(2))


def test_long_lines_are_sent_in_smaller_parcels(office: Pusher, lasting_site: Site) -> None:
    """Each fits and all of them together do not: spaces are taken, and weigh."""
    padded = b"".join(one.replace(b"{", b"{" + b" " * 300_000, 1) for one in
                      (lines([record]) for record in series("padded", range(7))))  # fmt: skip
    run = office.push(office.file("x.ndjson", padded))
    assert (run.code, run.counts) == (0, {"created": 7}), run.out
    assert stored(lasting_site, "padded") == once(range(7))


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n \n"])
def test_an_empty_file_is_said_to_be_one(office: Pusher, content: bytes) -> None:
    run = office.push(office.file("x.ndjson", content))
    assert (run.code, run.summary["inputs"][0]["state"]) == (0, "empty")
    assert "không có bản ghi nào" in office.run(office.file("x.ndjson", content)).out


def test_a_whole_batch_is_kept_out_where_it_is_asked_for(office: Pusher, lasting_site: Site) -> None:
    records = [*series("atomic", range(4)), record("x", titel="y"), *series("atomic", range(4, 8))]
    run = office.push("--mode", "atomic", "--batch", "3", office.file("x.ndjson", lines(records)))
    assert (run.code, run.counts) == (1, {"created": 6, "refused": 3})
    assert [one["line"] for one in run.summary["inputs"][0]["refused"]] == [4, 5, 6]
    assert stored(lasting_site, "atomic") == once([0, 1, 2, 5, 6, 7])


def test_a_rehearsal_keeps_nothing_anywhere(office: Pusher, lasting_site: Site) -> None:
    file = office.file("x.ndjson", lines([*series("rehearsed", range(3)), {}]))
    run = office.push("--dry-run", file)
    assert (run.code, run.counts) == (1, {"created": 3, "refused": 1})
    assert stored(lasting_site, "rehearsed") == once([])
    assert not office.spool.exists()


def test_what_people_read_is_vietnamese_first_and_says_why(office: Pusher) -> None:
    file = office.file("x.ndjson", lines([*series("told", range(2)), record("x", titel="bí mật")]))
    run = office.run(file)
    assert run.code == 1
    assert "x.ndjson: đã gửi xong · delivered" in run.out
    assert "2 tạo mới · created" in run.out
    assert "dòng 3 · line 3 [422 invalid_input]" in run.out
    assert "/titel: Không có trường này. · There is no such field." in run.out
    assert "bí mật" not in run.out + run.err
    many = office.run(office.file("z.ndjson", lines([{}] * 25)))
    assert ("dòng 20 · line 20 " in many.out, "dòng 21 · line 21 " in many.out, "… 5" in many.out) == (
        True,
        False,
        True,
    )
    silent = office.run("--quiet", office.file("y.ndjson", lines(series("told", range(2)))))
    assert (silent.code, silent.out, silent.err) == (0, "", "")
    assert "không có gì để gửi" in office.run().out


def test_what_was_taken_and_counts_for_nothing_says_why(office: Pusher) -> None:
    """Once for all that lack the same, and not of those that count."""
    nameless = [record(n, output=None, source_system="nothing", external_id=str(n)) for n in range(3)]
    file = office.file("x.ndjson", lines([record("tính", source_system="n", external_id="1"), *nameless]))
    run = office.push(file)
    assert (run.code, run.counts) == (0, {"created": 4})
    (note,) = run.summary["inputs"][0]["notes"]
    assert (note["records"], note["line"]) == (3, 2)
    assert note["text"].startswith("Ghi `output` để tính cho đầu ra: M1 · ")
    assert "3 bản ghi từ dòng 2 · 3 records from line 2: Ghi `output` " in office.run(file).out


def test_the_key_is_nowhere(office: Pusher, lasting_site: Site) -> None:
    (office.folder / "key").write_text(f"\ufeff{office.key}\r\n", encoding="utf-8")
    asked = ("--key-file", str(office.folder / "key"))
    file = office.file("x.ndjson", lines([*series("secret", range(3)), {}]))
    runs = [office.run(*asked, *more, TTDN_KEY="") for more in ((file,), ("--json", file), ("--again", file))]
    assert [run.code for run in runs] == [1, 1, 1]
    lost = office.run(*asked, "--patience", "1", file, TTDN_URL="http://127.0.0.1:9", TTDN_KEY="")
    assert lost.code == 75
    kept = [path for path in office.spool.rglob("*") if path.is_file()]
    assert {path.suffix for path in kept} >= {".sqlite3", ".ndjson", ".txt"}
    text = "".join(f"{run.out}{run.err}" for run in (*runs, lost)).encode()
    assert office.key.encode() not in text + b"".join(path.read_bytes() for path in kept)
    assert stored(lasting_site, "secret") == once(range(3))


def test_a_key_that_is_not_taken_stops_it_with_everything_kept(office: Pusher, lasting_site: Site) -> None:
    file = office.file("x.ndjson", lines(series("keyless", range(6))))
    wrong = office.run("--json", "--batch", "2", file, TTDN_KEY="ttdn_" + "0" * 33)
    assert (wrong.code, wrong.summary["inputs"][0]["pending_parcels"]) == (77, 3)
    right = office.push(file)
    assert (right.code, right.counts) == (0, {"created": 6})
    assert stored(lasting_site, "keyless") == once(range(6))


@pytest.mark.parametrize("name", ["x.ndjson", "x.csv"])
def test_a_key_that_may_only_read_stops_it_with_everything_kept(
    office: Pusher, lasting_site: Site, name: str
) -> None:
    """One of the same office, for which the service would remember its first answer."""
    with lasting_site.writing() as session:
        asked = (session, keys.technician(), "SVHTTDL", "đọc", (), timedelta(days=1))
        _, reading = keys.issue(*asked)
    rows = [[*ROW[:4], f"Chỉ đọc {n}", "1"] for n in range(3)]
    file = office.file(name, csv_of(*rows) if name == "x.csv" else lines(series("reading", range(3))))
    for how in (["--dry-run"], ["--batch", "2"], []):
        run = office.push(*how, file, TTDN_KEY=reading)
        assert (run.code, run.counts) == (77, {}), run.out
        assert run.summary["trouble"].startswith("HTTP 403: khóa này chỉ đọc")
    right = office.push(file)
    assert (right.code, right.counts) == (0, {"created": 3}), right.out


@pytest.mark.parametrize(
    ("path", "plan"),
    [("", "khong-co"), ("/v1", "ttdn-2023"), ("/docs", "ttdn-2023")],
    ids=["plan", "v1", "docs"],
)
def test_what_is_sent_to_no_plan_of_the_service_is_kept_and_called_no_delivery(
    office: Pusher, path: str, plan: str
) -> None:
    file = office.file("x.ndjson", lines(series(f"planned-{path.strip('/')}", range(2))))
    lost = Pusher(f"{office.url}{path}", office.key, office.folder)
    rehearsed, run = (lost.push("--plan", plan, *how, "--batch", "1", file) for how in (["--dry-run"], []))
    for one in (rehearsed, run):
        assert (one.code, one.counts) == (76, {})
        assert one.summary["trouble"].startswith(
            "không có kế hoạch hay địa chỉ này, xem lại --plan, --url · "
        )
    assert (run.summary["inputs"][0]["pending_parcels"], (office.spool / "refused").exists()) == (2, False)
    assert office.push(file).counts == {"created": 2}, "another plan is another address"


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["khong-co.ndjson"], {}),
        (["x.bin"], {}),
        (["--batch", "0"], {}),
        (["--batch", "1001"], {}),
        (["--batch", "x"], {}),
        (["--source", "Sở VHTTDL"], {}),
        (["--nothing"], {}),
        ([], {"TTDN_KEY": ""}),
        ([], {"TTDN_KEY": "có dấu"}),
        (["--key-file", "khong-co"], {}),
        ([], {"TTDN_URL": ""}),
        ([], {"TTDN_URL": "ftp://127.0.0.1"}),
        ([], {"TTDN_URL": "http://ai:gi@127.0.0.1"}),
        ([], {"TTDN_URL": "http://h:abc"}),
        ([], {"TTDN_URL": "http://xn--/"}),
        ([], {"TTDN_URL": "http://a..b/"}),
        ([], {"TTDN_URL": "http://h/\udce1"}),
        ([], {"TTDN_URL": "http://h/#/"}),
        ([], {"TTDN_PLAN": ""}),
        ([], {"TTDN_PLAN": "k\udce1"}),
        ([], {"ALL_PROXY": "socks5://127.0.0.1:1"}),
        ([], {"HTTP_PROXY": "foo://ai:gi@127.0.0.1"}),
        ([], {"HTTP_PROXY": "http://h:abc"}),
        ([], {"HTTP_PROXY": "http://:3128", "NO_PROXY": "", "no_proxy": ""}),
        ([], {"HTTP_PROXY": "http://proxy..vn:3128", "NO_PROXY": "", "no_proxy": ""}),
        ([], {"ALL_PROXY": f"ai:gi@{'a' * 64}.vn:3128", "NO_PROXY": "", "no_proxy": ""}),
    ],
)
def test_what_cannot_be_carried_out_is_said_in_one_sentence(
    tmp_path: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    run = Pusher("http://127.0.0.1:9", "x", tmp_path).run(*arguments, **environment)
    assert (run.code, run.out) == (2, "")
    assert run.err.splitlines()[-1].startswith("ttdn-push: ")
    assert ("Traceback" in run.err, "ai:gi" in run.err) == (False, False)
    assert not (tmp_path / "ttdn-push").exists()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "ascii"])
def test_a_key_in_a_file_is_read_as_windows_writes_it(office: Pusher, encoding: str) -> None:
    key = office.file("key.txt", f"{office.key}\r\n".encode(encoding))
    file = office.file("x.ndjson", lines(series(f"key-{encoding}", [1])))
    assert office.run("--key-file", key, file, TTDN_KEY="").code == 0


def test_a_proxy_that_is_not_on_the_way_keeps_nobody_from_pushing(office: Pusher) -> None:
    file = office.file("x.ndjson", lines(series("past-the-proxy", [1])))
    unused = {"HTTP_PROXY": "http://proxy..vn:3128", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    assert office.run(file, **unused).code == 0


def test_settings_with_line_ends_of_windows_and_a_name_in_another_encoding_are_taken(
    office: Pusher, lasting_site: Site
) -> None:
    settings = {f"TTDN_{name.upper()}": f"{getattr(office, name)}\r" for name in ("url", "key")}
    file = office.file("th\udce1ng 5.ndjson", lines([*series("windows", [1]), {}]))
    run = office.run("--json", file, **settings, TTDN_PLAN="ttdn-2023\r")
    assert (run.code, run.counts) == (1, {"created": 1, "refused": 1}), run.err
    assert run.summary["inputs"][0]["name"] == "th\ufffdng 5.ndjson"
    assert stored(lasting_site, "windows") == once([1])


def test_a_spool_that_is_none_is_said_to_be_one(office: Pusher) -> None:
    office.spool.mkdir()
    (office.spool / "spool.sqlite3").write_bytes(b"no database" * 1000)
    run = office.run("--spool", str(office.spool), office.file("x.ndjson", lines(series("none", [1]))))
    assert (run.code, "Traceback" in run.err) == (74, False)
    assert "không đọc, ghi được hàng đợi · the spool cannot be read or written (" in run.err


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_lines_as_powershell_writes_them_are_said_to_be_utf_16(office: Pusher, encoding: str) -> None:
    """Whole, in one sentence; its lines would come back in pieces."""
    content = f"\ufeff{lines(series('utf-16', range(2))).decode()}".encode(encoding)
    run = office.run(office.file("x.ndjson", content))
    assert (run.code, "UTF-16" in run.err, office.spool.exists()) == (2, True, False)


def test_the_service_s_own_answer_is_what_is_counted(office: Pusher) -> None:
    """The typed client and the command see the same records."""
    office.push(office.file("x.ndjson", lines(series("counted", range(3)))))
    bearer = {"Authorization": f"Bearer {office.key}"}
    asked = {"source_system": "counted"}
    answer = httpx.get(f"{office.url}{PLAN}/activities", params=asked, headers=bearer)
    assert len(answer.json()["items"]) == 3
