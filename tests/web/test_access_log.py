"""What is logged of a request never has its query string, where secrets end up (trap 17)."""

import logging
import logging.config

import pytest

from app.web.access_log import configuration


def test_the_query_is_cut_off_before_anything_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    logging.config.dictConfig(configuration("text"))
    try:
        logging.getLogger("uvicorn.access").info(
            '%s - "%s %s HTTP/%s" %d', "10.0.0.1:5000", "GET", "/v1/plans?key=ttdn_secret&q=a", "1.1", 422
        )
        written = capsys.readouterr()
        assert "/v1/plans" in written.out + written.err
        assert "ttdn_secret" not in written.out + written.err
        assert "?" not in written.out + written.err
    finally:
        for name in ("uvicorn", "uvicorn.access", "uvicorn.error", "app"):
            logging.getLogger(name).handlers.clear()
            logging.getLogger(name).propagate = True
