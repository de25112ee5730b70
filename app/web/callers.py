"""Who a request says it comes from, before anybody has asked whether that is so."""

from starlette.datastructures import Headers

from app.services import keys


def bearer(headers: Headers) -> str | None:
    """The key in `Authorization: Bearer` (RFC 6750 §2.1); anything else there is no key."""
    given = headers.getlist("authorization")
    scheme, _, secret = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return secret.strip() or None if scheme.lower() == "bearer" else None


def key_of(headers: Headers) -> str:
    """Something like a key, judged by itself; raises Unauthenticated."""
    return keys.well_formed(bearer(headers))
