"""Under which conditions a run asks: what Scrapy is told, and what each WARC file says of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from scrapy.settings import Settings

from .registry import Registry

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

#: Settings that a WARC file says, by the names of fields that it has for them.
_SAID = {
    "http-header-user-agent": "USER_AGENT",
    "delay-seconds": "DOWNLOAD_DELAY",
    "autothrottle": "AUTOTHROTTLE_ENABLED",
    "autothrottle-target-concurrency": "AUTOTHROTTLE_TARGET_CONCURRENCY",
    "requests-at-once": "CONCURRENT_REQUESTS",
    "requests-at-once-of-a-host": "CONCURRENT_REQUESTS_PER_DOMAIN",
    "timeout-seconds": "DOWNLOAD_TIMEOUT",
    "attachment-timeout-seconds": "ATTACHMENT_TIMEOUT",
    "largest-body-bytes": "DOWNLOAD_MAXSIZE",
    "redirects": "REDIRECT_MAX_TIMES",
    "retries": "RETRY_TIMES",
}


def apply(registry: Registry, settings: BaseSettings) -> None:
    """Set what the registry decides; a setting on the command line still wins."""
    settings.set("USER_AGENT", f"nianbao/0.1 (+{registry.contact})", "spider")
    settings.set("DOWNLOAD_DELAY", registry.delay, "spider")
    settings.set("AUTOTHROTTLE_START_DELAY", registry.delay, "spider")
    settings.set("AUTOTHROTTLE_ENABLED", registry.delay > 0, "spider")


def said(
    registry: Registry, settings: BaseSettings | None, until: datetime | None, shard: str
) -> dict[str, str]:
    """What the record that begins each WARC file says of a run.

    Args:
        registry: The registry of the run.
        settings: Scrapy's, with what the command line says; None for the project's own.
        until: When the run is to end, or None.
        shard: The part of the portals, or "".

    Returns:
        Names of warcinfo fields with their values.
    """
    if settings is None:
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
    asked = settings.copy()
    apply(registry, asked)
    told = {"operator": registry.contact, "robots": "obey", "registry": registry.name}
    told |= {field: str(asked[name]) for field, name in _SAID.items()}
    if until is not None:
        told["until"] = until.isoformat(timespec="minutes")
    if shard:
        told["shard"] = shard
    return told
