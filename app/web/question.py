"""A question to a database that may hang: asked by one thread at a time, which no end of the program waits
for; whoever asks meanwhile hears the same answer. How long to wait is for who asks to say.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Question(Generic[T]):
    """One question. A database that does not answer is asked once, however many ask."""

    def __init__(self, look: Callable[[], T]) -> None:
        self._look, self._turn = look, threading.Lock()
        self._asked: Future[T] | None = None

    def ask(self) -> "Future[T]":
        """What is asked already, or asked now."""
        with self._turn:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(target=self._answer, args=(self._asked,), daemon=True).start()
            return self._asked

    def _answer(self, asked: "Future[T]") -> None:
        try:
            asked.set_result(self._look())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            asked.set_exception(error)
