"""How far it is, on standard error: a bar where somebody watches, a few lines where cron keeps them."""

import sys
from typing import TextIO

from ttdn_client.problems import NotThere, NotTheService, NotTrusted, Problem, TtdnError

WIDTH = 30
GATEWAY = "từ cổng đặt trước dịch vụ: dịch vụ chưa trả lời · from a gateway: the service did not answer"
UNTRUSTED = (
    "máy này không tin chứng thư HTTPS ở địa chỉ đó, chưa gửi gì; chứng thư nội bộ của tỉnh thì đặt "
    "SSL_CERT_FILE là tệp chứng thư gốc · this machine does not trust the certificate there, nothing was "
    "sent; for a certificate of the province's own set SSL_CERT_FILE to its root"
)


class Progress:
    """Says nothing: `--quiet`."""

    def sent(self, done: int, total: int) -> None:
        """So many parcels are answered."""

    def waiting(self, trouble: TtdnError, seconds: float) -> None:
        """It will be tried again."""

    def done(self) -> None:
        """No more is to come."""


class Lines(Progress):
    """A line for every wait, and none for what goes well: the summary says that."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def waiting(self, trouble: TtdnError, seconds: float) -> None:
        """Why, and for how long."""
        self._say(f"{why(trouble)}; thử lại sau {seconds:.0f} giây · again in {seconds:.0f} s\n")

    def _say(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Bar(Lines):
    """One line that is drawn anew."""

    def sent(self, done: int, total: int) -> None:
        """Draw it."""
        full = WIDTH * done // total
        self._say(f"\r\x1b[K{'█' * full}{'░' * (WIDTH - full)} {done}/{total} lô · parcels")

    def waiting(self, trouble: TtdnError, seconds: float) -> None:
        """Why, and for how long, in the bar's place."""
        self._say(f"\r\x1b[K{why(trouble)} … {seconds:.0f} s")

    def done(self) -> None:
        """Leave the line empty for the summary."""
        self._say("\r\x1b[K")


def why(trouble: TtdnError) -> str:
    """What went wrong, in a few words."""
    if isinstance(trouble, NotThere):
        return (
            "không có kế hoạch hay địa chỉ này, xem lại --plan, --url · "
            "there is no such plan or address: look at --plan, --url"
        )
    if isinstance(trouble, Problem) and not trouble.document:
        return f"HTTP {trouble.status} {GATEWAY}"
    if isinstance(trouble, Problem):
        return f"HTTP {trouble.status}: {trouble.detail}"
    if isinstance(trouble, NotTheService):
        return (
            "không phải dịch vụ trả lời, xem lại --url và proxy của máy · "
            f"not the service, look at --url and at this machine's proxy ({trouble})"
        )
    if isinstance(trouble, NotTrusted):
        return f"{UNTRUSTED} ({trouble})"
    return f"không kết nối được hay không có trả lời · no connection or no answer ({trouble})"


def chosen(*, quiet: bool) -> Progress:
    """The one that fits who watches."""
    if quiet:
        return Progress()
    return Bar(sys.stderr) if sys.stderr.isatty() else Lines(sys.stderr)
