"""The broken build of the memory's negative control: it keeps every body it was ever sent.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

from starlette.types import Message, Receive

from app.cli import main
from app.web import reader

_body = reader._body
_kept: list[Message] = []


async def keeping(receive: Receive, most: int) -> bytes | None:
    """Read as the service does, and forget nothing."""

    async def receive_and_keep() -> Message:
        message = await receive()
        _kept.append(message)
        return message

    return await _body(receive_and_keep, most)


if __name__ == "__main__":
    reader._body = keeping
    main()
