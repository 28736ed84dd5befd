"""Which hosts belong together: a search never leaves the host family of the address given."""

from __future__ import annotations

import ipaddress
import re

#: Under these names of gov.cn stand whole provinces, not one government's sites.
_PROVINCES = re.compile(
    r"ah|anhui|beijing|bj|chongqing|cq|fj|fujian|gansu|gd|gs|guangdong|guangxi|guizhou|gx|gxzf|gz"
    r"|hainan|hb|hebei|heilongjiang|henan|hlj|hn|hubei|hunan|jiangsu|jiangxi|jilin|jl|js|jx"
    r"|liaoning|ln|neimenggu|ningxia|nmg|nx|qh|qinghai|sc|sd|sh|shaanxi|shandong|shanghai|shanxi"
    r"|sichuan|sn|sx|tianjin|tj|xinjiang|xizang|xj|xz|yn|yunnan|zhejiang|zj"
)
#: Names under which anybody may have a domain.
_SUFFIXES = ("gov.cn", "com.cn", "net.cn", "org.cn", "edu.cn", "ac.cn")


def family_of(host: str) -> str:
    """The domain that a host's family shares.

    It is the registered domain: `a.gov.cn` for `www.a.gov.cn` and `czj.a.gov.cn`. A
    province's agencies are too many to be one family, so below a province's domain one
    label more counts: `rsj.sh.gov.cn` is a family of its own. An IP address is alone.

    Args:
        host: Host, lower case, without a port.
    """
    labels = host.removesuffix(".").split(".")
    if _is_address(host) or len(labels) < 2:
        return host
    suffix = ".".join(labels[-2:]) if ".".join(labels[-2:]) in _SUFFIXES else labels[-1]
    size = suffix.count(".") + 2
    own = labels[-size:]
    below = [label for label in labels[:-size] if label != "www"]
    if suffix == "gov.cn" and _PROVINCES.fullmatch(own[0]) and below:
        own = labels[-size - 1 :]
    return ".".join(own)


def belongs(host: str, family: str) -> bool:
    """Whether a host is of a family, or below its domain."""
    return bool(host) and (host == family or host.endswith(f".{family}"))


def slug(host: str) -> str:
    """A host as the beginning of a registry key: `qianjiang` for `www.qianjiang.gov.cn`."""
    if _is_address(host):
        return "site-" + "-".join(part for part in host.replace(":", ".").split(".") if part)
    name = host.removeprefix("www.")
    for suffix in (*_SUFFIXES, name.rpartition(".")[2]):
        if name.endswith(f".{suffix}"):
            name = name.removesuffix(f".{suffix}")
            break
    words = [word for word in name.replace("_", "-").replace(".", "-").split("-") if word]
    return "-".join(words) or "site"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
