"""The broken build of the secrets' negative control: it writes down and repeats what it was told.

Started as a script in place of `ttdn`, with the same arguments. The service itself has no switch for this.
"""

from app.cli import main
from app.web import access_log, faults


def as_it_came(path: str) -> str:
    """The whole of it."""
    return path


if __name__ == "__main__":
    access_log.without_key = as_it_came  # type: ignore[attr-defined]
    faults.PREFIX = "nothing that begins a key"  # type: ignore[attr-defined]
    main()
