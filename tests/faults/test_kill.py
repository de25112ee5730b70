"""kill −9 while offices push: what was acknowledged is there, once. The same test sees a build that lies."""

import os
import random
import time
from collections.abc import Sequence

import pytest

from tests.faults.conftest import Site, launcher
from tests.faults.offices import Office, Tally, at_work, recomputed, rolled_up, tally, until_some_are_stored
from tests.servers import ServerProcess

KILLS = int(os.environ.get("TTDN_TEST_KILLS", "5"))
"""Five in CI; 200 on demand, which takes about ten minutes on each database."""


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


def test_the_harness_sees_a_build_that_answers_before_it_commits(site: Site) -> None:
    lost: list[str] = []
    chance = random.Random(0)
    with site.serve(command=launcher("late_commit.py")) as server:
        for seed in range(8):
            with at_work(site.secrets, lambda: server.base_url, seed) as offices:
                killed(server, offices, chance)
            lost = tally(site.url, offices).lost
            if lost:
                return
    assert lost, "eight kills of a build that commits late, and nothing was missed: the harness is blind"


def test_the_harness_sees_a_build_that_stores_a_batch_in_parts(site: Site) -> None:
    torn: list[str] = []
    chance = random.Random(0)
    with site.serve(command=launcher("piecemeal.py")) as server:
        for seed in range(8):
            with at_work(site.secrets, lambda: server.base_url, seed) as offices:
                killed(server, offices, chance)
            torn = tally(site.url, offices).torn
            if torn:
                return
    assert torn, "eight kills of a build that stores batches in parts, and all of them were whole"
