"""LibreOffice, as an accountant opens a file with it: what its pages show, printed."""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


def needed() -> None:
    """Skip what cannot be looked at on this machine; where it is required, fail."""
    missing = [program for program in ("soffice", "pdftotext") if shutil.which(program) is None]
    if missing:
        assert os.environ.get("TTDN_TEST_REQUIRE_OFFICE") != "1", f"{missing} are required here"
        pytest.skip(f"no {missing} on this machine")


def printed(content: bytes) -> str:
    """The text on the pages of a workbook; a cell too narrow for its number prints as ###."""
    with TemporaryDirectory() as folder:
        book, page = Path(folder, "book.xlsx"), Path(folder, "book.pdf")
        book.write_bytes(content)
        convert = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        _run(*convert, "--convert-to", "pdf", "--outdir", folder, str(book))
        return _run("pdftotext", "-layout", str(page), "-")


def _run(*command: str) -> str:
    ended = subprocess.run(command, check=False, capture_output=True, timeout=180)
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")
    return ended.stdout.decode()
