"""The same bytes read otherwise by other code of ours: no decision by hand, no agency's edit."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from archive.builder import builder_version
from archive.manifest import current_manifest
from archive.root import DataRoot
from tests.stored import DEMO, build, keep
from tests.test_changes import OtherReader, U, changes, given


def test_another_builder_is_a_reader_and_the_same_is_curation(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    root.claim(DEMO)
    keep(root, given(1, U))
    build(root)
    assert current_manifest(root)["builder"] == builder_version()
    with (
        mock.patch("archive.inputs.builder_version", return_value="another"),
        mock.patch("archive.release.publish.builder_version", return_value="another"),
        mock.patch("archive.release.history.builder_version", return_value="another"),
        OtherReader(current_manifest(root)["reader"]),
    ):
        root.readings.unlink()
        assert build(root).is_new
        assert changes(root) == [("figures", "reader", "v1", "v1")]
        with OtherReader(current_manifest(root)["reader"], value=8):
            root.readings.unlink()
            keep(root, given(2, U))
            assert build(root).is_new
        assert changes(root)[1:] == [("figures", "curation", "v1", "v1")]
