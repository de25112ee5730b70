"""The broken build of the hostile requests' negative control: whatever comes is taken as it comes.

The strict reader is left out, so the framework meets the bytes by itself. Started as a script in
place of `ttdn`.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.cli import main
from app.web.reader import StrictReader


async def pass_on(self: StrictReader, scope: Scope, receive: Receive, send: Send) -> None:
    """Read nothing, check nothing."""
    inner: ASGIApp = self.app
    await inner(scope, receive, send)


if __name__ == "__main__":
    StrictReader.__call__ = pass_on  # type: ignore[method-assign]
    main()
