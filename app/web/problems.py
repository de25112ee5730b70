"""The problem document: the one form of every refusal and failure (RFC 9457).

Members: `type`, `title`, `status`, `detail`, `code` (stable), `request_id`, `errors` (each with `pointer`,
`code`, `message`), then the failure's own facts. A pointer is an RFC 6901 pointer into the body, or says
which parameter is meant: `query:limit`, `header:if-match`; `query` alone is the query string as a whole.
"""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Scope

from app.errors import (
    Busy,
    Failure,
    HeadersTooLarge,
    Internal,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Refused,
    Text,
    TooLarge,
    Unauthenticated,
    UnsupportedMedia,
)
from app.web import refused
from app.web.languages import Language, language, say
from app.web.validation import from_validation

MEDIA_TYPE = "application/problem+json"

_BY_STATUS: Mapping[int, type[Failure]] = {
    kind.status: kind
    for kind in (
        Malformed,
        Unauthenticated,
        Refused,
        NotFound,
        MethodNotAllowed,
        TooLarge,
        UnsupportedMedia,
        HeadersTooLarge,
        Internal,
        Busy,
    )
}


def install(app: FastAPI) -> None:
    """Let every failure the router knows of come out as a problem document."""
    app.add_exception_handler(Failure, _answer)
    app.add_exception_handler(RequestValidationError, _answer)
    app.add_exception_handler(HTTPException, _answer)


def problem_response(failure: Failure, request: HTTPConnection | Scope) -> Response:
    """The failure as an answer to this request, in the language it asks for."""
    scope = request.scope if isinstance(request, HTTPConnection) else request
    chosen = language(scope)
    refused.as_a_whole(scope, failure)
    headers = {
        "Cache-Control": "no-store",
        "Content-Language": chosen,
        "Vary": "Accept-Language",
        **({"WWW-Authenticate": 'Bearer realm="ttdn"'} if failure.status == 401 else {}),  # RFC 9110 §15.5.2
        **failure.headers,
    }
    body = json.dumps(document(failure, chosen, scope), ensure_ascii=False, separators=(",", ":"))
    return Response(body.encode(), failure.status, headers, MEDIA_TYPE)


def document(failure: Failure, chosen: Language, scope: Scope) -> dict[str, Any]:
    """The members of the problem. A fact cannot take the place of a standard member."""
    faults, facts = failure.told()
    standard = {
        "type": f"urn:ttdn:problem:{failure.code}",
        "title": say(failure.title, chosen),
        "status": failure.status,
        "detail": say(failure.detail, chosen),
        "code": failure.code,
        "request_id": scope.get("state", {}).get("request_id"),
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "message": say(fault.message, chosen)}
            for fault in faults
        ],
    }
    more = _in_language(facts, chosen)
    return standard | {name: fact for name, fact in more.items() if name not in standard}


def as_failure(error: Exception) -> Failure:
    """What the framework raised, as one of ours. Its wording is dropped: it may quote what came in."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, RequestValidationError):
        return from_validation(error)
    if isinstance(error, HTTPException):
        kind = _BY_STATUS.get(error.status_code) or (Internal if error.status_code >= 500 else Malformed)
        failure = kind()
        failure.headers.update(error.headers or {})
        return failure
    return Internal()


async def _answer(request: Request, error: Exception) -> Response:
    """Asynchronous: to refuse takes no thread, and all of them may be waiting for a database."""
    return problem_response(as_failure(error), request)


def _in_language(fact: Any, chosen: Language) -> Any:
    """Facts may hold sentences in both languages at any depth; the reader gets one."""
    if isinstance(fact, Text):
        return say(fact, chosen)
    if isinstance(fact, Mapping):
        return {name: _in_language(value, chosen) for name, value in fact.items()}
    if isinstance(fact, (list, tuple)):
        return [_in_language(value, chosen) for value in fact]
    return fact
