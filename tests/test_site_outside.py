"""What may change without a release is not kept for seven days by a proxy."""

from __future__ import annotations

import pytest

from archive.site import addresses

BRIEFLY = [(b"x-accel-expires", b"60")]


@pytest.mark.parametrize(
    "path",
    ["/cundang/a-2022.v1/1", "/cundang/a-2022.v1/1/yuanjian", "/banci", "/banci/x", "/banci.json",
     "/falv", "/baocuo", "/bg/a-2022.v1/baocuo", "/guanyu"],
)  # fmt: skip
def test_what_an_operator_may_close_is_kept_a_minute(path: str) -> None:
    assert addresses.headers(path, b"", 200) == BRIEFLY


def test_as_of_a_release_too_and_nothing_else() -> None:
    assert addresses.headers("/bg/a-2022.v1/yinyong", b"cell=x&banci=y", 200) == BRIEFLY
    for path in ("/", "/bg/a-2022.v1", "/bg/a-2022.v1/yinyong", "/falvx", "/bancix"):
        assert addresses.headers(path, b"cell=x", 200) == []
