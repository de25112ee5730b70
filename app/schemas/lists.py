"""What every list can be asked, and what every list answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.rules.vocabulary import Word
from app.schemas.base import Clean, Out

LONGEST_PAGE = 200


Format = Literal["json", "csv", "xlsx"]


class Asking(BaseModel):
    """What is asked of a list. Unknown parameters are refused; none is ever repeated."""

    model_config = ConfigDict(extra="forbid")

    format: Format = Field(
        default="json",
        description="`csv`, `xlsx`: tải về cả danh sách thành một tệp, không chia trang · the whole list as "
        "one file, not in pages",
    )


class Listing(Asking):
    """One page of a list."""

    limit: int = Field(default=50, ge=1, le=LONGEST_PAGE, description="Số mục mỗi trang · items per page")
    cursor: str | None = Field(
        default=None,
        max_length=2000,
        description="Con trỏ trang sau, lấy từ `next_cursor` · opaque, from the page before",
    )
    count: bool = Field(default=False, description="Đếm tổng số mục · answer `total` as well")


Search = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=200,
        description="Tìm không phân biệt dấu, hoa thường · words, without tone marks or case",
        examples=["doi ngoai"],
    ),
    Clean,
]


def one_of(words: type[Word], *null: tuple[str, str]) -> Any:
    """Describe a filter that takes one or more codes of a vocabulary, separated by commas; `null`: the code
    by which what is null is asked for, and its Vietnamese label."""
    labels = {word.value: word.label_vi for word in words} | dict(null)
    codes = "|".join(labels)
    listed = ", ".join(f"`{code}` {label}" for code, label in labels.items())
    english = ", ".join(f"`{code}`" for code in labels)
    english += "".join(f"; `{code}`: null" for code, _ in null)
    description = f"Một hoặc nhiều: {listed} · one or more of: {english}"
    return Field(pattern=f"^({codes})(,({codes}))*$", description=description)


def codes_of(what: str, example: str) -> Any:
    """Describe a filter that takes one or more public codes, separated by commas, bounded as a text: a
    pattern that counts codes and their letters would take 11 MiB, and as much again in use."""
    vietnamese, english = what.split(" · ")
    return Field(
        pattern=r"^[^,\s]+(,[^,\s]+)*$",
        max_length=1000,
        description=f"Một hoặc nhiều mã: {vietnamese} · one or more codes: {english}",
        examples=[example],
    )


def sort_by(*names: str) -> Any:
    """Describe a list's orders: names from an allow-list, `-` for descending, separated by commas."""
    name = "|".join(names)
    return Field(
        pattern=f"^-?({name})(,-?({name})){{0,{len(names) - 1}}}$",
        description=f"Thứ tự, dấu trừ là giảm dần: {', '.join(names)} · order, minus is descending: "
        + ", ".join(names),
    )


def include_of(*names: str) -> Any:
    """Describe what can be asked for beside an item."""
    name = "|".join(names)
    return Field(
        pattern=f"^({name})(,({name})){{0,{len(names) - 1}}}$",
        description=f"Kèm theo: {', '.join(names)} · also include: {', '.join(names)}",
    )


def several(value: str | None) -> tuple[str, ...]:
    """Take a comma-separated parameter apart; none given is none wanted."""
    return tuple(dict.fromkeys(value.split(","))) if value else ()


class Page(Out):
    """The envelope of every list; a page adds its `items`."""

    next_cursor: str | None = Field(
        description="con trỏ trang sau, null ở trang cuối · null on the last page"
    )
    total: int | None = Field(description="chỉ khi `count=true` · only with `count=true`")
