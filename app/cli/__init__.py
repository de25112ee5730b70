"""The command line: what the person on the server does. `ttdn COMMAND --help` says what each needs."""

import sys

import click

from app.cli.backing_up import backup, restore
from app.cli.checking import doctor, openapi
from app.cli.keys import key
from app.cli.loading import migrate, seed
from app.cli.receipts import receipt
from app.cli.serving import serve
from app.cli.usage import InBothLanguages
from app.main import VERSION


@click.group(cls=InBothLanguages, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="ttdn")
def main() -> None:
    """Kế hoạch của tỉnh: ai phải làm gì, đến đâu. · A province's plan: who owes what, how far it is."""
    for stream in (sys.stdout, sys.stderr):  # Windows' code pages have no Vietnamese
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


for command in (serve, migrate, seed, key, receipt, openapi, doctor, backup, restore):
    main.add_command(command)
