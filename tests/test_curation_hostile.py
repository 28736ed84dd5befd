"""Files of decisions as somebody hostile or careless leaves them: one clear error, no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.commands.backup import backup_command
from archive.curation import folder_of, load_all
from archive.errors import CurationRefused
from archive.importing import import_files
from archive.root import DataRoot

HEX = "0x" + "f" * 20_000  # no int of so many digits becomes a text


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("withheld.toml", f"[[capture]]\ndate = {HEX}\n", "“reason” is missing"),
        ("corrections/a.toml", f"[[figure]]\nfigure = {HEX}\n", "does not say plainly"),
        ("corrections/a.toml", '["\\u001b[31mred"]\n', r"\[�\[31mred\] is nothing"),
        ("corrections/\x1bb.toml", "[[x]]\n", "�b.toml: "),
        ("corrections/a.toml", "a" + ".a" * 50_000 + " = 1\n", "a key of too many parts"),
        ("corrections/a.toml", "a = {" + '"b" . ' * 9_000 + "b = 1}\n", "a key of too many parts"),
        ("corrections/a.toml", "#" * (9 << 20), "no file of at most 8 MB"),
        ("corrections/A.TOML", "", "would not be read"),
        ("corrections/later/a.toml", "", "would not be read"),
        ("withheld.TOML", "", "would not be read"),
        ("witheld.toml", "", "would not be read"),
    ],
)
def test_what_is_not_understood_stops_the_build(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    with pytest.raises(CurationRefused, match=said) as refused:
        load_all(tmp_path, fiction=True)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("name", ["withheld.toml", "corrections/a.toml", "corrections"])
def test_a_link_that_leads_nowhere_is_not_taken_for_no_decision(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).symlink_to(tmp_path / "nowhere")
    with pytest.raises(CurationRefused, match="leads"):
        load_all(tmp_path, fiction=True)
    (tmp_path / "curation").symlink_to(tmp_path / "nowhere")
    with pytest.raises(CurationRefused, match="leads nowhere"):
        folder_of(tmp_path)


def test_a_device_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "withheld.toml").symlink_to("/dev/zero")
    with pytest.raises(CurationRefused, match="no file of at most"):
        load_all(tmp_path, fiction=True)


def test_a_root_s_own_decisions_are_in_its_backup(tmp_path: Path) -> None:
    root = DataRoot(tmp_path / "data")
    (tmp_path / "a.txt").write_text("示例", "utf-8")
    import_files(root, [tmp_path / "a.txt"], None)
    (root.path / "curation").mkdir()
    (root.path / "curation/withheld.toml").write_text("# one\n", "utf-8")
    (tmp_path / "to").mkdir()
    args = ["--data", str(root.path), "--to", str(tmp_path / "to")]
    done = CliRunner().invoke(backup_command, args, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found = sorted((tmp_path / "to").rglob("curation/*"))
    assert [path.read_text("utf-8") for path in found] == ["# one\n"]
