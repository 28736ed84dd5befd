"""Without the extra [cluster] everything else works, and `--cluster` says what to install."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from archive.root import DataRoot
from tests.stored import SITE, Got, Run, article, keep

PROJECT = Path(__file__).resolve().parent.parent
#: Hides the extra from a process, and notes which of our own files ask for it.
HIDDEN = """
import sys
asked = []
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("dask", "distributed", "fsspec", "s3fs"):
            frame = sys._getframe(1)
            while "importlib" in frame.f_code.co_filename:
                frame = frame.f_back
            if frame.f_globals.get("__name__", "").split(".")[0] in OURS:
                asked.append(frame.f_globals["__name__"] + " asks for " + name)
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
OURS = ("archive", "crawler", "extract")
sys.meta_path.insert(0, Hidden())
"""
COMMANDS = """
import importlib, json, pkgutil
for name in OURS:
    for module in pkgutil.walk_packages([name], name + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
at_import, asked[:] = list(asked), []
from click.testing import CliRunner
from archive.__main__ import main
def call(*arguments):
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output
def written():
    return sorted(str(path) for path in root.rglob("*"))
from pathlib import Path
root = Path(sys.argv[1])
before = written()
told = {"local": call("build", "--data", str(root), "--cluster", "local")}
told["address"] = call("build", "--data", str(root), "--cluster", "tcp://127.0.0.1:9")
told["written"] = sorted(set(written()) - set(before))
told["asked before"], asked[:] = list(asked), []
told["build"] = call("build", "--data", str(root), "--workers", "1")
told["check"] = call("check", "--data", str(root))
told["fsck"] = call("fsck", "--data", str(root))
told["asked"], told["asked at import"] = asked, at_import
print(json.dumps(told))
"""


def run(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN + code, *arguments],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_the_extra_all_is_imported_a_build_works_and_a_cluster_says_what_to_install(
    tmp_path: Path,
) -> None:
    root = DataRoot(tmp_path / "data")
    keep(root, Run([Got(f"{SITE}/1", article())]))
    told = json.loads(run(COMMANDS, str(root.path)))
    for how in ("local", "address"):
        status, said = told[how]
        assert status == 1
        assert len(said.splitlines()) == 1
        assert "dask.distributed, which is not installed; call `make cluster-deps`" in said
    assert told["written"] == []
    assert told["asked before"]  # or nothing was hidden
    status, said = told["build"]
    assert status == 0, said
    assert "1 reports" in said
    assert told["check"][0] == told["fsck"][0] == 0
    assert told["asked"] == []
    assert told["asked at import"] == []
