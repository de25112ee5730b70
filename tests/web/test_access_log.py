"""What is logged of a request never has its query string, where secrets end up."""

import logging
import logging.config

import pytest
from uvicorn.logging import AccessFormatter

from app.web.access_log import AccessLine, configuration


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


@pytest.mark.parametrize("status", [200, 304, 431, 503, 599])
@pytest.mark.parametrize("colours", [False, True])
def test_the_line_is_uvicorns_to_the_letter(status: int, colours: bool) -> None:
    form = '%(levelprefix)s %(client_addr)s - "%(request_line)s" %(status_code)s'
    args = ("127.0.0.1:50000", "GET", "/v1/plans", "1.1", status)
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "%s %s %s %s %d", args, None)

    ours, theirs = (kind(form, use_colors=colours).format(record) for kind in (AccessLine, AccessFormatter))

    assert ours == theirs
    assert ("\x1b" in ours) == colours
