"""Content-Security-Policies of the site, and the headers around archived bytes.

Three kinds of response: our own pages, Datasette's, and bytes that an agency's server once
sent. The last are hostile until proven otherwise, and no proof is tried: whatever they
hold, they run no script, load nothing, send nothing, and have no origin.
"""

from __future__ import annotations

COMMON = "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; form-action 'self'"
STRICT = f"default-src 'none'; style-src 'self'; img-src 'self' data:; {COMMON}"
#: Datasette's own pages: its editor of SQL, from this site alone, and the script that starts it,
#: which stands in the page and bears the nonce of the response. No style stands in a page: the
#: editor sets its own through the object model, which no policy touches.
_DATASETTE = f"{STRICT}; script-src 'self' 'nonce-{{nonce}}'"
#: Our page around an archived one: it frames this site's addresses only, so that a link
#: that somebody follows inside the frame leads nowhere else.
FRAMING = f"{STRICT}; frame-src 'self'"
#: An archived page in that frame. `sandbox` without a word: no scripts, forms, pop-ups,
#: downloads, no refresh, no leaving for the top, an origin of its own (no cookies, no
#: storage). `default-src 'none'`: no frame, font, media, worker, manifest, prefetch, script
#: or connection. Styles only from the page itself, whose `url()` falls under the same rules;
#: pictures only where the page holds their bytes. Only our own pages may frame it.
ARCHIVED = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
#: Bytes to be saved: were a browser to show them after all, it could do nothing with them.
SAVED = "sandbox; default-src 'none'; frame-ancestors 'none'"

#: Headers of every response that holds archived bytes.
AROUND_BYTES = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A browser refuses a sandboxed page that asks for an opener policy; it has no opener.
    "Cross-Origin-Opener-Policy": "unsafe-none",
    # Names in links are not looked up before somebody follows them; no policy covers that.
    "X-DNS-Prefetch-Control": "off",
    "X-Robots-Tag": "noindex, nofollow",
}


def of_datasette(nonce: str) -> str:
    """The policy of a page of Datasette's; its inline scripts bear the nonce."""
    return _DATASETTE.format(nonce=nonce)
