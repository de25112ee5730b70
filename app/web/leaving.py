"""Leaving: who is asked to stop says so at /readyz before the door is closed, so that a balancer which asks
there sends the next request elsewhere and none meets a closed door. And it leaves, whatever hangs.

It concerns SIGTERM alone: Ctrl+C is somebody who waits, and a second SIGTERM is somebody who waits no more.
"""

import asyncio
import logging
import os
import signal
import threading
from types import FrameType
from typing import Final

from starlette.datastructures import State

GRACE_SECONDS: Final = 20
"""What a server that closes its door grants the requests in hand."""
_SPARE_SECONDS: Final = 5
"""What everything else that ends may take."""
_log = logging.getLogger(__name__)


def announce(state: State, seconds: int) -> None:
    """From SIGTERM on `state.leaving` is true, if it is to be so for some seconds, and what the server had
    meant to do then it does after them. To be called by the server's own loop, once the server listens for
    signals itself."""
    stop = signal.getsignal(signal.SIGTERM)
    if not callable(stop) or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def leave(number: int, frame: FrameType | None) -> None:
        if state.leaving or not seconds:
            end(number, frame)
            return
        state.leaving = True
        loop.call_soon_threadsafe(loop.call_later, seconds, end, number, None)

    def end(number: int, frame: FrameType | None) -> None:
        last = threading.Timer(GRACE_SECONDS + _SPARE_SECONDS, _regardless)
        last.daemon = True  # whoever has ended by then is not waited for
        last.start()
        stop(number, frame)

    signal.signal(signal.SIGTERM, leave)


def _regardless() -> None:
    """A thread that a database has left without an answer ends by nothing else: what it had not committed is
    undone there."""
    _log.error("not everything came to an end, the process ends without it: does the database hang?")
    os._exit(1)
