"""The money of a plan file: one total, which stands in it three times, and the lines the document gives
(model §5)."""

import re
from typing import Self

from pydantic import model_validator

from app.errors import Text
from app.rules import money_words
from seed import fields
from seed.fields import Broken, Dong, Item, ItemCode, Line, Short


class BudgetLine(Item):
    """One line of a breakdown the plan itself gives; never invented (model §5)."""

    code: ItemCode
    agency: fields.Body | None
    title_vi: Short
    title_en: Short
    allocated_vnd: Dong
    line: Line | None


class Budget(Item):
    """The total in đồng as the plan states it, and its lines if it has any; the rest is unallocated."""

    total_vnd: Dong
    printed: Short | None
    words_printed: Short | None
    source_vi: Short
    source_en: Short
    line: Line | None
    lines: tuple[BudgetLine, ...] = ()

    @model_validator(mode="after")
    def _within_total(self) -> Self:
        over = sum(one.allocated_vnd for one in self.lines) - self.total_vnd
        if over > 0:
            raise Broken(
                "over_total", "lines", Text(f"thừa {over:_} đồng".replace("_", "."), f"{over:,} VND over")
            )
        return self

    @model_validator(mode="after")
    def _figures_and_words_agree(self) -> Self:
        """The total stands three times: as a number, in digits (where those are in đồng), in words."""
        printed = re.fullmatch(r"[0-9][0-9., ]*(đồng)?", self.printed or "")
        if printed and int(re.sub(r"[^0-9]", "", printed[0])) != self.total_vnd:
            raise Broken("digits_differ", "printed")
        said = None if self.words_printed is None else _said(self.words_printed)
        if said not in (None, self.total_vnd):
            raise Broken(
                "words_differ",
                "words_printed",
                Text(f"chữ đọc được là {said:_} đồng".replace("_", "."), f"the words say {said:,} VND"),
            )
        return self


def _said(words: str) -> int:
    try:
        return money_words.read(words)
    except money_words.NoAmount:
        raise Broken("no_amount", "words_printed") from None
