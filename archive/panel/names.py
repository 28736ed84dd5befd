"""Names of the panel's figures: one for all formats, short enough for Stata with `_status`.

A name in Stata has at most 32 characters. The release's own names are longer where a line or
an applicant is; these words are said in fewer letters, everywhere alike.
"""

from __future__ import annotations

#: Characters of a name: `_status` behind it makes 32.
LONGEST = 25
STATUS = "_status"
UNIT = "_unit"

_LINES = {
    "other_service": "service",
    "received_new": "new",
    "denied_state_secret": "denied_secret",
    "denied_law_prohibits": "denied_law",
    "denied_safety_stability": "denied_safety",
    "denied_third_party": "denied_third",
    "denied_internal_affairs": "denied_affairs",
    "denied_deliberative": "denied_process",
    "denied_enforcement_file": "denied_file",
    "denied_admin_query": "denied_query",
    "unavailable_not_held": "unav_not_held",
    "unavailable_needs_creation": "unav_create",
    "unavailable_still_unclear": "unav_unclear",
    "not_processed_petition": "np_petition",
    "not_processed_repeat": "np_repeat",
    "not_processed_publication": "np_publication",
    "not_processed_abusive": "np_abusive",
    "not_processed_reconfirm": "np_reconfirm",
    "other_handling": "other_handling",
    "other_no_correction": "other_no_corr",
    "other_fee_unpaid": "other_unpaid",
    "processed_total": "processed",
    "suit_after_review": "suit_after",
}
_MEASURES = {"enterprise": "firm", "research": "inst", "other_org": "other"}


def short(table: str, line: str, measure: str) -> str:
    """The panel's name of a figure.

    >>> short("t3", "denied_law_prohibits", "enterprise"), short("t2", "license", "decisions")
    ('t3_denied_law_firm', 't2_license_decisions')
    """
    return f"{table}_{_LINES.get(line, line)}_{_MEASURES.get(measure, measure)}"
