"""The servers the other tests lean on: what they promise about crashes, copies and clean ends."""

import sys

import psycopg
import pytest

from tests.servers import ServerProcess, Standby, ThrowAwayPostgres, Unavailable, required
from tests.servers.processes import LOOPBACK

STATIC = (sys.executable, "-m", "http.server", "--bind", LOOPBACK, "{port}")


@pytest.fixture
def cluster() -> ThrowAwayPostgres:
    try:
        return ThrowAwayPostgres()
    except Unavailable as reason:
        if required():
            raise
        pytest.skip(str(reason))


def test_a_committed_row_outlives_a_kill_and_a_copy_has_it_too(cluster: ThrowAwayPostgres) -> None:
    with cluster:
        address = cluster.create_database("original")
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('đối ngoại')")
        cluster.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address)
        cluster.start()
        with psycopg.connect(cluster.create_database("copy", template="original")) as connection:
            assert connection.execute("SELECT word FROM kept").fetchall() == [("đối ngoại",)]


def test_a_standby_follows_is_held_back_and_takes_over(cluster: ThrowAwayPostgres) -> None:
    with cluster:
        cluster.say("CREATE TABLE kept (n int)")
        with Standby(cluster) as standby:
            cluster.say("INSERT INTO kept VALUES (1)")
            standby.catch_up()
            standby.hold_back()
            cluster.say("INSERT INTO kept VALUES (2)")
            assert standby.say("SELECT count(*) FROM kept") == 1
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                standby.say("INSERT INTO kept VALUES (3)")
            standby.let_go()
            standby.catch_up()
            cluster.kill()
            standby.promote()
            standby.say("INSERT INTO kept VALUES (3)")
            assert standby.say("SELECT count(*) FROM kept") == 3


def test_nothing_of_the_cluster_is_left(cluster: ThrowAwayPostgres) -> None:
    with cluster:
        address, home = cluster.url(), cluster._home
        assert home.exists()
    assert not home.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)


def test_a_service_is_ready_dies_and_comes_back_on_its_port() -> None:
    with ServerProcess(command=STATIC, ready="/") as server:
        first, address = server.pid, server.base_url
        server.kill9()
        server.start()
        assert server.base_url == address
        assert server.pid != first
        assert "GET / " in server.log


def test_a_service_that_dies_at_once_says_why() -> None:
    dying = ServerProcess(command=(sys.executable, "-c", "raise SystemExit('no plan here')"))
    with pytest.raises(Unavailable, match="no plan here"), dying:
        pytest.fail("a dead process was taken for a ready one")
