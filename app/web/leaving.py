"""Leaving: who is asked to stop says so at /readyz before the door is closed, so that a balancer which asks
there sends the next request elsewhere and none meets a closed door.

It concerns SIGTERM alone: Ctrl+C is somebody who waits, and a second SIGTERM is somebody who waits no more.
"""

import asyncio
import signal
import threading
from types import FrameType

from starlette.datastructures import State


def announce(state: State, seconds: int) -> None:
    """From SIGTERM on `state.leaving` is true, and what the server had meant to do then it does so many
    seconds later. To be called by the server's own loop, once the server listens for signals itself."""
    stop = signal.getsignal(signal.SIGTERM)
    if not seconds or not callable(stop) or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def leave(number: int, frame: FrameType | None) -> None:
        if state.leaving:
            stop(number, frame)
            return
        state.leaving = True
        loop.call_soon_threadsafe(loop.call_later, seconds, stop, number, None)

    signal.signal(signal.SIGTERM, leave)
