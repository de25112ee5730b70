"""Requests that brought a bare FastAPI down (5xx), and their relations: all refused in good order."""

import time

import pytest

from tests.web.conftest import MAX_BODY, Answer, Connection, head, send

KEY = "ttdn_" + "a" * 33


def thing(fragment: str) -> bytes:
    return send(('{"title": "x", ' + fragment + "}").encode("utf-8", "surrogatepass"))


# name: (request, status, code, pointer of the first error or None, its code or None)
HOSTILE: dict[str, tuple[bytes, int, str, str | None, str | None]] = {
    # JSON that is none
    "empty object": (send(b"{}"), 422, "invalid_input", "/title", "missing"),
    "no body": (send(b""), 422, "invalid_input", "", "missing"),
    "no length at all": (head("POST", "/v1/things"), 422, "invalid_input", "", "missing"),
    "cut off": (send(b'{"title": "x"'), 400, "malformed_request", "", "syntax_error"),
    "trailing comma": (thing('"kind": "small",'), 400, "malformed_request", "", "syntax_error"),
    "single quotes": (send(b"{'title': 'x'}"), 400, "malformed_request", "", "syntax_error"),
    "comment": (send(b'{"title": "x"} // no'), 400, "malformed_request", "", "syntax_error"),
    "two documents": (send(b'{"title":"x"}{"title":"x"}'), 400, "malformed_request", "", "syntax_error"),
    "only white space": (send(b"   "), 400, "malformed_request", "", "syntax_error"),
    "raw NUL": (send(b'{"title": "a\x00b"}'), 400, "malformed_request", "", "syntax_error"),
    "raw newline": (send(b'{"title": "a\nb"}'), 400, "malformed_request", "", "syntax_error"),
    "undefined": (thing('"count": undefined'), 400, "malformed_request", "", "syntax_error"),
    "hex number": (thing('"count": 0x10'), 400, "malformed_request", "", "syntax_error"),
    "leading zero": (thing('"count": 01'), 400, "malformed_request", "", "syntax_error"),
    "broken escape": (send(rb'{"title": "\u12"}'), 400, "malformed_request", "", "syntax_error"),
    "string without end": (send(b'"' + rb"\"" * 30000), 400, "malformed_request", "", "syntax_error"),
    # not UTF-8
    "latin-1": (send('{"title": "é"}'.encode("latin-1")), 400, "malformed_request", "", "bad_encoding"),
    "utf-16": (send('{"title": "é"}'.encode("utf-16")), 400, "malformed_request", "", "bad_encoding"),
    "utf-16 without mark": (send('{"title": "đ"}'.encode("utf-16-le")), 400, "malformed_request", "", None),
    "utf-8 surrogate": (send(b'{"title": "\xed\xa0\x80"}'), 400, "malformed_request", "", "bad_encoding"),
    "overlong": (send(b'{"title": "\xc0\xaf"}'), 400, "malformed_request", "", "bad_encoding"),
    "cut in a letter": (send(b'{"title": "\xe1\xbb'), 400, "malformed_request", "", "bad_encoding"),
    # numbers
    "NaN": (thing('"share": NaN'), 422, "invalid_input", "/share", "not_a_number"),
    "Infinity": (thing('"share": Infinity'), 422, "invalid_input", "/share", "not_a_number"),
    "-Infinity": (thing('"share": -Infinity'), 422, "invalid_input", "/share", "not_a_number"),
    "1e999": (thing('"share": 1e999'), 422, "invalid_input", "/share", "number_out_of_range"),
    "-1e999": (thing('"count": -1e999'), 422, "invalid_input", "/count", "number_out_of_range"),
    "1e30": (thing('"count": 1e30'), 422, "invalid_input", "/count", "number_out_of_range"),
    "2^63": (thing('"count": 9223372036854775808'), 422, "invalid_input", "/count", "number_out_of_range"),
    "-2^63-1": (
        thing('"count": -9223372036854775809'),
        422,
        "invalid_input",
        "/count",
        "number_out_of_range",
    ),
    "5,000 digits": (thing('"count": ' + "9" * 5000), 422, "invalid_input", "/count", "number_out_of_range"),
    "2^31": (thing('"count": 2147483648'), 422, "invalid_input", "/count", "above_maximum"),
    "zero": (thing('"count": 0'), 422, "invalid_input", "/count", "below_minimum"),
    "false for a number": (thing('"count": false'), 422, "invalid_input", "/count", "wrong_type"),
    "text for a number": (thing('"count": "1"'), 422, "invalid_input", "/count", "wrong_type"),
    "a half": (thing('"count": 1.5'), 422, "invalid_input", "/count", "wrong_type"),
    # text
    "escaped NUL": (send(rb'{"title": "a\u0000b"}'), 422, "invalid_input", "/title", "control_character"),
    "escaped bell": (send(rb'{"title": "a\u0007b"}'), 422, "invalid_input", "/title", "control_character"),
    "backspace": (send(rb'{"title": "a\bb"}'), 422, "invalid_input", "/title", "control_character"),
    "escaped delete": (send(rb'{"title": "a\u007Fb"}'), 422, "invalid_input", "/title", "control_character"),
    "raw delete": (send(b'{"title": "a\x7fb"}'), 422, "invalid_input", "/title", "control_character"),
    "C1": (send('{"title": "a\u0085b"}'.encode()), 422, "invalid_input", "/title", "control_character"),
    "newline in a line": (send(rb'{"title": "a\nb"}'), 422, "invalid_input", "/title", "control_character"),
    "lone high surrogate": (send(rb'{"title": "\ud83d"}'), 422, "invalid_input", "/title", "lone_surrogate"),
    "lone low surrogate": (send(rb'{"title": "\uDE00x"}'), 422, "invalid_input", "/title", "lone_surrogate"),
    "pair turned round": (
        send(rb'{"title": "\ude00\ud83d"}'),
        422,
        "invalid_input",
        "/title",
        "lone_surrogate",
    ),
    "NUL in a name": (thing(r'"a\u0000": 1'), 422, "invalid_input", "", "control_character"),
    "surrogate in a name": (thing(r'"\ud800": 1'), 422, "invalid_input", "", "lone_surrogate"),
    "deep inside": (
        thing(r'"parts": [{"name": "ok"}, {"name": "\u0000"}]'),
        422,
        "invalid_input",
        "/parts/1/name",
        "control_character",
    ),
    "too long": (
        send(('{"title": "' + "ấ" * 41 + '"}').encode()),
        422,
        "invalid_input",
        "/title",
        "too_long",
    ),
    "blank": (send(b'{"title": "   "}'), 422, "invalid_input", "/title", None),
    # structure
    "same name twice": (thing('"title": "y"'), 422, "invalid_input", "/title", "duplicate_key"),
    "same name by escape": (thing(r'"\u0074itle": "y"'), 422, "invalid_input", "/title", "duplicate_key"),
    "twice, inside": (
        thing('"parts": [{"name": "a", "name": "b"}]'),
        422,
        "invalid_input",
        "/parts/0/name",
        "duplicate_key",
    ),
    "30,000 names twice": (
        send(b"{" + b",".join([b'"a":1', b'"b":2'] * 5000) + b"}"),
        422,
        "invalid_input",
        "/a",
        "duplicate_key",
    ),
    "5,000 names": (
        send(("{" + ",".join(f'"n{n}":1' for n in range(5000)) + "}").encode()),
        422,
        "invalid_input",
        "",
        "too_many",
    ),
    "20,000 items": (
        thing('"parts": [' + "1," * 20000 + "1]"),
        422,
        "invalid_input",
        "/parts",
        "too_many",
    ),
    "depth 33": (send(b"[" * 33 + b"]" * 33), 422, "invalid_input", "", "too_deep"),
    "30,000 brackets": (send(b"[" * 30000), 422, "invalid_input", "", "too_deep"),
    "30,000 braces": (send(b'{"a":' * 10000), 422, "invalid_input", "", "too_deep"),
    "brackets in a string": (
        send(b'{"title": "' + b"[" * 100 + b'"}'),
        422,
        "invalid_input",
        "/title",
        "too_long",
    ),
    "unknown field": (thing('"colour": 1'), 422, "invalid_input", "/colour", "unknown_field"),
    "unknown field inside": (
        thing('"parts": [{"name": "a", "id": 1}]'),
        422,
        "invalid_input",
        "/parts/0/id",
        "unknown_field",
    ),
    "field with a slash": (thing('"a/b~c": 1'), 422, "invalid_input", "/a~1b~0c", "unknown_field"),
    "field with a key in it": (thing(f'"{KEY}": 1'), 422, "invalid_input", "", "unknown_field"),
    "not an object": (send(b"[]"), 422, "invalid_input", "", "wrong_type"),
    "null": (send(b"null"), 422, "invalid_input", "", None),
    "a string": (send(b'"x"'), 422, "invalid_input", "", "wrong_type"),
    "wrong enum": (thing('"kind": "huge"'), 422, "invalid_input", "/kind", "not_allowed_value"),
    "wrong date": (thing('"on": "2023-02-30"'), 422, "invalid_input", "/on", "not_a_date"),
    "list for text": (send(b'{"title": ["x"]}'), 422, "invalid_input", "/title", "wrong_type"),
    "too many parts": (
        thing('"parts": [' + '{"name":"a"},' * 3 + '{"name":"a"}]'),
        422,
        "invalid_input",
        "/parts",
        "too_many",
    ),
    # media
    "no content type": (
        head("POST", "/v1/things", Content_Length="2") + b"{}",
        415,
        "unsupported_media_type",
        None,
        None,
    ),
    "form": (
        send(b"title=x", Content_Type="application/x-www-form-urlencoded"),
        415,
        "unsupported_media_type",
        None,
        None,
    ),
    "text": (send(b"{}", Content_Type="text/plain"), 415, "unsupported_media_type", None, None),
    "merge patch by POST": (
        send(b"{}", Content_Type="application/merge-patch+json"),
        415,
        "unsupported_media_type",
        None,
        None,
    ),
    "other charset": (
        send(b"{}", Content_Type="application/json; charset=latin1"),
        415,
        "unsupported_media_type",
        None,
        None,
    ),
    "nonsense type": (send(b"{}", Content_Type=";;;"), 415, "unsupported_media_type", None, None),
    "gzip": (send(b"\x1f\x8b\x08", Content_Encoding="gzip"), 415, "unsupported_media_type", None, None),
    "json patch": (
        send(b"[]", "PATCH", "/v1/things/a", Content_Type="application/json-patch+json"),
        415,
        "unsupported_media_type",
        None,
        None,
    ),
    # size
    "body one byte too large": (send(b" " * (MAX_BODY + 1)), 413, "too_large", None, None),
    "chunks too large": (
        head("POST", "/v1/things", Content_Type="application/json", Transfer_Encoding="chunked")
        + b"8000\r\n"
        + b" " * 0x8000
        + b"\r\n"
        + b"8000\r\n"
        + b" " * 0x8000
        + b"\r\n"
        + b"1\r\n \r\n0\r\n\r\n",
        413,
        "too_large",
        None,
        None,
    ),
    "40 KB header": (head("GET", "/v1/things", X_Long="a" * 40_000), 431, "headers_too_large", None, None),
    "70 KB header": (head("GET", "/v1/things", X_Long="a" * 70_000), 431, "headers_too_large", None, None),
    "70 KB query": (head("GET", "/v1/things?q=" + "a" * 70_000), 431, "headers_too_large", None, None),
    "body with GET": (send(b"{}", "GET"), 400, "malformed_request", None, None),
    # query
    "unknown parameter": (
        head("GET", "/v1/things?limti=5"),
        422,
        "invalid_input",
        "query:limti",
        "unknown_parameter",
    ),
    "unknown, on a write": (
        send(b"{}", target="/v1/things?dry_run=1"),
        422,
        "invalid_input",
        "query:dry_run",
        "unknown_parameter",
    ),
    "strange unknown": (
        head("GET", "/v1/things?%3Cscript%3E=1"),
        422,
        "invalid_input",
        "query",
        "unknown_parameter",
    ),
    "repeated": (
        head("GET", "/v1/things?limit=5&limit=6"),
        422,
        "invalid_input",
        "query:limit",
        "repeated_parameter",
    ),
    "NUL": (head("GET", "/v1/things?q=a%00b"), 422, "invalid_input", "query:q", "control_character"),
    "newline": (
        head("GET", "/v1/things?q=a%0d%0aSet-Cookie:x"),
        422,
        "invalid_input",
        "query:q",
        "control_character",
    ),
    "surrogate": (head("GET", "/v1/things?q=%ED%A0%80"), 422, "invalid_input", "query:q", "bad_encoding"),
    "not UTF-8": (head("GET", "/v1/things?q=%FF"), 422, "invalid_input", "query:q", "bad_encoding"),
    "half an escape": (head("GET", "/v1/things?q=%4"), 422, "invalid_input", "query:q", "bad_encoding"),
    "bad escape in the name": (
        head("GET", "/v1/things?%zz=1"),
        422,
        "invalid_input",
        "query",
        "bad_encoding",
    ),
    "out of bounds": (
        head("GET", "/v1/things?limit=0"),
        422,
        "invalid_input",
        "query:limit",
        "below_minimum",
    ),
    "huge number": (head("GET", "/v1/things?limit=" + "9" * 5000), 422, "invalid_input", "query:limit", None),
    "not a number": (head("GET", "/v1/things?limit=ten"), 422, "invalid_input", "query:limit", "wrong_type"),
    "key": (head("GET", f"/v1/things?q={KEY}"), 422, "invalid_input", "query:q", "key_in_url"),
    "key hidden by escapes": (
        head("GET", f"/v1/things?q=%74tdn_{KEY[5:]}"),
        422,
        "invalid_input",
        "query:q",
        "key_in_url",
    ),
    "key as a name": (head("GET", f"/v1/things?{KEY}"), 422, "invalid_input", "query", "key_in_url"),
    "access_token": (
        head("GET", "/v1/things?access_token=1"),
        422,
        "invalid_input",
        "query:access_token",
        "key_in_url",
    ),
    "key for HEAD too": (head("GET", "/v1/things/a?Key=1"), 422, "invalid_input", "query:Key", "key_in_url"),
    # path
    "nowhere": (head("GET", "/v1/nothing"), 404, "not_found", None, None),
    "wrong address, wrong body": (send(b"\xff", target="/v1/nothing"), 404, "not_found", None, None),
    "trailing slash": (head("GET", "/v1/things/"), 404, "not_found", None, None),
    "slash, forged host": (
        head("GET", "/v1/things/", X_Forwarded_Host="evil.example"),
        404,
        "not_found",
        None,
        None,
    ),
    "NUL in the path": (head("GET", "/v1/things/%00"), 404, "not_found", None, None),
    "newline in the path": (head("GET", "/v1/things/a%0A"), 404, "not_found", None, None),
    "no UTF-8 in the path": (head("GET", "/v1/things/%ff"), 404, "not_found", None, None),
    "surrogate in the path": (head("GET", "/v1/things/%ED%B0%80"), 404, "not_found", None, None),
    "bad escape in the path": (head("GET", "/v1/things/%zz"), 404, "not_found", None, None),
    "slash by escape": (head("GET", "/v1/things%2Fa"), 404, "not_found", None, None),
    "dots": (head("GET", "/v1/things/../../etc/passwd"), 404, "not_found", None, None),
    "dots by escape": (head("GET", "/docs/%2e%2e%2f%2e%2e%2fsettings.py"), 404, "not_found", None, None),
    "code too long": (head("GET", "/v1/things/" + "a" * 11), 404, "not_found", None, None),
    # methods
    "DELETE": (head("DELETE", "/v1/things"), 405, "method_not_allowed", None, None),
    "PUT with a body": (send(b"{}", "PUT", "/v1/things/a"), 405, "method_not_allowed", None, None),
    "TRACE": (head("TRACE", "/v1/things"), 405, "method_not_allowed", None, None),
    "no such method": (head("BREW", "/v1/things"), 405, "method_not_allowed", None, None),
    "lower case": (head("get", "/v1/things"), 405, "method_not_allowed", None, None),
    # our own trouble
    "unforeseen": (head("GET", "/v1/troubles/no-table"), 500, "internal_error", None, None),
}


def is_problem(answer: Answer) -> bool:
    """The assertion for every failure: one form, nothing of the input or of the inside in it."""
    problem = answer.json
    return (
        answer.headers["content-type"] == "application/problem+json"
        and answer.headers["content-language"] == "vi"
        and answer.headers["x-content-type-options"] == "nosniff"
        and problem["status"] == answer.status
        and problem["type"] == "urn:ttdn:problem:" + problem["code"]
        and problem["request_id"] == answer.headers["x-request-id"]
        and list(problem)[:7] == ["type", "title", "status", "detail", "code", "request_id", "errors"]
        and all(set(error) == {"pointer", "code", "message"} for error in problem["errors"])
        and not any(leak in answer.body for leak in (KEY.encode(), b"script", b"Traceback", b'Error"'))
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_refused_in_good_order(name: str, connection: Connection) -> None:
    request, status, code, pointer, first = HOSTILE[name]

    answer = connection.ask(request)

    assert (answer.status, answer.json["code"]) == (status, code), answer.body
    assert is_problem(answer)
    if pointer is not None:
        error = answer.json["errors"][0]
        assert error["pointer"] == pointer, error
        assert first in (None, error["code"]), error
    after = connection.get()
    assert after.status == 200, "the same connection still answers"


def test_the_table_is_not_small() -> None:
    assert len(HOSTILE) >= 100


NOT_HTTP = {
    "no request line": b"hello\r\n\r\n",
    "bytes": b"\x16\x03\x01\x02\x00\r\n\r\n",
    "raw letters in the target": "GET /v1/things/đ HTTP/1.1\r\nHost: test\r\n\r\n".encode(),
    "no host": b"GET /v1/things HTTP/1.1\r\n\r\n",
    "two lengths": head("POST", "/v1/things", Content_Length="2", content_length="3") + b"{}",
    "length and chunks": head("POST", "/v1/things", Content_Length="2", Transfer_Encoding="gzip, chunked")
    + b"{}",
    "negative length": head("POST", "/v1/things", Content_Length="-1"),
    "NUL in a header": head("GET", "/v1/things", X_A="a\x00b"),
    "broken chunk": head("POST", "/v1/things", Content_Type="application/json", Transfer_Encoding="chunked")
    + b"zz\r\n{}\r\n",
}


@pytest.mark.parametrize("name", NOT_HTTP)
def test_what_is_not_http_is_a_problem_too(name: str, connection: Connection) -> None:
    answer = connection.ask(NOT_HTTP[name])

    assert 400 <= answer.status < 500
    assert is_problem(answer)
    assert answer.headers["connection"] == "close"


def test_a_head_without_end(connection: Connection) -> None:
    answer = connection.ask(head("GET", "/v1/things", X_Long="a" * 300_000)[:-2])

    assert (answer.status, answer.json["code"]) == (431, "headers_too_large")
    assert is_problem(answer)


@pytest.mark.parametrize(
    "name", ["30,000 brackets", "30,000 names twice", "string without end", "70 KB header", "5,000 digits"]
)
def test_refused_quickly(name: str, connection: Connection) -> None:
    """In the time of the processor, the client's own with it: the clock tells of neighbours too, and only of
    something that is waited for if it is long."""
    took, waited = [], []
    for _ in range(5):
        connection.get()
        started, began = time.process_time(), time.perf_counter()
        connection.ask(HOSTILE[name][0])
        took.append(time.process_time() - started)
        waited.append(time.perf_counter() - began)
    assert min(took) < 0.1
    assert min(waited) < 1


def test_a_large_body_is_refused_by_its_announcement(connection: Connection) -> None:
    announced = head("POST", "/v1/things", Content_Type="application/json", Content_Length=str(10**9))

    answer = connection.ask(announced)

    assert answer.status == 413
    assert answer.json["most_bytes"] == MAX_BODY


def test_a_client_waiting_for_100_is_answered_and_let_go(connection: Connection) -> None:
    waiting = head(
        "POST",
        "/v1/things",
        Content_Type="application/json",
        Content_Length=str(10**9),
        Expect="100-continue",
    )

    answer = connection.ask(waiting)

    assert answer.status == 413
    assert answer.headers["connection"] == "close"


def test_after_an_unforeseen_failure_the_connection_still_answers(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        answer = connection.get("/v1/troubles/unforeseen", X_Request_ID="from-the-client.1")
        assert answer.status == 500
        assert is_problem(answer)
        assert answer.headers["x-request-id"] == "from-the-client.1"
        assert b"inside" not in answer.body
    assert "from-the-client.1" in caplog.text


def test_a_torn_answer_is_not_passed_off_as_whole(connection: Connection) -> None:
    with pytest.raises(Exception, match="IncompleteRead"):
        connection.get("/v1/troubles/torn")


def test_busy_says_when_to_come_back(connection: Connection) -> None:
    answer = connection.get("/v1/troubles/locked")

    assert (answer.status, answer.json["code"], answer.headers["retry-after"]) == (503, "busy", "1")
    assert is_problem(answer)
