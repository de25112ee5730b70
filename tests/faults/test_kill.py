"""kill −9 while offices push: what was acknowledged is there, once. The same test sees a build that lies."""

import random
import time
from collections.abc import Sequence

import pytest

from tests import patience
from tests.faults.offices import Office, Tally, at_work, recomputed, rolled_up, tally, until_some_are_stored
from tests.faults.sites import Site, launcher
from tests.servers import ServerProcess

KILLS = patience.KILLS // 5
"""A fifth of those that `ttdn-push` has to live through (tests/faults/test_senders.py)."""


def killed(server: ServerProcess, offices: Sequence[Office], chance: random.Random) -> None:
    """Kill at a moment nobody chose, in the midst of work, and start again on the same database."""
    until_some_are_stored(offices)
    time.sleep(chance.uniform(0, 0.5))
    server.kill9()
    server.start()


def campaign(site: Site, kills: int, seed: int) -> tuple[Tally, int]:
    """Push and kill; returns what does not hold, and how many requests were torn on the way."""
    chance = random.Random(seed)
    with site.serve() as server:
        with at_work(site.secrets, lambda: server.base_url, seed) as offices:
            for _ in range(kills):
                killed(server, offices, chance)
        assert not [line for office in offices for line in office.strange], server.log[-4000:]
        with site.client("TTBCD", server.base_url) as owner:
            assert rolled_up(owner) == site.look(recomputed)
        return tally(site.url, offices), sum(office.torn for office in offices)


@pytest.mark.timeout(60 + 20 * KILLS)
def test_no_acknowledged_record_is_lost_or_doubled(site: Site) -> None:
    seed = random.randrange(10**6)
    found, torn = campaign(site, KILLS, seed)
    print(f"seed {seed}: {found.acknowledged} acknowledged, {torn} torn, {len(found.lost)} lost")  # noqa: T201
    assert (found.lost, found.doubled, found.torn, found.wrong) == ([], [], [], [])
    assert found.acknowledged >= 12 * KILLS
    assert torn > 0, "the kills were meant to hit requests in flight"


@pytest.mark.parametrize(
    ("build", "broken"),
    [("late_commit", "lost"), ("piecemeal", "torn")],
    ids=["answers before it commits", "stores a batch in parts"],
)
def test_the_harness_sees_a_build_that_lies(site: Site, build: str, broken: str) -> None:
    chance = random.Random(0)
    with site.serve(command=launcher(build)) as server:
        for seed in range(8):
            with at_work(site.secrets, lambda: server.base_url, seed) as offices:
                killed(server, offices, chance)
            if getattr(tally(site.url, offices), broken):
                return
    raise AssertionError(f"eight kills of {build}, and nothing was {broken}: the harness is blind")
