"""`python -m tests.year`: play the year against a real server on a database of its own, and print the months.

`python -m tests.year > tests/year/months.csv` writes the table that the test compares with.
"""

import sys
import tempfile
from pathlib import Path

from tests.year import comparing, months, playing
from tests.year.served import served


def main() -> int:
    """What differs goes to the error stream, and makes it fail."""
    lines: list[str] = []
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'year.sqlite3'}"
        with served(url, Path(folder)) as stage:
            for evening in playing.evenings(stage):
                found += evening.unexpected
                if playing.ends_a_month(evening.today):
                    found += comparing.owner_and_outsider(evening)
                    lines.append(months.line(evening))
    sys.stdout.write(months.table(lines))
    sys.stderr.writelines(f"{one}\n" for one in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
