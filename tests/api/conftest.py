"""For tests that only read: one service for all of them, since reading changes nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.service import Service

if TYPE_CHECKING:
    from tests.conftest import Seeded


@pytest.fixture(scope="session")
def library(seeded: "Seeded") -> Iterator[Service]:
    """The service over the real plan as it was loaded. Read from it; never write to it."""
    url = seeded.copy()
    with Service(url, seeded.secrets) as running:
        yield running
    seeded.drop(url)
