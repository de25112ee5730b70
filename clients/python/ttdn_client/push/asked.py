"""What is asked of the command: its arguments, the environment, and the key, which is no argument: arguments
are seen by everybody on the machine."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

import httpx

from ttdn_client.client import IMPORTS, Client, address_of
from ttdn_client.patience import Patience, Told
from ttdn_client.push.reading import FORMATS, UTF16

EPILOG = """Mã thoát · exit codes: 0 xong · done; 1 có bản ghi bị từ chối · refused; 2 sai lệnh · usage;
73 lần chạy khác đang dùng hàng đợi · spool in use; 74 lỗi đĩa · disk; 75 chưa gửi xong · not yet;
76 không phải dịch vụ, không có kế hoạch · not the service, no such plan; 77 khóa bị từ chối · key refused.
Khóa · the key: TTDN_KEY, --key-file."""


LOCK = "~$"
"""How Excel names the file by which it tells others that a workbook is open."""


class Wrong(Exception):
    """The command cannot be carried out as it was given."""


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    line = argparse.ArgumentParser(
        prog="ttdn-push",
        description="Gửi hoạt động, dòng kinh phí, bút toán: mất điện, mất mạng cũng không mất, không gửi "
        "hai lần. · Push activity records, budget lines, ledger entries: nothing is lost or sent twice.",
        epilog=EPILOG,
    )
    say = line.add_argument
    say(
        "files", nargs="*", metavar="FILE",
        help="CSV, XLSX, NDJSON, - (stdin); không nêu: gửi tiếp phần còn chờ · none: go on with the pending",
    )  # fmt: skip
    say("--url", default=os.environ.get("TTDN_URL"), help="địa chỉ dịch vụ · the service (TTDN_URL)")
    say("--plan", default=os.environ.get("TTDN_PLAN"), help="kế hoạch · plan, ttdn-2023 (TTDN_PLAN)")
    say("--key-file", type=Path, help="tệp chứa khóa · a file that holds the key, instead of TTDN_KEY")
    say("--spool", type=Path, default=_state(), help="thư mục hàng đợi · the spool's folder (%(default)s)")
    say("--format", choices=FORMATS, help="khi tên tệp không nói rõ · where the name does not tell")
    say(
        "--of", choices=tuple(IMPORTS), default="activities",
        help="bảng gồm hoạt động, dòng kinh phí hay bút toán · what the rows of a sheet are (%(default)s)",
    )  # fmt: skip
    say("--batch", type=_number(1, 1000), default=500, help="bản ghi mỗi lô · records a parcel (%(default)s)")
    say(
        "--mode",
        choices=("partial", "atomic"),
        default="partial",
        help="atomic: cả lô hoặc không · all or none",
    )
    say("--source", type=_source, default="ttdn-push", help="source_system khi bản ghi không có · where none")
    say("--patience", type=_number(0, 86400), default=900, help="giây chờ mỗi lô · seconds (%(default)s)")
    say("--timeout", type=_number(1, 3600), default=120, help="giây chờ trả lời · seconds (%(default)s)")
    say("--dry-run", action="store_true", help="làm thử, không lưu gì · rehearse, keep nothing")
    say("--again", action="store_true", help="gửi lại tệp đã gửi · send what was delivered before")
    say(
        "--drop", action="store_true",
        help="không gửi nữa những gì chờ địa chỉ, kế hoạch này: cất vào thư mục dropped · "
        "send no more of what waits for this address and plan: put it into the folder dropped",
    )  # fmt: skip
    say("--quiet", action="store_true", help="chỉ báo lỗi · say only what is wrong")
    say("--json", action="store_true", help="tóm tắt dạng JSON · the summary as JSON on standard output")
    return line


def files(ask: argparse.Namespace) -> Iterator[str]:
    """The inputs that are meant. A pattern that the shell leaves as it is, as that of Windows does, names all
    files that fit; what Excel lays beside a workbook that is open is none of them."""
    for given in ask.files:
        path = Path(given)
        is_pattern = any(sign in path.name for sign in "*?[") and not path.exists()
        found = sorted(map(str, path.parent.glob(path.name))) if is_pattern else [given]
        if not found:
            raise Wrong(f"{given}: không có tệp nào như vậy · no file fits")
        for one in found:
            if Path(one).name.startswith(LOCK):
                sys.stderr.write(f"{one}: tệp tạm của Excel, bỏ qua · Excel's own, left out\n")
            else:
                yield one


def dropped(ask: argparse.Namespace) -> str:
    """The address that what waits for it is dropped of. It is named alone: a file or a rehearsal beside it
    would be something else."""
    if ask.files or ask.dry_run or ask.again:
        raise Wrong("--drop đi một mình, không kèm tệp · --drop goes alone, without files")
    return address_of(_address(ask.url), _plan(ask.plan))


def client(ask: argparse.Namespace, told: Told) -> Client:
    """The client of the service, the plan and the office that are meant."""
    address, key, plan = _address(ask.url), _key(ask.key_file), _plan(ask.plan)
    patience = Patience(seconds=ask.patience)
    try:
        _proxy(httpx.URL(address))
        return Client(address, key, plan, patience=patience, timeout=ask.timeout, told=told)
    except (ImportError, OSError, ValueError, httpx.InvalidURL):  # nothing of a proxy's password is told
        raise Wrong(
            "không dùng được HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY hay SSL_CERT_FILE của máy này · "
            "this machine's HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY or SSL_CERT_FILE cannot be used"
        ) from None


def _address(url: str | None) -> str:
    """Where the service is. A line end is what a file of settings made on Windows leaves."""
    try:
        given = httpx.URL((url or "").strip())
        _looked_up(given), given.host  # the latter as it is shown
    except (httpx.InvalidURL, ValueError):
        given = httpx.URL()
    more = given.userinfo or given.query or given.fragment
    if given.scheme not in ("http", "https") or not given.host or more:
        raise Wrong("cần --url http(s)://… hoặc TTDN_URL · --url http(s)://… or TTDN_URL is needed")
    return str(given)


def _proxy(address: httpx.URL) -> None:
    """Whether the proxy on the way can be looked up: httpx finds that out when it asks, and then in no error
    of its own."""
    proxies = getproxies()
    found = proxies.get(address.scheme) or proxies.get("all")
    if found and not proxy_bypass(address.host):
        _looked_up(httpx.URL(found if "://" in found else f"http://{found}"))


def _looked_up(where: httpx.URL) -> bytes:
    """The host as it will be looked up; ValueError where no name can be so, or where there is none."""
    if not where.raw_host:
        raise ValueError
    return where.raw_host.decode().encode("idna")


def _plan(given: str | None) -> str:
    """Which plan the records are of."""
    name = (given or "").strip()
    if not name.isprintable() or not name:
        raise Wrong("cần --plan hoặc TTDN_PLAN · --plan or TTDN_PLAN is needed")
    return name


def _key(file: Path | None) -> str:
    """The key; nothing of it is ever told."""
    try:
        given = _text(file.read_bytes()) if file else os.environ.get("TTDN_KEY", "")
    except (OSError, ValueError):
        raise Wrong(f"{file}: không đọc được khóa · the key cannot be read") from None
    if not re.fullmatch(r"[!-~]+", given.strip()):
        raise Wrong("cần khóa: TTDN_KEY hoặc --key-file · a key is needed: TTDN_KEY or --key-file")
    return given.strip()


def _text(content: bytes) -> str:
    """A small file's text, as editors and PowerShell write it."""
    return content.decode("utf-16" if content.startswith(UTF16) else "utf-8-sig")


def _state() -> Path:
    """Where programs of this person keep what they must not lose."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "ttdn-push"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "ttdn-push"


def _number(least: int, most: int) -> Callable[[str], int]:
    def number(given: str) -> int:
        if not least <= int(given) <= most:
            raise argparse.ArgumentTypeError(f"{least} … {most}")
        return int(given)

    return number


def _source(given: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", given):
        raise argparse.ArgumentTypeError("a–z, 0–9, . _ -")
    return given
