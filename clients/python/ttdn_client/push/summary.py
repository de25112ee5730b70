"""What came of a run: a few lines for people, or one JSON document for programs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ttdn_client.push import findings
from ttdn_client.push.exits import Exit
from ttdn_client.push.findings import Note
from ttdn_client.push.parcels import Answered
from ttdn_client.push.settling import in_words

State = Literal["delivered", "pending", "delivered_before", "rehearsed", "empty", "dropped", "being_written"]
STATES: dict[State, str] = {
    "delivered": "đã gửi xong · delivered",
    "pending": "chưa gửi xong, lần chạy sau gửi tiếp · not delivered yet, the next run goes on",
    "delivered_before": "đã gửi từ trước, không gửi lại · delivered before, not sent again (--again)",
    "rehearsed": "làm thử, không lưu gì · rehearsed, nothing was stored",
    "empty": "không có bản ghi nào · no records",
    "dropped": "đã bỏ khỏi hàng đợi, không gửi nữa · dropped from the spool, sent no more",
    "being_written": "tệp đang được ghi: chưa nhận gì, hãy chạy lại lệnh này sau một phút · it is being "
    "written: nothing of it was taken in, run this command again in a minute",
}
RESULTS = {
    "created": "tạo mới · created",
    "updated": "cập nhật · updated",
    "unchanged": "không đổi · unchanged",
    "stale": "cũ hơn bản đã có · stale",
    "refused": "bị từ chối · refused",
}
PASSED_OVER = {
    "sheets_not_read": "không đọc các trang tính · sheets not read",
    "columns_not_read": "không đọc các cột · columns not read",
    "rows_not_read": "không đọc các dòng · rows not read",
}
"""Members of an answer that name what was in the file and was left there."""
RESTORED = (
    "dịch vụ không còn biết các biên nhận này, có lẽ đã phục hồi từ bản cũ hơn: gửi lại tệp bằng --again",
    "the service does not know these receipts; was it restored from a backup? Send their files with --again",
)
MEANT_OTHERWISE = (
    "ghi nhầm --url hay --plan: bỏ chúng bằng · if these were misspelt: ttdn-push --drop --url … --plan …"
)
SHOWN = 20
"""Refusals that are written out at a terminal; the file has all of them."""


NOTED = 10
"""Things to be looked at that are written out at a terminal."""


@dataclass(frozen=True)
class Report:
    """What came of one input."""

    name: str
    state: State
    sha256: str | None
    """None where nothing was taken in."""
    answers: tuple[Answered | None, ...] = ()
    filed: Path | None = None
    dropped: Path | None = None

    @property
    def given(self) -> list[Answered]:
        """The answers there are."""
        return [one for one in self.answers if one]

    @property
    def receipts(self) -> list[str]:
        """The receipts that were promised."""
        return [receipt for one in self.given for receipt in one.receipts]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "state": self.state,
            "sha256": self.sha256,
            "counts": findings.counted(self.given),
            "pending_parcels": self.answers.count(None),
            "refused": [
                {"line": one.number, "status": one.status, "code": one.code, "reasons": list(one.reasons)}
                for one in findings.refused(self.given)
            ],
            "notes": [
                {"text": one.text, "records": one.records, "line": one.first}
                for one in findings.noted(self.given)
            ],
            "refused_untold": findings.untold(self.given),
            "reasons_file": str(self.filed) if self.filed else None,
            "dropped_file": str(self.dropped) if self.dropped else None,
            "receipts": self.receipts,
        }

    def as_text(self) -> str:
        """For people."""
        lines = [f"{self.name}: {STATES[self.state]}"]
        lines += [f"  {n:6d} {RESULTS[what]}" for what, n in findings.counted(self.given).items() if n]
        for member, said in PASSED_OVER.items():
            names = [_named(passed) for one in self.given for passed in one.answer.get(member, ())]
            if names:
                lines.append(f"  {said}: {', '.join(names)}")
        notes = findings.noted(self.given)
        lines += ["  lưu ý · to be looked at:"] if notes else []
        lines += ["    " + _noted(one) for one in notes[:NOTED]]
        if len(notes) > NOTED:
            lines.append(f"    … {len(notes) - NOTED}")
        refused = findings.refused(self.given)
        lines += ["  " + in_words(one).replace("\n", "\n  ") for one in refused[:SHOWN]]
        if (more := len(refused[SHOWN:]) + findings.untold(self.given)) > 0:
            lines.append(f"  … {more}")
        if self.filed:
            lines.append(f"  xem · see {self.filed}")
        if self.dropped:
            lines.append(f"  cất tại · kept in {self.dropped}")
        return "\n".join([*lines, *(f"  biên nhận · receipt {one}" for one in self.receipts)])


def _named(passed: str | Mapping[str, Any]) -> str:
    """What was left in the file: by its name, or a row by its number and why."""
    if isinstance(passed, str):
        return passed
    return f"{passed['row']} ({passed['message_vi']} · {passed['message_en']})"


def _noted(note: Note) -> str:
    """Something to be looked at, of how many records, and where the first of them is."""
    many = f"{note.records}{'+' if note.more else ''}"
    return f"{many} bản ghi từ dòng {note.first} · {many} records from line {note.first}: {note.text}"


@dataclass
class Summary:
    """What came of a run."""

    reports: list[Report] = field(default_factory=list)
    nothing: str = "không có gì để gửi · nothing to send"
    """What is said where there are none."""
    trouble: str | None = None
    """What ended the run early."""
    pending_elsewhere: Mapping[str, int] = field(default_factory=dict)
    """How many parcels wait for which other address."""
    receipts_to_come: int = 0
    receipts_unknown: list[str] = field(default_factory=list)
    """The service gave these and does not know them any more."""

    def exit(self, ended: Exit | None) -> Exit:
        """What to exit with: what ended the run, else what came of it."""
        if ended is not None:
            return ended
        if self.receipts_unknown or any(
            report.state == "being_written" or None in report.answers for report in self.reports
        ):
            return Exit.NOT_YET
        refused = any(findings.counted(report.given)["refused"] for report in self.reports)
        return Exit.REFUSED if refused else Exit.DONE

    def as_json(self, code: Exit) -> str:
        """For programs."""
        said = {
            "exit": int(code),
            "trouble": self.trouble,
            "inputs": [report.as_json() for report in self.reports],
            "pending_elsewhere": sum(self.pending_elsewhere.values()),
            "pending_addresses": self.pending_elsewhere,
            "receipts_to_come": self.receipts_to_come,
            "receipts_unknown": self.receipts_unknown,
        }
        return json.dumps(said, ensure_ascii=False, indent=2)

    def as_text(self) -> str:
        """For people."""
        lines = [report.as_text() for report in self.reports] or [self.nothing]
        lines += [
            f"{n} lô chờ gửi đến địa chỉ khác · parcels wait for another address: {address}"
            for address, n in self.pending_elsewhere.items()
        ]
        if self.pending_elsewhere:
            lines.append(f"  {MEANT_OTHERWISE}")
        if self.receipts_to_come:
            lines.append(f"{self.receipts_to_come} biên nhận sẽ lấy lần sau · receipts are fetched next time")
        if self.receipts_unknown:
            lines += [*RESTORED, *(f"  {one}" for one in self.receipts_unknown)]
        return "\n".join([*lines, *([self.trouble] if self.trouble else [])])
