"""The command: take in, send, settle, say what came of it. Whatever ends it, what was taken in stays."""

import argparse
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from types import FrameType

from ttdn_client.client import Client
from ttdn_client.problems import KeyRefused, NotPermitted, NotThere, NotTheService, TtdnError
from ttdn_client.push import asked, dropping, progress, reading, sending, settling, spool
from ttdn_client.push.exits import Exit
from ttdn_client.push.parcels import Input
from ttdn_client.push.spool import Spool, Standing
from ttdn_client.push.summary import Report, State, Summary


class Stopped(BaseException):
    """Somebody asked this run to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out the command; returns what to exit with."""
    for stream in (sys.stdout, sys.stderr):  # Windows' code pages have no Vietnamese
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    ask = asked.arguments().parse_args(arguments)
    try:
        return _run(ask)
    except (asked.Wrong, reading.Unfit) as wrong:
        return _ended(f"{wrong}", Exit.USAGE)
    except spool.Held:
        return _ended(f"{ask.spool}: lần chạy khác đang dùng · another run is using it", Exit.HELD)
    except (OSError, sqlite3.Error) as error:
        unusable = "không đọc, ghi được hàng đợi · the spool cannot be read or written"
        return _ended(f"{ask.spool}: {unusable} ({error})", Exit.DISK)
    except Stopped:
        return _ended("đã dừng · stopped", Exit.NOT_YET)


def _run(ask: argparse.Namespace) -> Exit:
    if ask.drop:
        return _drop(ask)
    shown = progress.chosen(quiet=ask.quiet)
    with asked.client(ask, shown.waiting) as client:
        summary = Summary()
        given = list(_read(ask, summary))
        try:
            if ask.dry_run:
                _rehearse(given, client, shown, summary)
            else:
                _push(ask, given, client, shown, summary)
            ended = None
        except (TtdnError, Stopped) as trouble:
            ended = _said(trouble, summary)
        shown.done()
    return _told(ask, summary, ended)


def _read(ask: argparse.Namespace, summary: Summary) -> Iterator[Input]:
    """The inputs, but for files that somebody is writing: they keep no other from going."""
    for one in asked.files(ask):
        try:
            yield reading.read(one, ask.format, ask.of, batch=ask.batch, mode=ask.mode, source=ask.source)
        except reading.Unsettled as unsettled:
            summary.reports.append(Report(f"{unsettled}", "being_written", None))


def _told(ask: argparse.Namespace, summary: Summary, ended: Exit | None) -> Exit:
    """Say what came of the run; what to exit with."""
    code = summary.exit(ended)
    if ask.json:
        sys.stdout.write(summary.as_json(code) + "\n")
    elif code is not Exit.DONE or not ask.quiet:
        stream = sys.stderr if ended else sys.stdout
        stream.write(summary.as_text() + "\n")
    return code


def _drop(ask: argparse.Namespace) -> Exit:
    """Without the service and without a key: the plan that is meant may be none."""
    address = asked.dropped(ask)
    with spool.opened(ask.spool) as held:
        dropped = dropping.drop(held, address, ask.spool)
        nothing = f"không có gì chờ gửi đến · nothing waits for {address}"
        elsewhere = held.pending_elsewhere(address)
    return _told(ask, Summary(dropped, nothing, pending_elsewhere=elsewhere), None)


def _rehearse(given: list[Input], client: Client, shown: progress.Progress, summary: Summary) -> None:
    for one in given:
        answers = tuple(sending.rehearse(one, client, shown))
        summary.reports.append(Report(one.name, "rehearsed" if answers else "empty", one.sha256, answers))


def _push(
    ask: argparse.Namespace, given: list[Input], client: Client, shown: progress.Progress, summary: Summary
) -> None:
    with spool.opened(ask.spool) as held:
        before: dict[int, bool] = dict.fromkeys(held.unfinished(client.address), False)
        for one in given:
            if not one.parcels:
                summary.reports.append(Report(one.name, "empty", one.sha256))
                continue
            place, standing = held.take(one, client.address, again=ask.again)
            before[place] = standing is Standing.DELIVERED
            if before[place]:
                held.doubt(place)
        try:
            if put_off := sending.deliver(held, client, shown):
                summary.trouble = progress.why(put_off)
        finally:
            settling.finish(held, client.address, ask.spool)
            summary.reports += [_report(held, place, ask, old=old) for place, old in before.items()]
            summary.pending_elsewhere = held.pending_elsewhere(client.address)
            summary.receipts_to_come = len(held.receipts_wanted(client.address))
        summary.receipts_to_come, summary.receipts_unknown = settling.keep_receipts(held, client, ask.spool)


def _report(held: Spool, place: int, ask: argparse.Namespace, *, old: bool) -> Report:
    name, sha256, _ = held.of(place)
    answers = tuple(held.answers(place))
    state: State = "pending" if None in answers else "delivered_before" if old else "delivered"
    return Report(name, state, sha256, answers, settling.reasons_of(held, place, ask.spool))


def _said(trouble: TtdnError | Stopped, summary: Summary) -> Exit:
    """What ended the run, for people; and what to exit with."""
    if isinstance(trouble, Stopped):
        summary.trouble = "đã dừng · stopped"
        return Exit.NOT_YET
    summary.trouble = progress.why(trouble)
    if isinstance(trouble, (NotThere, NotTheService)):
        return Exit.NOT_THE_SERVICE
    return Exit.KEY if isinstance(trouble, (KeyRefused, NotPermitted)) else Exit.NOT_YET


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _ended(text: str, code: Exit) -> Exit:
    sys.stderr.write(f"ttdn-push: {text}\n")
    return code
