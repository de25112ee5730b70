"""The TypeScript example is compiled as strictly as it can be, and run by Node against a real server."""

import os
import subprocess
from pathlib import Path

from tests.faults.sites import Site
from tests.node import FOLDER, node
from tests.servers import ServerProcess

COMPILER = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"


def compiled(folder: Path) -> str:
    """The example as JavaScript; skipped where there is no Node, or `make typescript` has not been run."""
    asked = ("--project", FOLDER, "--noEmit", "false", "--outDir", folder)
    done = subprocess.run([node("typescript"), COMPILER, *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return (folder / "overview.js").read_text(encoding="utf-8")


def test_a_dashboard_counts_its_states_and_loads_them_once(
    lasting_site: Site, server: ServerProcess, tmp_path: Path
) -> None:
    script = compiled(tmp_path)
    places = {"TTDN_URL": server.base_url, "TTDN_PLAN": "ttdn-2023", "TTDN_KEY": lasting_site.secrets["BPGV"]}
    done = subprocess.run(
        ["node", "--input-type=module"], input=script, env={**os.environ, **places},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *states, last = done.stdout.splitlines()
    assert last == "không đổi · unchanged"
    with lasting_site.client("BPGV", server.base_url) as dashboard:
        counts = dashboard.get("/v1/plans/ttdn-2023/overview").json()["states"]
    assert states == [f"{one['state_label']} {one['tasks']}" for one in counts]
    assert len(states) == 5
