"""The doors of one service that runs as two processes: half of the clients of a race meet in each."""

from contextlib import ExitStack
from itertools import cycle
from typing import Self

import httpx

from tests.faults.sites import Site


class Doors:
    """Hands out clients that are spread over the processes; to be entered, and hung up at the end."""

    def __init__(self, site: Site, addresses: list[str]) -> None:
        self.site, self._addresses = site, addresses
        self._turn = cycle(addresses)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def __getitem__(self, agency: str) -> httpx.Client:
        """A client of its own, through the next door."""
        return self._open.enter_context(self.site.client(agency, next(self._turn)))

    def many(self, agency: str, how_many: int) -> list[httpx.Client]:
        """Clients for so many calls at once, one for each door, with a connection for every call."""
        each = [self._open.enter_context(self.site.client(agency, base)) for base in self._addresses]
        return [client for client, _ in zip(cycle(each), range(how_many), strict=False)]
