"""TLS: verified first; what is wrong is said; only what the registry lists is accepted."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import Response

from crawler.transfer import exchange
from tests.crawls import collect, ledger
from tests.portal.certificates import Authority
from tests.portal.faults import Faults

#: Site → the outcome of its portal, and what is said of its certificate.
SITES = {
    "good": ("complete", ""),
    "expired": ("tls", "the certificate has expired"),
    "too-early": ("tls", "the certificate is not valid yet"),
    "self-signed": ("tls", "the certificate is self-signed"),
    "unknown": ("tls", "the certificate's authority is unknown here"),
    "wrong-host": ("tls", "the certificate is for another host"),
    "old": ("tls", "the server offers only weak protocols or ciphers"),
    "accepted": ("complete", ""),
    "accepted-in-vain": ("tls", "the server offers only weak protocols or ciphers"),
    "mended": ("complete", ""),
    "plain": ("complete", ""),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Faults, Path, str, str]]:
    folder = tmp_path_factory.mktemp("tls")
    known, unknown = Authority(folder), Authority(folder, "nobody")
    host = {name: f"127.0.6.{number}" for number, name in enumerate(SITES, 1)}
    with warnings.catch_warnings():
        # Python warns of the old protocol, which is what is wanted here.
        warnings.simplefilter("ignore", DeprecationWarning)
        contexts = {
            "good": known.context(host["good"]),
            "expired": known.context(host["expired"], days=60),
            "too-early": known.context(host["too-early"], days=-60),
            "self-signed": known.context(host["self-signed"], self_signed=True),
            "unknown": unknown.context(host["unknown"]),
            "wrong-host": known.context("127.0.9.9"),
            "old": known.context(host["old"], newest="TLSv1_1"),
            "accepted": known.context("127.0.9.9", self_signed=True),
            "accepted-in-vain": known.context(host["accepted-in-vain"], newest="TLSv1_1"),
            "mended": known.context(host["mended"]),
        }
    with Faults(tuple(SITES), tls=contexts) as faults, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(known.file))
        accepted = {
            name.replace("-", "_"): f'unverified_tls = ["{host[name]}"]'
            for name in ("accepted", "accepted-in-vain", "mended")
        }
        (folder / "r.toml").write_text(faults.registry(**accepted), "utf-8")
        done = collect(folder / "r.toml", folder / "data")
        yield faults, folder / "data", done.stdout, done.stderr


def test_each_certificate_has_its_outcome(found: tuple[Faults, Path, str, str]) -> None:
    _, data, out, err = found
    rows = ledger(data, "SELECT portal, outcome FROM outcomes")
    assert {row["portal"]: row["outcome"] for row in rows} == {
        name: outcome for name, (outcome, _) in SITES.items()
    }
    lines = out.splitlines()
    for name, (outcome, reason) in SITES.items():
        said = [line for line in lines if line.startswith(f"{name}: ")]
        assert len(said) == (outcome == "tls")
        assert all(line.startswith(f"{name}: tls ({reason}") for line in said), said
    said = [row["detail"] for row in ledger(data, "SELECT detail FROM issues")]
    helped = sum("; unverified_tls in the registry would" in detail for detail in said)
    assert helped == 2 * 5, "for whom it would help, and for nobody else"
    assert "Traceback" not in err
    assert "WARNING" not in err


def test_an_exchange_says_how_it_was_verified() -> None:
    for tls in ("", "verified", "unverified"):
        request = Request("https://a.gov.cn/", meta={"tls": tls} if tls else {})
        assert exchange(request, Response(request.url, 200)).tls == tls


def test_nothing_is_asked_of_whom_nobody_vouches_for(
    found: tuple[Faults, Path, str, str],
) -> None:
    faults = found[0]
    for name, (outcome, _) in SITES.items():
        assert len(faults.paths(name)) == (0 if outcome == "tls" else 4), name


def test_a_failed_handshake_is_not_repeated_for_each_request(
    found: tuple[Faults, Path, str, str],
) -> None:
    issues = ledger(found[1], "SELECT portal, kind, detail FROM issues")
    bad = {name for name, (outcome, _) in SITES.items() if outcome == "tls"}
    assert Counter(row["portal"] for row in issues) == dict.fromkeys(bad, 2)  # robots.txt, column
    assert {row["kind"] for row in issues} == {"tls"}
