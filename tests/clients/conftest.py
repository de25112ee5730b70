"""The command and the client as an office runs them: processes of their own, against a server that is one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.gateway import Gateway
from tests.clients.pusher import Pusher
from tests.faults.conftest import lasting_site, site
from tests.faults.sites import Site
from tests.servers import ServerProcess

__all__ = ["lasting_site", "site"]


@pytest.fixture(scope="module")
def server(lasting_site: Site) -> Iterator[ServerProcess]:
    """One server for a whole module, where each test looks only at what it pushed itself."""
    with lasting_site.serve() as running:
        yield running


@pytest.fixture
def office(lasting_site: Site, server: ServerProcess, tmp_path: Path) -> Pusher:
    """An office with the command, a key and a spool of this test's own."""
    return Pusher(server.base_url, lasting_site.secrets["SVHTTDL"], tmp_path)


@pytest.fixture
def gateway(server: ServerProcess) -> Iterator[Gateway]:
    """A gateway before the module's server."""
    with Gateway(server).open() as running:
        yield running


@pytest.fixture
def behind(office: Pusher, gateway: Gateway) -> Pusher:
    """The office, calling by way of the gateway."""
    return Pusher(gateway.url, office.key, office.folder)
