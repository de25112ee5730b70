"""What is logged of each request: never its query string, where secrets would end up (trap 17)."""

import copy
import logging
from typing import Any

from uvicorn.config import LOGGING_CONFIG


class WithoutQuery(logging.Filter):
    """Cuts the query off the path in uvicorn's access records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, the path alone in it."""
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, version, status = record.args
            record.args = (client, method, str(path).partition("?")[0], version, status)
        return True


LOGGING: dict[str, Any] = copy.deepcopy(LOGGING_CONFIG)
LOGGING["filters"] = {"without_query": {"()": "app.web.access_log.WithoutQuery"}}
LOGGING["handlers"]["access"]["filters"] = ["without_query"]
LOGGING["loggers"]["app"] = {"handlers": ["default"], "level": "INFO", "propagate": False}
