"""Behind a path prefix, whether the gateway strips it before handing a request on or not."""

import pytest

from app.main import create_app
from app.settings import Settings
from tests.calling import calling, client


@pytest.mark.parametrize("path", ["/livez", "/ttdn/livez", "/docs", "/ttdn/docs", "/ttdn/openapi.json"])
def test_both_kinds_of_gateway_are_served(path: str) -> None:
    app = create_app(Settings(DATABASE_URL="sqlite://", root_path="/ttdn"))
    with calling(app) as service:
        caller = client(service)
        assert caller.get(path).status_code == 200
        assert caller.get("/other/livez").status_code == 404
        assert caller.get("/ttdn/openapi.json").json()["servers"] == [{"url": "/ttdn"}]


def test_a_prefix_that_is_no_path_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="root_path"):
        Settings(root_path="ttdn/")
