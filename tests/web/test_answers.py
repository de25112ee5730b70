"""Methods, languages, request ids, prefixes: the habits every answer has."""

import pytest

from tests.web.conftest import Connection, head, make_app, running, send


def test_head_gives_the_head_of_get_and_no_body(connection: Connection) -> None:
    for target in ("/v1/things", "/v1/things/a", "/livez", "/openapi.json", "/docs", "/docs/docs.js"):
        got = connection.get(target)
        headed = connection.ask(head("HEAD", target))
        assert (headed.status, headed.body) == (200, b"")
        for name in ("content-length", "content-type"):
            assert headed.headers[name] == got.headers[name]


def test_head_of_a_failure_has_no_body_either(connection: Connection) -> None:
    for target, status in (
        ("/v1/nothing", 404),
        ("/v1/troubles/unforeseen", 500),
        ("/v1/things?x=1", 422),
        ("/v1/troubles/refused", 403),
    ):
        answer = connection.ask(head("HEAD", target))
        assert (answer.status, answer.body) == (status, b"")
        assert answer.headers["content-type"] == "application/problem+json"
    assert connection.get().status == 200


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("/v1/things", "GET, HEAD, OPTIONS, POST"),
        ("/v1/things/a", "GET, HEAD, OPTIONS, PATCH"),
        ("/v1/things/a/confirmations", "OPTIONS, POST"),
        ("/docs", "GET, HEAD, OPTIONS"),
    ],
)
def test_allow_is_complete_wherever_it_is_given(connection: Connection, target: str, allowed: str) -> None:
    refused = connection.ask(head("DELETE", target))
    asked = connection.ask(head("OPTIONS", target))

    assert (refused.status, refused.headers["allow"]) == (405, allowed)
    assert (asked.status, asked.headers["allow"], asked.body) == (204, allowed, b"")
    assert ("accept-patch" in asked.headers) == ("PATCH" in allowed)


def test_head_where_there_is_no_get_is_405(connection: Connection) -> None:
    assert connection.ask(head("HEAD", "/v1/things/a/confirmations")).status == 405


@pytest.mark.parametrize(
    "body",
    [
        '{"title": "đối ngoại"}'.encode(),
        rb'{"title": "\u0111\u1ed1i ngo\u1ea1i"}',
        b"\xef\xbb\xbf" + '{"title": "đối ngoại"}'.encode(),
        '\r\n {"title": "đối ngoại", "count": 1000, "share": -0.5e-300}\n'.encode(),
    ],
)
def test_good_json_goes_through(connection: Connection, body: bytes) -> None:
    answer = connection.ask(send(body))

    assert (answer.status, answer.json["title"]) == (201, "đối ngoại")


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/merge-patch+json", 'Application/JSON; charset="UTF-8"']
)
def test_patch_takes_both_names_of_json(connection: Connection, media_type: str) -> None:
    assert (
        connection.ask(send(b'{"title": "x"}', "PATCH", "/v1/things/a", Content_Type=media_type)).status
        == 200
    )


def test_a_body_in_chunks_goes_through(connection: Connection) -> None:
    chunked = head("POST", "/v1/things", Content_Type="application/json", Transfer_Encoding="chunked")

    answer = connection.ask(chunked + b'8\r\n{"title"\r\n5\r\n: "x"\r\n1\r\n}\r\n0\r\n\r\n')

    assert answer.status == 201


def test_a_write_without_a_body_needs_no_content_type(connection: Connection) -> None:
    assert connection.ask(head("POST", "/v1/things/a/confirmations")).status == 200
    assert connection.ask(head("POST", "/v1/things/a/confirmations", Content_Length="0")).status == 200


def test_415_says_what_is_taken(connection: Connection) -> None:
    post = connection.ask(send(b"{}", Content_Type="text/csv"))
    patch = connection.ask(send(b"{}", "PATCH", "/v1/things/a", Content_Type="text/csv"))
    packed = connection.ask(send(b"{}", Content_Encoding="br"))

    assert post.json["accepted"] == ["application/json"]
    assert patch.headers["accept-patch"] == "application/merge-patch+json, application/json"
    assert packed.headers["accept-encoding"] == "identity"


def test_unknown_parameter_names_the_known(connection: Connection) -> None:
    problem = connection.get("/v1/things?colour=red").json

    assert problem["allowed_parameters"] == ["limit", "q", "state"]
    assert "limit, q, state" in problem["errors"][0]["message"]
    assert b"red" not in connection.get("/v1/things?colour=red").body


def test_all_faults_of_a_query_at_once(connection: Connection) -> None:
    problem = connection.get("/v1/things?a=1&limit=1&limit=2&q=%00").json

    assert [error["code"] for error in problem["errors"]] == [
        "unknown_parameter",
        "repeated_parameter",
        "control_character",
    ]


def test_syntax_errors_say_where(connection: Connection) -> None:
    problem = connection.ask(send(b'{"title": "x",\n  oops}')).json

    assert (problem["line"], problem["column"]) == (2, 3)
    assert "dòng 2, cột 3" in problem["detail"]


def test_vietnamese_unless_english_is_liked_better(connection: Connection) -> None:
    vietnamese, english = (
        connection.get("/v1/x"),
        connection.get("/v1/x", Accept_Language="en-GB,en;q=0.9,vi;q=0.8"),
    )

    assert (vietnamese.headers["content-language"], vietnamese.json["title"]) == ("vi", "Không có mục này")
    assert (english.headers["content-language"], english.json["title"]) == ("en", "No such item")
    assert vietnamese.headers["vary"] == english.headers["vary"] == "Accept-Language"


def test_facts_are_told_in_one_language_and_replace_nothing(connection: Connection) -> None:
    problem = connection.get("/v1/troubles/refused", Accept_Language="en").json

    assert (problem["rule"], problem["who_can"], problem["status"]) == ("a rule", ["SVHTTDL"], 403)


def test_a_flood_of_faults_is_cut(connection: Connection) -> None:
    problem = connection.get("/v1/troubles/many").json

    assert (len(problem["errors"]), problem["errors_left_out"]) == (50, 150)


def test_every_answer_has_the_standing_headers(connection: Connection) -> None:
    for answer in (connection.get(), connection.get("/v1/nothing"), connection.get("/docs")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert connection.get().headers["cache-control"] == "private, no-cache"
    assert connection.get("/v1/nothing").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("offered", ["", "a" * 65, "a b", "ttdn_abcdef", "x\xe9y"])
def test_a_strange_request_id_is_replaced(connection: Connection, offered: str) -> None:
    answered = connection.get(X_Request_ID=offered).headers["x-request-id"]

    assert answered != offered
    assert len(answered) == 24


def test_behind_a_prefix() -> None:
    with running(make_app(), root_path="/ke-hoach") as port, Connection(port) as connection:
        # uvicorn puts the prefix, which the proxy has taken off, back on.
        assert connection.get("/v1/things").status == 200
        assert connection.ask(head("DELETE", "/v1/things")).headers["allow"] == "GET, HEAD, OPTIONS, POST"
        assert connection.get("/v1/things/").status == 404
        assert connection.get("/v1/things?x=1").status == 422
        assert connection.get("/openapi.json").json["servers"] == [{"url": "/ke-hoach"}]
