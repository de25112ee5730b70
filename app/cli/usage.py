"""A command that was typed wrong is told so in both languages; click has only English words for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

_BETWEEN = " · "
"""Between the two languages: what has it says both already."""
_SAID: dict[type[click.UsageError], str] = {
    click.NoSuchOption: "không có tùy chọn này",
    click.MissingParameter: "thiếu tham số",
    click.BadOptionUsage: "tùy chọn dùng chưa đúng",
    click.BadParameter: "giá trị không dùng được",
    click.UsageError: "lệnh chưa đúng",
}
"""What each is in Vietnamese; the first that fits is taken."""


class InBothLanguages(click.Group):
    """A group of commands, and of groups, whose usage errors are told so."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        """Read what was typed before the command."""
        with _in_both():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the rest, and carry it out."""
        with _in_both():
            return super().invoke(ctx)


@contextmanager
def _in_both() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        said = error.format_message()
        if _BETWEEN in said:
            raise
        vietnamese = next(words for kind, words in _SAID.items() if isinstance(error, kind))
        raise click.UsageError(f"{vietnamese}{_BETWEEN}{said}", error.ctx) from error
