"""What is logged of each request: never its query string, where secrets would end up.

`text` is uvicorn's own form, for whoever sits before it. `json` is for machines: `json_log`.
"""

import copy
import logging
from typing import Any

from uvicorn.config import LOGGING_CONFIG
from uvicorn.logging import AccessFormatter

from app.web.json_log import without_key


class WithoutQuery(logging.Filter):
    """Cuts the query off the path in uvicorn's access records, and a key that was put into the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, the path alone in it."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, version, status = record.args
            bare = without_key(str(path).partition("?")[0])
            record.args = (client, method, bare, version, status)
        return True


class AccessLine(AccessFormatter):
    """uvicorn's line, for which it copies each record twice."""

    def format(self, record: logging.LogRecord) -> str:
        """The same to the letter, in a sixth of the time where nobody sees colours."""
        if self.use_colors or not isinstance(record.args, tuple):
            return super().format(record)
        client, method, path, version, status = record.args
        level = record.levelname + ":"
        return (
            f'{level:9} {client} - "{method} {path} HTTP/{version}" {self.get_status_code(int(str(status)))}'
        )


def configuration(form: str) -> dict[str, Any]:
    """How to log, as `logging.config` takes it. In JSON uvicorn's access records give way to `json_log`'s,
    which know the request's id and how long it took."""
    if form == "json":
        told = {"handlers": ["lines"], "level": "INFO", "propagate": False}
        return {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": "app.web.json_log.JsonLines"}},
            "handlers": {
                "lines": {
                    "class": "logging.StreamHandler",
                    "formatter": "json",
                    "stream": "ext://sys.stdout",
                }
            },
            "loggers": {
                "uvicorn": told,
                "uvicorn.access": {"handlers": [], "propagate": False},
                "app": told,
                "py.warnings": told,
            },
        }
    text = copy.deepcopy(LOGGING_CONFIG)
    text["filters"] = {"without_query": {"()": "app.web.access_log.WithoutQuery"}}
    text["formatters"]["access"]["()"] = AccessLine
    text["handlers"]["access"]["filters"] = ["without_query"]
    text["loggers"]["app"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
    return text
