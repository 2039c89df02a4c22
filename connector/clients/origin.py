"""Where requests may go: the configured origin, and nowhere else."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from connector.errors import ConfigError, UnavailableError

_ODD = re.compile(r"[^a-z0-9.:_-]")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a service. `url` is as configured, context path included."""

    scheme: str
    host: str
    port: int
    url: str

    @classmethod
    def of(cls, url: str) -> Self:
        """ConfigError unless it is an https URL, or an http one of this machine."""
        parts = _parts(url)
        if parts is None:
            raise ConfigError(
                "a service's url must look like https://acme.zendesk.com, without user, query or #"
            )
        scheme, host, port, path = parts
        if scheme == "http" and not is_loopback(host):
            raise ConfigError(
                f"http:// is for this machine only, and {host} is not: write https://{host}"
            )
        shown = f"[{host}]" if ":" in host else host
        netloc = shown if port == _PORTS[scheme] else f"{shown}:{port}"
        return cls(scheme, host, port, urlunsplit((scheme, netloc, path.rstrip("/"), "", "")))

    def owns(self, url: str) -> bool:
        """Whether a URL is of this scheme, host and port."""
        parts = _parts(url, query=True)
        return parts is not None and parts[:3] == (self.scheme, self.host, self.port)

    def check(self, url: str) -> None:
        """UnavailableError when a URL, from wherever, leads to another origin."""
        if not self.owns(url):
            raise UnavailableError(
                f"refused: a request was led to {host_of(url) or 'what is no URL of a host'}, "
                f"but only {self.scheme}://{self.host}:{self.port} is configured"
            )


def host_of(url: str) -> str:
    """Scheme, host and port of a URL for a message; empty when it has none."""
    parts = _parts(url, query=True)
    return f"{parts[0]}://{_ODD.sub('?', parts[1][:100])}:{parts[2]}" if parts else ""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine by definition."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxies_for(origin: Origin) -> dict[str, str]:
    """The environment's proxy for an https origin, without its user and password.

    Never for http: such a proxy would read our Authorization header.
    """
    proxy = getproxies().get("https") if origin.scheme == "https" else None
    if not proxy or proxy_bypass(origin.host):
        return {}
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return {"https": urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))}


def _parts(url: str, *, query: bool = False) -> tuple[str, str, int, str] | None:
    """Scheme, host (lower case), port and path; None for anything else than a plain http(s) URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    clean = parts.username is None and parts.password is None
    if not query:
        clean = clean and not parts.query and not parts.fragment
    if not clean or parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme], parts.path
