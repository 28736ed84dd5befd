"""What each outcome and each kind of issue means, and what to do about it.

The one place for these words: the summary, the page of what is broken, the hooks and
`docs/` say the same (a test compares them).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word of the ledger means.

    Attributes:
        means: What happened.
        do: What the operator does about it; for an issue it begins with `act`, `act if it
            stays` or `ignore`.
    """

    means: str
    do: str


OUTCOMES = {
    "complete": Meaning(
        "every page of the list and every candidate was obtained, dead links aside", "nothing"
    ),
    "fewer": Meaning(
        "complete, with fewer candidates than `expect_reports`",
        "look at the column: agencies take reports down; if it is right so, lower `expect_reports`",
    ),
    "empty": Meaning(
        "the column answered and lists nothing that may be a report",
        "look at the column; if its template is new, `scrapy probe` names the family",
    ),
    "incomplete": Meaning(
        "it was read in part: a list page or candidate failed in a way that may pass, the list "
        "gave fewer rows than it says, or candidates are on hosts that the registry does not name",
        "run again; if it stays, the line says what is lacking: failed addresses (see the kinds "
        "of issues), hosts to check and to add to `hosts`, or pages of the list",
    ),
    "window": Meaning(
        "the hour asked (`UNTIL`) came before the portal's end",
        "nothing, the next run goes on; if it comes again, widen the window or use shards",
    ),
    "stopped": Meaning("the crawl was stopped, or broke off, before the portal's end", "run again"),
    "not_found": Meaning(
        "the column is gone (404, 410)",
        "find its new address (`scrapy probe` with the site's home page), then correct `column`",
    ),
    "off_host": Meaning(
        "the column leads to a host that the registry does not name",
        "make sure that the host is the agency's, then add it to `hosts`",
    ),
    "robots_denied": Meaning(
        "robots.txt forbids it",
        "leave it, or ask the site for permission; then declare it with `outcome`",
    ),
    "robots_unreachable": Meaning(
        "robots.txt had no answer that counts (none, 5xx, 429, a wall, a redirect to a foreign "
        "host), so nothing was asked",
        "run again another day; if it stays, write to the site",
    ),
    "wall": Meaning(
        "a wall, which is named; its host was left alone for the rest of the run",
        "write to the site, or save pages by hand and `archive import` them; never bypass",
    ),
    "js_shell": Meaning(
        "the column is a script that makes the page in a browser",
        "look for its JSON endpoint (`scrapy probe`), or save pages by hand and import them",
    ),
    "tls": Meaning(
        "its certificate cannot be verified, or TLS failed otherwise",
        "open it in a browser; if the host is right and only its certificate is not, name it in "
        "`unverified_tls`",
    ),
    "dns": Meaning(
        "its host has no address",
        "try from another network; if it stays, the site has moved: find its new address",
    ),
    "timeout": Meaning(
        "it did not answer in time", "run again at another hour, or from a network nearer to it"
    ),
    "unreachable": Meaning(
        "nobody answered: the connection was refused or reset",
        "run again; if it stays, try from another network",
    ),
    "too_large": Meaning(
        "the column itself is larger than the crawler takes",
        "look at `column`: it should be a page, not a file",
    ),
    "wrong_type": Meaning(
        "the column itself is no page",
        "look at `column`: it should be a page; a file of one report is imported by hand",
    ),
}
_ADDED = "the registry names the hosts that may be asked"
#: By kind; `http_NNN` stands for every status that has no line of its own.
ISSUES = {
    "robots_denied": Meaning("robots.txt forbids the address", "ignore: it is obeyed"),
    "robots_unreachable": Meaning(
        "robots.txt of the host had no answer that counts", "act if it stays: write to the site"
    ),
    "wall:jsl": Meaning("加速乐 (521, `__jsl_clearance`)", "act: write to the site"),
    "wall:rs": Meaning("瑞数 (412, `$_ts`)", "act: write to the site"),
    "wall:acw": Meaning("阿里云 (`acw_sc__v2`)", "act: write to the site"),
    "wall:waf": Meaning(
        "a bare refusal (403, 405, 418, 493)",
        "act if it stays: write to the site; from outside China it may mean the network",
    ),
    "wall:page": Meaning(
        "a page with status 200 that asks for a captcha, or for patience, in the place of another; "
        "it is kept as evidence, and the address is asked again in the next run",
        "act if it stays: write to the site",
    ),
    "js_shell": Meaning(
        "nothing but a script that sends a browser on", "act: see the outcome `js_shell`"
    ),
    "tls": Meaning("the certificate or the handshake", "act: see the outcome `tls`"),
    "dns": Meaning("the host has no address", "act if it stays: see the outcome `dns`"),
    "timeout": Meaning("no answer in time, retries included", "act if it stays: another hour"),
    "refused": Meaning("no connection came about", "act if it stays: another network"),
    "connection_lost": Meaning("the connection broke off", "act if it stays: another hour"),
    "data_loss": Meaning(
        "the body was shorter than its length said; it is not kept", "act if it stays: look at it"
    ),
    "too_large": Meaning("larger than the crawler takes", "act: fetch it by hand and import it"),
    "wrong_type": Meaning(
        "the bytes are not what the link says, a page of an error under .pdf for example; a file "
        "is asked for again in every run until one comes",
        "act if it stays: look at the article; the archive keeps what was sent",
    ),
    "off_host": Meaning(
        f"on a host that is none of the portal's; {_ADDED}",
        "act if it is a report's: check the host, then add it; else ignore",
    ),
    "file_elsewhere": Meaning(
        "an attachment on a host that is none of the portal's; it was asked for all the same",
        "ignore: what it gave bears the flag `off_host_attachment`",
    ),
    "redirect_loop": Meaning("it redirects in a circle", "ignore, unless it is a list"),
    "too_deep": Meaning(
        "a sub-column below `depth` levels was not followed", "act: look at it, raise `depth`"
    ),
    "too_many_pages": Meaning(
        "the list has more pages than `max_pages`; those after it were not read",
        "act: look at the list, raise `max_pages`",
    ),
    "list_unreadable": Meaning(
        "the page is no list of its family", "act: look at it; `scrapy probe` names the family"
    ),
    "http_404": Meaning("a dead link", "ignore, unless it is a list"),
    "http_410": Meaning("a dead link", "ignore, unless it is a list"),
    "http_NNN": Meaning(
        "answered with that status", "act if it stays: 5xx and 429 pass, others are the site's"
    ),
    "gone": Meaning(
        "obtained once, now 404 or 410", "ignore: the archive keeps it and says since when"
    ),
    "soft_404": Meaning(
        "obtained once, now a page with status 200 that says there is none; asked for in every run",
        "ignore: the archive keeps it and says since when",
    ),
    "unlisted": Meaning(
        "obtained once; the column lists it no more", "ignore: the archive keeps it"
    ),
    "crawler_error": Meaning("a fault of this program", "act: report it with the log's traceback"),
    "record_damaged": Meaning(
        "a body of the archive cannot be read back", "act: check the disk, restore from a backup"
    ),
}
#: Issues that tell of a loss in the past.
GONE = ("gone", "soft_404", "unlisted")
#: Issues that are none of the failures of this run.
NO_FAILURE = (*GONE, "file_elsewhere")
#: Outcomes of portals that were cut off: what was not asked is not known.
CUT = frozenset(("window", "stopped"))
#: What `incomplete` may say in its detail (`outcomes.decide`), and what to do about each.
_LACKING = (
    (" failed: ", "if it stays, docs/logs.md says what to do about each kind"),
    (" on other hosts: ", "check these hosts, then add them to `hosts`"),
    (" row", "if it stays, look at the list: the crawler may not turn all of its pages"),
)
_UNKNOWN = Meaning("a word that this version does not know", "look at docs/crawling.md")


def of_outcome(outcome: str) -> Meaning:
    """What an outcome means; a ledger may be older or newer than this program."""
    return OUTCOMES.get(outcome, _UNKNOWN)


def to_do(outcome: str, detail: str) -> str:
    """What to do about an outcome, by what its detail says is lacking."""
    if outcome != "incomplete":
        return of_outcome(outcome).do
    fit = [advice for sign, advice in _LACKING if sign in detail]
    kind = detail.partition(":")[0]
    if not fit and kind in ISSUES:  # the column itself came to that
        fit = [ISSUES[kind].do.partition(": ")[2]]
    return "run again" + "".join(f"; {advice}" for advice in fit if advice)


def detail_of(outcome: str, detail: str) -> str:
    """An outcome's detail; a wall's name is said in words too, and no kind twice."""
    detail = detail.removeprefix(f"{outcome}: ")
    known = ISSUES.get(detail)
    if outcome != "wall" or known is None:
        return detail
    return f"{detail}: {known.means}"
