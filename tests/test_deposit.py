"""A deposit: what it holds, what it says, that it is whole, and what is refused."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from archive.__main__ import main
from archive.deposit import Wanted, datacite, making, papers, parts, write_deposit, zenodo
from archive.deposit.choosing import choose
from archive.deposit.facts import facts_of
from archive.deposit.limits import Repository, repositories
from archive.errors import ReleaseDamaged, ReleaseRefused, WriteFailed
from archive.manifest import FILES, reading
from archive.release.dois import dois_of, give_doi
from archive.release.shelf import manifest_of, tag, tags_of
from archive.release.sums import sha256_of
from archive.root import DataRoot
from tests.demo_run import PROJECT, make
from tests.served import asking
from tests.test_withheld import TAIL, decide

OPERATOR = (
    'name = "示例[大学](http://x.example)"\ncontact = "写信给 who@example.org"\n'
    'url = "https://nianbao.example/a/"\n'
)
DOI = "10.5072/example.7f3"


@pytest.fixture(scope="module")
def root(demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A copy of the demo, tagged, with an operator and a DOI."""
    data = tmp_path_factory.mktemp("deposit") / "demo"
    shutil.copytree(demo[0], data, symlinks=True)
    root = DataRoot(data)
    (data / "operator.toml").write_text(OPERATOR, "utf-8")
    tag(root, "current", "first")
    give_doi(root, "first", f"https://doi.org/{DOI}")
    return root


@pytest.fixture(scope="module")
def made(root: DataRoot) -> Path:
    """The deposit of the demo."""
    out = root.path.parent / "out"
    write_deposit(root, choose(root, "first", fiction=True), out)
    return out


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def listed(path: Path) -> dict[str, str]:
    lines = (line.split("  ", 1) for line in path.read_text("utf-8").splitlines())
    return {name: digest for digest, name in lines}


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code in (0, 1, 2), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.output


# -- what is in it -----------------------------------------------------------------------


def test_files_are_flat_and_each_is_in_the_lists(made: Path, root: DataRoot) -> None:
    files = made / "files"
    names = {path.name for path in files.iterdir()}
    assert all(path.is_file() for path in files.iterdir())
    assert list(listed(files / "SHA256SUMS")) == sorted(names - {"SHA256SUMS"})
    assert listed(files / "SHA256SUMS") == {
        name: sha256_of(files / name) for name in names - {"SHA256SUMS"}
    }
    described = {each["path"]: each for each in read(files / "datapackage.json")["resources"]}
    assert set(described) >= {*FILES, "tables-csv.zip", "tables-parquet.zip", "README.md"}
    for name, each in described.items():
        assert each["bytes"] == (files / name).stat().st_size
        assert each["hash"] == f"sha256:{sha256_of(files / name)}"
    crate = read(files / "ro-crate-metadata.json")["@graph"]
    (whole,) = (each for each in crate if each["@id"] == "./")
    assert {each["@id"] for each in whole["hasPart"]} == names - {"ro-crate-metadata.json"}
    said = (made / "SIZES.md").read_text("utf-8")
    for path in files.iterdir():
        assert f"| {path.name} | {path.stat().st_size} |" in said
    total = sum(path.stat().st_size for path in files.iterdir())
    assert f"| {len(names)} files | {total} |" in said
    for each in repositories():
        assert re.search(rf"^\| {re.escape(each.name)} \|.*fits.*{each.looked} \|$", said, re.M)


def test_unpacked_it_is_the_release_byte_for_byte(
    made: Path, root: DataRoot, tmp_path: Path
) -> None:
    release, digests = root.current.resolve(), listed(made / "files" / "SHA256SUMS-unpacked")
    for name in ("tables-csv.zip", "tables-parquet.zip"):
        with ZipFile(made / "files" / name) as archive:
            archive.extractall(tmp_path)
    for path in (made / "files").iterdir():
        if path.name in digests:
            shutil.copy(path, tmp_path)
    assert digests == {name: sha256_of(tmp_path / name) for name in digests}
    own = listed(release / "SHA256SUMS")
    assert digests.items() <= own.items()
    assert set(own) - set(digests) == {"CITATION.cff", "datapackage.json"}
    for folder in ("csv", "parquet"):
        package = read(tmp_path / folder / "datapackage.json")
        there = {p.name for p in (tmp_path / folder).iterdir()} - {"datapackage.json"}
        assert {each["path"] for each in package["resources"]} == there
    links = re.findall(r'href="((?:csv|parquet)/[^"]+)"', (tmp_path / "index.html").read_text())
    assert len(links) > 20
    assert all((tmp_path / link).is_file() for link in links)


def test_the_same_release_gives_the_same_bytes(made: Path, root: DataRoot, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()  # an empty folder may be there
    write_deposit(root, choose(root, None, fiction=True), again)
    both = [
        {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
        for folder in (made, again)
    ]
    assert both[0] == both[1]


def test_a_large_text_is_compressed_and_may_be_left_out(root: DataRoot, tmp_path: Path) -> None:
    release = root.current.resolve()
    found = {each.name: each for each in parts.write_data(release, tmp_path, large=1000)}
    packed = found["text.db.gz"]
    text = (release / "text.db").read_bytes()
    compressed = (tmp_path / packed.name).read_bytes()
    assert compressed[3:8] == bytes(5)  # neither a name nor a time
    assert gzip.decompress(compressed) == text
    assert (packed.unpacked, "text.db" in found) == (len(text), False)
    out = tmp_path / "out"
    write_deposit(root, release, out, Wanted(text=False))
    assert not list(out.rglob("text.db*"))
    assert "text.db" not in listed(out / "files" / "SHA256SUMS-unpacked")
    assert "本次存储不含 text.db" in (out / "files" / "README.md").read_text("utf-8")


def test_originals_only_where_they_are_asked_for(
    made: Path, root: DataRoot, tmp_path: Path
) -> None:
    assert not list(made.rglob("*.wacz"))
    assert "原始网页不在其内" in (made / "files" / "README.md").read_text("utf-8")
    out = tmp_path / "out"
    said = run(
        "deposit", "--data", str(root.path), "--out", str(out), "--fiction", "--with-evidence"
    )
    assert "the originals hold personal data" in said
    found = {path.name for path in (out / "files").glob("*.wacz")}
    assert found == {f"originals-{year}.wacz" for year in range(2019, 2024)}
    assert found <= set(listed(out / "files" / "SHA256SUMS"))
    assert "未作遮盖" in (out / "files" / "README.md").read_text("utf-8")


# -- what it says ------------------------------------------------------------------------


def test_each_title_says_that_it_is_invented(made: Path) -> None:
    datacite, zenodo, dataverse = (
        read(made / "metadata" / f"{name}.json") for name in ("datacite", "zenodo", "dataverse")
    )
    fields = dataverse["datasetVersion"]["metadataBlocks"]["citation"]["fields"]
    (titled,) = (each for each in fields if each["typeName"] == "title")
    package, crate = (
        read(made / "files" / name) for name in ("datapackage.json", "ro-crate-metadata.json")
    )
    titles = [
        datacite["titles"][0]["title"], zenodo["metadata"]["title"], titled["value"],
        package["title"], crate["@graph"][1]["name"],
        (made / "files" / "README.md").read_text("utf-8").splitlines()[0].removeprefix("# "),
    ]  # fmt: skip
    assert all(title.startswith("【演示数据：全部虚构】年报档案") for title in titles)
    assert datacite["titles"][1]["title"].startswith("[Demonstration data, all of it invented]")
    assert "China" not in json.dumps([datacite["subjects"], zenodo["metadata"]["keywords"]])
    assert "geoLocations" not in datacite


def test_datacite_has_what_its_schema_asks_for(made: Path, root: DataRoot) -> None:
    found, manifest = read(made / "metadata" / "datacite.json"), manifest_of(root.current)
    assert set(found) >= {
        "creators", "titles", "publisher", "publicationYear", "types", "schemaVersion",
    }  # fmt: skip
    assert found["schemaVersion"] == "http://datacite.org/schema/kernel-4"
    assert found["publisher"] == {"name": ":tba"}
    assert found["publicationYear"] == manifest["built_at"][:4]
    assert found["types"]["resourceTypeGeneral"] == "Dataset"
    assert (found["doi"], found["version"]) == (DOI, manifest["release"])
    address = f"https://nianbao.example/a/banci/{manifest['release']}"
    assert found["relatedIdentifiers"] == [
        {
            "relatedIdentifier": address,
            "relatedIdentifierType": "URL",
            "relationType": "IsIdenticalTo",
        }
    ]
    assert {each["dateType"]: each["date"] for each in found["dates"]}["Other"] == "2019/2023"
    assert {each["lang"] for each in found["descriptions"]} == {"zh", "en"}
    assert found["rightsList"][0]["rightsIdentifier"] == "CC-BY-4.0"
    size = sum(path.stat().st_size for path in (made / "files").iterdir())
    assert f"{size} bytes" in found["sizes"]


def test_zenodo_and_dataverse_have_what_they_ask_for(made: Path) -> None:
    zenodo = read(made / "metadata" / "zenodo.json")["metadata"]
    assert zenodo["upload_type"] == "dataset"
    assert (zenodo["access_right"], zenodo["license"]) == ("open", "cc-by-4.0")
    assert (zenodo["language"], zenodo["doi"]) == ("zho", DOI)
    assert zenodo["description"].startswith("<p>【演示数据：全部虚构】")
    dataverse = read(made / "metadata" / "dataverse.json")["datasetVersion"]
    fields = {each["typeName"]: each for each in dataverse["metadataBlocks"]["citation"]["fields"]}
    assert set(fields) >= {"title", "author", "datasetContact", "dsDescription", "subject"}
    (contact,) = fields["datasetContact"]["value"]
    assert contact["datasetContactEmail"]["value"] == "who@example.org"
    for each in fields.values():
        assert each["multiple"] is isinstance(each["value"], list)


def test_people_are_told_what_it_is(made: Path, root: DataRoot) -> None:
    said = (made / "files" / "README.md").read_text("utf-8")
    manifest = manifest_of(root.current)
    for words in (
        "未经抽样核验", "Not yet audited by sample", "110 份年报，22 个机关，2019—2023 年度",
        f"内容校验值 `{manifest['content_hash']}`", f"DOI:{DOI}", "CC BY 4.0",
        "已读取 109，附件未读 1", f"有数的格 {manifest['counts']['figures']} 个", "隐去：无",
        "不等于未公布", "who@example.org", "sha256sum -c SHA256SUMS-unpacked",
    ):  # fmt: skip
        assert words in said, words
    assert r"主办：示例\[大学\](http://x.example)" in said  # no link of another's making
    assert "{{" not in said.replace("{{年报档案}}", "").replace("{{政府", "")
    cited = (made / "files" / "CITATION.cff").read_text("utf-8")
    assert f'doi: "{DOI}"\n' in cited
    assert f'url: "https://nianbao.example/a/banci/{manifest["release"]}"\n' in cited
    assert cited.startswith((root.current / "CITATION.cff").read_text("utf-8"))


def test_audits_corrections_and_what_is_withheld_are_told(root: DataRoot, tmp_path: Path) -> None:
    copy = tmp_path / root.current.resolve().name
    shutil.copytree(root.current.resolve(), copy)
    (copy / "manifest.json").write_text(
        json.dumps({**manifest_of(copy), "fiction": False, "before": "b4"}), "utf-8"
    )
    with contextlib.closing(sqlite3.connect(copy / FILES[0])) as db, db:
        db.execute(
            'INSERT INTO audits (audit, measure, title, errors, "of", estimate, low, high, '
            "cautious_high, reports, release, content_hash, reader, seed, size, is_current, date) "
            "VALUES ('a1', 'wrong_per_nonzero', '甲', 3, 700, 0.0041, 0.0012, 0.0113, 0.0113, "
            "311, 'r0', 'h', 'x', 7, 300, 0, '2026-03-04')"
        )
        db.execute(
            "INSERT INTO corrections (correction_id, kind, state, sha256, reason, evidence, "
            "contributor, checked_by, date) VALUES ('c', 'figure', 'applied', '', '', '', "
            "'<b>李*甲*', 'anonymous', '2026')"
        )
        db.execute(
            "INSERT INTO withheld (tombstone_id, what, reason, date, is_report) "
            "VALUES ('t', 'span', 'privacy', '2026', 0)"
        )
    facts = facts_of(root, copy)
    said = papers.readme(facts, [], has_originals=False)
    for words in (
        "经抽样核验：2026-03-04，自发布 r0 随机抽取 311 份文件", "0.12%–1.2%，谨慎上限 2.2%",
        "Audited by sample on 2026-03-04: 311 documents", "人工更正与录入：已采用 1。",
        "隐去：正文中的一段 1。", r"复核：\<b\>李\*甲\*。",
    ):  # fmt: skip
        assert words in said, words
    assert "虚构" not in said
    found = datacite.datacite(facts, [])
    assert found["geoLocations"] == [{"geoLocationPlace": "China"}]
    assert {"name": "<b>李*甲*", "contributorType": "DataCurator"} in found["contributors"]
    assert zenodo.zenodo(facts)["metadata"]["locations"] == [{"place": "China"}]


def test_too_large_is_said_and_not_refused(made: Path, root: DataRoot) -> None:
    files = (parts.Part("a.zip", "", "", 900, "0", 900), parts.Part("b.db", "", "", 300, "0", 300))
    about = {"looked": "2026-11-22", "source": "", "note": "", "note_en": "", "verified": True}
    taken = Repository("x", **about, total=1200, file=900, files=2)
    assert list(taken.exceeded(files)) == []
    small = Repository("x", **about, total=1199, file=899, files=1)
    assert list(small.exceeded(files)) == [
        "together: 1.2 KB of 1.2 KB", "a.zip: 900 B of 899 B", "2 files of 1",
    ]  # fmt: skip
    assert Repository("x", **{**about, "verified": False}, file=5).told("file") == "5 B (?)"


# -- what is refused ---------------------------------------------------------------------


def test_invented_data_go_out_only_if_asked_for(root: DataRoot, tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = run("deposit", "--data", str(root.path), "--out", str(out))
    assert "give --fiction to practise" in said
    assert not out.exists()


def test_a_damaged_release_is_refused(root: DataRoot, tmp_path: Path) -> None:
    copy = DataRoot(tmp_path / "copy")
    shutil.copytree(root.path, copy.path, symlinks=True)
    release = copy.current.resolve()
    with (release / "text.db").open("r+b") as handle:
        handle.seek(5000)
        handle.write(b"x7")
    with pytest.raises(ReleaseDamaged, match=r"text\.db differs"):
        choose(copy, "first", fiction=True)
    with pytest.raises(ReleaseDamaged, match="changed while it was copied"):  # after the check
        write_deposit(copy, release, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]


def test_what_is_withheld_since_does_not_go_out(root: DataRoot) -> None:
    with reading(root.current / FILES[0]) as db:
        version, digest = db.execute("SELECT version_id, sha256 FROM sources LIMIT 1").fetchone()
    decide(root, f'[[capture]]\nsha256 = "{digest}"\n' + TAIL.format("privacy", 1))
    try:
        with pytest.raises(ReleaseRefused, match=f"was withheld since .*{version}.*for ever"):
            choose(root, "first", fiction=True)
    finally:
        shutil.rmtree(root.path / "curation")


def test_a_folder_that_is_not_free_stays_as_it_is(root: DataRoot, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    release = root.current.resolve()
    with pytest.raises(WriteFailed, match="not empty"):
        write_deposit(root, release, tmp_path)
    with pytest.raises(WriteFailed, match="the archive's own"):
        write_deposit(root, release, root.releases / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_full_disk_leaves_nothing(
    root: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "_write", full)
    (tmp_path / "out.partial").mkdir()  # of a run that was killed
    with pytest.raises(WriteFailed, match=r"No space left on device.*make room"):
        write_deposit(root, root.current.resolve(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


# -- DOIs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "doi", ["", "10.5072", "11.5072/x", "10.5072/a b", "10.5072/<x>", "10.1/x"]
)
def test_what_is_no_doi_is_refused(root: DataRoot, doi: str) -> None:
    with pytest.raises(ReleaseRefused, match="is no DOI"):
        give_doi(root, "first", doi)


def test_a_doi_is_given_once_and_to_a_tagged_release(root: DataRoot) -> None:
    assert give_doi(root, "first", f"doi:{DOI}")[1] == DOI
    with pytest.raises(ReleaseRefused, match=r"has DOI .* already"):
        give_doi(root, "first", "10.5072/another")
    name = root.current.resolve().name
    tags = root.releases / "tags.json"
    before = tags.read_text("utf-8")
    tags.write_text("{}", "utf-8")
    with pytest.raises(ReleaseRefused, match="has no tag"):
        give_doi(root, "current", DOI)
    tags.write_text(before, "utf-8")
    assert dois_of(root) == {name: DOI}


def test_its_page_and_citation_name_the_doi(root: DataRoot) -> None:
    ask, name = asking(root.path), root.current.resolve().name
    page, told = ask(f"/banci/{name}").text, ask(f"/banci/{name}.json").json()
    assert f'<a href="https://doi.org/{DOI}"' in page
    assert told["doi"] == DOI
    assert f". DOI:{DOI}." in told["citation"]["gbt7714"]
    assert f"  doi = {{{DOI}}},\n" in told["citation"]["bibtex"]
    (root.releases / "dois.json").write_text("[]", "utf-8")
    try:
        assert ask(f"/banci/{name}.json").json()["doi"] is None
    finally:
        (root.releases / "dois.json").write_text(json.dumps({name: DOI}), "utf-8")


# -- the document ------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    text = (PROJECT / "docs" / "deposit.md").read_text("utf-8")
    part = text.split("## To do it")[1].split("\n## ")[0]
    yield from re.findall(r"^        (\S.*)$", part, re.M)


def test_the_commands_of_the_document_do_what_it_says(root: DataRoot) -> None:
    data = root.path.parent / "walked"
    data.mkdir()
    shutil.copytree(root.path, data / "demo", symlinks=True)
    (data / "demo" / "releases" / "dois.json").unlink()
    seen = []
    for line in _commands():
        words = shlex.split(line.replace("data/", f"{data}/"))
        if words[0] == "make":
            told = subprocess.run(
                make(*words[1:], "-n"), cwd=PROJECT, capture_output=True, text=True, check=True
            ).stdout
            (words,) = (
                shlex.split(each) for each in told.replace("\\\n", " ").splitlines()
                if "-m archive deposit" in each
            )  # fmt: skip
        if "-m" in words:
            said = run(*words[words.index("archive") + 1 :])
            assert "nianbao:" not in said, said
            seen.append(said)
        else:
            line = line.replace("data/", f"{data}/")
            subprocess.run(["sh", "-c", line], check=True, capture_output=True)
    assert [said.split()[-1] for said in (seen[0], seen[2])] == ["2026-1", "10.5072/example.2026"]
    assert "No DOI yet" in seen[1]
    assert "No DOI yet" not in seen[3]
    assert "tagged 2026-1, first: it is never pruned" in seen[3]
    assert "2026-1" in tags_of(DataRoot(data / "demo"))


def test_make_deposit_asks_for_a_folder() -> None:
    result = subprocess.run(
        make("deposit"), cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert "give OUT=, the folder to make" in result.stderr
