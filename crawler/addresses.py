"""Addresses on the public web: what a page may send a crawler to, and what it may not.

A page may link to anything: to the machine that the crawler runs on, to its neighbours
in the same network, to a port where something else than a web server listens.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

_PORTS = frozenset((80, 443, *range(8000, 10000)))
#: RFC 6761, RFC 6762, RFC 8375 and what private networks use.
_PRIVATE = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa")
#: RFC 6052, RFC 3056, RFC 4291 §2.5.5.1: what leads on to an IPv4 address, maybe a private one.
_DISGUISES = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "2002::/16", "::/96"))
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")


@lru_cache(maxsize=1024)  # each request's is asked for eight times, most of them in a row
def host_of(url: str) -> str:
    """Host of an address, lower case, without its port and without the root's dot."""
    return (urlsplit(url).hostname or "").removesuffix(".")


def why_not_public(url: str) -> str:
    """Say why an address is none of the public web.

    Args:
        url: An absolute http(s) address.

    Returns:
        The reason, or "" for an address that anybody may ask.
    """
    try:
        port = urlsplit(url).port
    except ValueError:
        return f"{url} has no valid port"
    if port is not None and port not in _PORTS:
        return f"port {port} is none of 80, 443 and 8000–9999"
    return _why_not_public_host(host_of(url))


def _why_not_public_host(host: str) -> str:
    address = _ip(host)
    if address is not None:
        public = address.is_global and not address.is_multicast and not _is_disguised(address)
        return "" if public else f"{host} is an address of a private network or of a group"
    last = host.rpartition(".")[2]
    # 127.1 and 0x7f.1 are loopback to a resolver, and names to everybody else.
    if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        return f"{host} is neither a name nor an IP address in its usual form"
    if "." not in host:
        return f"{host or 'it'} is a name of a private network"
    if any(host == name or host.endswith(f".{name}") for name in _PRIVATE):
        return f"{host} is a name of a private network"
    return "" if _is_name(host) else f"{host} is no name of a host"


def _is_disguised(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an IPv6 address is an IPv4 one in other clothes: NAT64, 6to4, IPv4-compatible."""
    if address.version == 4:
        return False
    return any(address in network for network in _DISGUISES)


def _is_name(host: str) -> bool:
    try:
        plain = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return all(_LABEL.fullmatch(label) for label in plain.lower().split("."))


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
