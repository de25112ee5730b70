"""One run of schemathesis against a running service, as two agencies."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.faults.sites import Site
from tests.patience import UNMEASURED
from tests.policy.requests import MAKERS, World
from tests.service import PLAN, Service
from tests.walks import NUMBERED, keys

IDENTITIES = ("TTBCD", "SVHTTDL")
"""Who owns the plan, and an office: neither may see what is the other's alone (`peers`)."""

CONFIGURATION = """
hooks = {hooks}
continue-on-failure = true
# One: Python 3.11 cannot parse in two threads at once (its issue 106905), and Hypothesis parses.
workers = 1
request-timeout = 60
suppress-health-check = ["all"]

[generation]
database = "none"
no-shrink = true

[checks]
# In its place: `sound_data_acceptance` (contract_checks.py), which lets named refusals pass.
positive_data_acceptance.enabled = false
# RFC 6585 §3: what an If-Match left out is answered with.
missing_required_header.expected-statuses = [400, 401, 403, 406, 415, 422, 428]

[[operations]]
# A `sig` that names no subscription is answered 404: tests/api/test_feeds.py.
include-operation-id = "get_calendar"
checks.ignored_auth.enabled = false

[auth.wfc]
path = {auth}
user = {user}
peers = {peers}
"""


class Ran(NamedTuple):
    """What a run found: exit code (0: nothing), cases sent, everything it printed."""

    code: int
    cases: int
    said: str


def furnish(site: Site) -> dict[str, list[str | int]]:
    """Put something of every kind into a site, so that a request finds what it names; names by parameter."""
    with Service(site.url, site.secrets) as service:
        world = World(service)
        for make in MAKERS.values():
            make(world)
        subscribed = service["TTBCD"].post(f"{PLAN}/calendar/subscriptions", json={"label": "Lịch"})
        assert subscribed.status_code == 201, subscribed.text
        names = {
            name: [
                int(key) if key.isdigit() else key
                for agency in IDENTITIES
                for key in keys(service[agency], f"{PLAN}/{noun}")
            ]
            for name, noun in NUMBERED.items()
        }
    return {"plan": ["ttdn-2023"], **names}


def run(site: Site, base_url: str, names: Mapping[str, Sequence[str | int]], folder: Path, *more: str) -> Ran:
    """Run schemathesis until it has ended."""
    auth, configuration = folder / "auth.json", folder / "schemathesis.toml"
    users = [
        {"name": agency, "fixedHeaders": [{"name": name, "value": value}]}
        for agency in IDENTITIES
        for name, value in site.bearer(agency).items()
    ]
    auth.write_text(json.dumps({"auth": users}), encoding="utf-8")
    hooks = Path(__file__).with_name("contract_checks.py")
    written = CONFIGURATION.format(
        hooks=json.dumps(str(hooks)),
        auth=json.dumps(str(auth)),
        user=json.dumps(IDENTITIES[0]),
        peers=json.dumps(IDENTITIES),
    )
    for name, values in names.items():
        written += f"\n[dictionaries.{name}]\nvalues = {json.dumps(list(values[:200]))}\n"
    written += "\n[parameters]\n"
    for name in names:
        written += f'"path.{name}" = {{ dictionary = "{name}", probability = 0.8 }}\n'
    configuration.write_text(written, encoding="utf-8")
    program = (sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()")
    ran = subprocess.run(
        [*program, "--config-file", configuration, "run", f"{base_url}/openapi.json", "--no-color", *more],
        capture_output=True, encoding="utf-8", check=False, cwd=folder, env={**os.environ, **UNMEASURED},
    )  # fmt: skip
    said = ran.stdout + ran.stderr
    counted = re.search(r"^ *(\d+) generated", said, re.MULTILINE)
    return Ran(ran.returncode, int(counted[1]) if counted else 0, said)
