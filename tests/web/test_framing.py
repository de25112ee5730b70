"""Where one request ends and the next begins: what two readers could read in two ways is refused, and in
whatever pieces the bytes come, one request is read at a time."""

import asyncio
import json
import random
import select
import socket
import threading
import time
from contextlib import ExitStack, suppress
from http.client import HTTPException

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from app.web.protocol import HEAD_BYTES_READ, LINGER_SECONDS
from tests.web.conftest import Answer, Connection, head, make_app, running, send
from tests.web.test_hostile import is_problem

BODY = b'{"title": "x"}'
POST = b"POST /v1/things HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
GET = b"GET /v1/things HTTP/1.1\r\nHost: test\r\n"
NEXT = head("GET", "/livez")
LENGTH = b"Content-Length: 14\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNK = b"e\r\n" + BODY + b"\r\n"
TOO_LARGE = b"20000\r\n" + b" " * 0x20000 + b"\r\n"
CHUNKS = CHUNK + b"0\r\n\r\n"


def coded(coding: bytes) -> bytes:
    return POST + b"Transfer-Encoding:" + coding + b"\r\n\r\n" + CHUNKS


def sized(length: bytes) -> bytes:
    return POST + b"Content-Length:" + length + b"\r\n\r\n" + BODY


DOUBTFUL = {
    # lengths
    "the same length twice": POST + LENGTH + LENGTH + b"\r\n" + BODY,
    "two lengths in one": sized(b" 14, 14"),
    "a length with a sign": sized(b" +14"),
    "a length with a line below": sized(b" 1_4"),
    "a length in hexadecimal": sized(b" 0x0e"),
    "a length in other digits": sized(" ١٤".encode()),
    "an empty length": sized(b""),
    "a length beyond 64 bits": sized(b" 36893488147419103246"),
    "a folded length": sized(b"\r\n 14"),
    "length, then chunks": POST + LENGTH + CHUNKED + b"\r\n" + CHUNKS,
    "chunks, then length": POST + CHUNKED + LENGTH + b"\r\n" + CHUNKS,
    # codings
    "chunked twice": POST + CHUNKED + CHUNKED + b"\r\n" + CHUNKS,
    "chunked, then identity": coded(b" chunked, identity"),
    "chunked not last": coded(b" chunked, gzip"),
    "compressed chunks": coded(b" gzip, chunked"),
    "identity": coded(b" identity"),
    "almost chunked": coded(b" xchunked"),
    "chunked in quotes": coded(b' "chunked"'),
    "chunked after a comma": coded(b" ,chunked"),
    "chunked with a parameter": coded(b" chunked;q=1"),
    "chunked after a vertical tab": coded(b" \x0bchunked"),
    "an empty coding": coded(b""),
    "chunks in HTTP/1.0": (POST + CHUNKED + b"\r\n" + CHUNKS).replace(b"HTTP/1.1", b"HTTP/1.0"),
    # lines
    "a blank before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "a folded line": GET + b"X-A: a\r\n b\r\n\r\n",
    "the first line folded": b"GET /v1/things HTTP/1.1\r\n Host: test\r\n\r\n",
    "LF alone": (GET + b"\r\n").replace(b"\r", b""),
    "LF alone, once": GET + b"X-A: a\nX-B: b\r\n\r\n",
    "LF alone at the end": GET + b"\n",
    "CR alone": GET + b"X-A: a\rX-B: b\r\n\r\n",
    "CR twice": GET + b"X-A: a\r\r\n\r\n",
    "NUL": GET + b"X-A: a\x00\r\n\r\n",
    "a control character": GET + b"X-A: a\x01\r\n\r\n",
    "no colon": GET + b"chunked\r\n\r\n",
    "no name": GET + b": a\r\n\r\n",
    "a name of other letters": GET + "Đ: a\r\n\r\n".encode(),
    "two hosts": GET + b"Host: other\r\n\r\n",
    # first lines
    "HTTP/0.9": b"GET /v1/things\r\n\r\n",
    "said to be HTTP/0.9": head("GET", "/v1/things").replace(b"HTTP/1.1", b"HTTP/0.9"),
    "HTTP/1.2": head("GET", "/v1/things").replace(b"HTTP/1.1", b"HTTP/1.2"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "RTSP": head("GET", "/v1/things").replace(b"HTTP/1.1", b"RTSP/1.0"),
    "TLS": b"\x16\x03\x01\x02\x00",
    "two blanks": head("GET", " /v1/things"),
    "a blank in the target": head("GET", "/v1/things a"),
    "a blank at the end": head("GET", "/v1/things").replace(b"1.1", b"1.1 ", 1),
    "an empty line before": b"\r\n" + NEXT,
    "a target for a proxy": head("GET", "http://other/v1/things"),
    "a tunnel": head("CONNECT", "other:443"),
    "a fragment": head("GET", "/v1/things#a"),
    # chunks
    "chunks with LF alone": POST + CHUNKED + b"\r\n" + CHUNKS.replace(b"\r", b""),
    "a blank after a size": POST + CHUNKED + b"\r\n" + CHUNKS.replace(b"e\r", b"e \r", 1),
    "a size with a prefix": POST + CHUNKED + b"\r\n0x" + CHUNKS,
    "a size with a sign": POST + CHUNKED + b"\r\n-" + CHUNKS,
    "a size beyond 64 bits": POST + CHUNKED + b"\r\n1000000000000000" + CHUNKS,
    "a chunk longer than its size": POST + CHUNKED + b"\r\nd" + CHUNKS[1:],
    "LF in an extension": POST + CHUNKED + b"\r\ne;a\nb" + CHUNKS[1:],
    "CR in an extension": POST + CHUNKED + b"\r\ne;a\rb" + CHUNKS[1:],
    "a length after the chunks": POST + CHUNKED + b"\r\n" + CHUNK + b"0\r\n" + LENGTH + b"\r\n",
    "a coding after the chunks": POST + CHUNKED + b"\r\n" + CHUNK + b"0\r\n" + CHUNKED + b"\r\n",
    "an end after the chunks": POST + CHUNKED + b"\r\n" + CHUNK + b"0\r\nConnection: close\r\n\r\n",
}
"""Of several of these h11 and llhttp think differently, and each of them takes some."""

_H2 = b"Connection: Upgrade, HTTP2-Settings\r\nUPGRADE: h2c\r\nHTTP2-Settings: a\r\n\r\n"

SOUND: dict[str, tuple[bytes, int]] = {
    "a length": (POST + LENGTH + b"\r\n" + BODY, 201),
    "a length between blanks": (sized(b" \t14 \t"), 201),
    "chunks": (POST + CHUNKED + b"\r\n" + CHUNKS, 201),
    "chunks in capitals": (coded(b"\tCHUNKED "), 201),
    "an extension": (POST + CHUNKED + b"\r\ne;a=b" + CHUNKS[1:], 201),
    "an end of chunks in a chunk": (POST + CHUNKED + b"\r\n4\r\n\r\n\r\n\r\n" + CHUNKS, 201),
    "a line after the chunks": (POST + CHUNKED + b"\r\n" + CHUNK + b"0\r\nX-Sum: 1\r\n\r\n", 201),
    "HTTP/2 offered": (GET + _H2, 200),
    "HTTP/2 offered, with a body": (POST + LENGTH + _H2 + BODY, 201),
    "HTTP/2 offered, with chunks": (POST + CHUNKED + _H2 + CHUNKS, 201),
    "a socket wanted": (GET + b"Upgrade: websocket\r\nConnection: upgrade\r\n\r\n", 200),
    "a method of WebDAV, with a body": (send(BODY, "PROPFIND"), 405),
    "no method at all, with a body": (send(BODY, "BREW"), 405),
    "a tunnel to a path": (head("CONNECT", "/v1/things"), 405),
    "the whole service": (head("OPTIONS", "*"), 404),
    "a target too long to be taken apart": (head("GET", "/" + "a" * 70_000), 431),
    "a query longer still": (head("GET", "/v1/things?q=" + "a" * 100_000), 431),
}
"""After each the connection goes on."""


def trickled(connection: Connection, request: bytes) -> Answer:
    """The answer to a request that comes byte by byte."""
    connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for at in range(len(request)):
        connection.socket.send(request[at : at + 1])
    return connection.answer()


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_could_be_read_in_two_ways_is_refused(name: str, port: int) -> None:
    """Also where another request came before it, and what follows is never taken for one."""
    for before in (b"", NEXT):
        with Connection(port) as connection:
            connection.socket.sendall(before + DOUBTFUL[name] + NEXT)
            if before:
                assert connection.answer().status == 200
            answer = connection.answer()
            assert (answer.status, answer.headers["connection"]) == (400, "close"), answer.body
            assert is_problem(answer)
            assert connection.is_gone()


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_read_to_its_end_and_no_further(name: str, port: int) -> None:
    request, status = SOUND[name]
    for times in (1, 3):
        with Connection(port) as connection:
            connection.socket.sendall((request + NEXT) * times)
            for _ in range(times):
                assert connection.answer().status == status
                assert connection.answer().json == {"status": "ok"}
    if len(request) < 1000:
        with Connection(port) as connection:
            assert trickled(connection, request).status == status
            assert trickled(connection, NEXT).json == {"status": "ok"}


def test_in_whatever_pieces_the_bytes_come(port: int) -> None:
    """Everything sound over one connection, cut at random: as many answers, in order."""
    dice = random.Random(20260)
    for _ in range(20):
        drawn = dice.sample([pair for pair in SOUND.values() if len(pair[0]) < 1000], 10)
        stream = b"".join(request for request, _ in drawn)
        cuts = sorted(dice.sample(range(len(stream)), 40))
        with Connection(port) as connection:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
                connection.socket.sendall(stream[start:end])
            assert [connection.answer().status for _ in drawn] == [status for _, status in drawn]


def test_hundreds_at_once_are_answered_one_after_another() -> None:
    """More of them than are read at once; each with an answer of its own, so that their order shows."""
    requests = [POST + f"X-{n}: {'a' * 1000}\r\n\r\n".encode() for n in range(600)]
    with running(Mirror()) as port, Connection(port) as connection:
        writing = threading.Thread(target=connection.socket.sendall, args=(b"".join(requests),))
        writing.start()
        for n in range(600):
            assert connection.answer().json["headers"][-1] == f"x-{n}"
        writing.join()


def test_what_is_asked_meanwhile_waits_outside() -> None:
    """While a request is not answered no more is read than what came with it."""
    waiting = Waiting()
    with running(waiting) as port, Connection(port) as connection:
        sent, requests = 0, NEXT * 1000
        while sent < 1 << 26 and select.select([], [connection.socket], [], 1)[1]:
            sent += connection.socket.send(requests)
        waiting.go.set()
        assert sent < 1 << 26, "it reads on without end"
        assert connection.answer().status == 204


WITHOUT_END = {
    "a target": (b"GET /", b"a" * 1024),
    "a name": (GET, b"a" * 1024),
    "a value": (GET + b"X-A: ", b"a" * 1024),
    "headers": (GET, b"a:\r\n" * 256),
    "an extension": (POST + CHUNKED + b"\r\ne;", b"a" * 1024),
    "a size": (POST + CHUNKED + b"\r\n", b"0" * 1024),
    "a line after the chunks": (POST + CHUNKED + b"\r\n" + CHUNK + b"0\r\nX: ", b"a" * 1024),
    "lines after the chunks": (POST + CHUNKED + b"\r\n" + CHUNK + b"0\r\n", b"a: \r\n" * 200),
}


@pytest.mark.parametrize("name", WITHOUT_END)
def test_what_has_no_end_is_cut_off(name: str, connection: Connection) -> None:
    begun, more = WITHOUT_END[name]
    connection.socket.sendall(begun)
    sent = 0
    with suppress(OSError):  # it hangs up on us while we are still sending
        while not select.select([connection.socket], [], [], 0)[0]:
            assert sent < 512 * HEAD_BYTES_READ, "it reads on without end"
            connection.socket.sendall(more)
            sent += len(more)

    answer = connection.answer()

    assert (answer.status, answer.json["code"]) == (431, "headers_too_large")
    assert is_problem(answer)
    assert connection.is_gone()


def test_nobody_is_waited_for_who_sends_no_whole_head() -> None:
    """Neither at first nor later, nor after a body that nobody wanted; a byte now and then is no head."""
    with running(make_app(), keep_alive=1) as port, ExitStack() as stack:
        silent, dripping, kept, refused = (stack.enter_context(Connection(port)) for _ in range(4))
        assert kept.ask(NEXT).status == 200
        refused.socket.sendall(POST + CHUNKED + b"\r\n" + TOO_LARGE)
        assert refused.answer().status == 413
        refused.socket.sendall(TOO_LARGE + b"0\r\n\r\n")
        dripping.socket.sendall(GET + b"X-A: ")
        for connection in (dripping, kept, silent, refused):
            for _ in range(100):
                if select.select([connection.socket], [], [], 0.1)[0]:
                    break
                with suppress(OSError):
                    dripping.socket.sendall(b"a")
                    kept.socket.sendall(b"G")
            assert connection.is_gone()


def test_no_line_after_the_chunks_becomes_a_header() -> None:
    with running(Mirror()) as port, Connection(port) as connection:
        answer = connection.ask(POST + CHUNKED + b"\r\n" + CHUNK + b"0\r\nAuthorization: Bearer x\r\n\r\n")
    assert answer.json == {"headers": ["host", "content-type", "transfer-encoding"], "body": BODY.decode()}


def test_a_broken_body_ends_a_request_that_was_begun() -> None:
    """Who reads it is told that the client has gone; the client, that the request was no good."""
    mirror = Mirror()
    with running(mirror) as port, Connection(port) as connection:
        connection.socket.sendall(POST + CHUNKED + b"\r\n" + CHUNK)
        assert mirror.has_some.wait(10)
        connection.socket.sendall(b"broken\r\n")
        answer = connection.answer()
        assert answer.status == 400
        assert is_problem(answer)
        assert mirror.disconnected.wait(10)


def test_after_its_answer_a_broken_body_is_given_no_second_one(connection: Connection) -> None:
    """The second would be taken for the answer to the next request."""
    connection.socket.sendall(POST + CHUNKED + b"\r\n" + TOO_LARGE)
    assert connection.answer().status == 413
    connection.socket.sendall(b"broken\r\n" + NEXT)
    assert connection.is_gone()


@pytest.mark.parametrize("framing", [b"Content-Length: 999999\r\n", CHUNKED])
def test_who_is_still_sending_when_the_answer_comes_is_not_cut_off(framing: bytes, port: int) -> None:
    """A gateway that asks to close sends all of its request, and would lose the answer to a reset."""
    piece = b" " * 10_000
    piece = b"2710\r\n" + piece + b"\r\n" if framing == CHUNKED else piece
    with socket.create_connection(("127.0.0.1", port), timeout=10) as gateway:
        gateway.sendall(POST + b"Connection: close\r\n" + framing + b"\r\n")
        for _ in range(7):  # chunks are found to be too many when they have come
            gateway.sendall(piece)
        assert gateway.recv(12) == b"HTTP/1.1 413"
        for _ in range(92):
            gateway.sendall(piece)
            time.sleep(0.001)
        gateway.sendall(b"0\r\n\r\n" if framing == CHUNKED else piece[:-1])
        with gateway.makefile("rb") as rest:
            assert b'"too_large"' in rest.read()


def drip(gateway: socket.socket, seconds: int) -> None:
    for _ in range(10 * seconds):
        gateway.sendall(b" ")
        time.sleep(0.1)


def test_who_never_ends_is_heard_out_for_a_while(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as gateway:
        gateway.sendall(POST + b"Connection: close\r\nContent-Length: 999999\r\n\r\n")
        assert gateway.recv(12) == b"HTTP/1.1 413"
        with pytest.raises(OSError, match=r"reset|pipe"):
            drip(gateway, 2 * LINGER_SECONDS)


def test_no_100_is_said_to_http_1_0(port: int) -> None:
    with Connection(port) as connection:
        request = (POST + LENGTH + b"Expect: 100-continue\r\n\r\n").replace(b"HTTP/1.1", b"HTTP/1.0")
        connection.socket.sendall(request + BODY)
        assert connection.socket.recv(12) == b"HTTP/1.1 201"
    with Connection(port) as connection:
        connection.socket.sendall(POST + LENGTH + b"Expect: 100-continue\r\n\r\n")
        assert connection.socket.recv(12) == b"HTTP/1.1 100"


def test_the_table_sees_a_server_that_reads_as_llhttp_does() -> None:
    """uvicorn's own protocol, as it is installed."""
    missed = set()
    server = uvicorn.Server(uvicorn.Config(Mirror(), log_config=None, http="httptools", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        for name, request in DOUBTFUL.items():
            with Connection(listening.getsockname()[1]) as connection:
                connection.socket.settimeout(0.5)
                try:
                    if connection.ask(request).status == 400:
                        continue
                except (OSError, HTTPException):
                    pass
            missed.add(name)
        server.should_exit = True
        thread.join(10)
    assert {"chunks in HTTP/1.0", "compressed chunks", "two blanks", "two hosts"} <= missed


class Mirror:
    """Tells which headers and which body it got."""

    def __init__(self) -> None:
        self.has_some, self.disconnected = threading.Event(), threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.disconnected.set()
                return
            body, more = body + message["body"], message["more_body"]
            if body:
                self.has_some.set()
        names = [name.decode() for name, _ in scope["headers"]]
        told = {"headers": names, "body": body.decode()}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})


class Waiting:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.go = threading.Event()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.to_thread(self.go.wait)
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
