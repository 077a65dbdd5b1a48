"""Decide where a request with a secret may go. Pure."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_LONGEST = 4_000
_PORTS = {"https": 443, "http": 80}


def may_carry_secret(address: str, service: str, hosts: Collection[str] = ()) -> bool:
    """Tell whether a request with the secret of `service` may go to `address`.

    It may go to the host and port of the service's own address, with no less protection than that has, and by https to
    one of `hosts`. A login in the address, a backslash, a control character or anything else that two readers of an
    address could understand differently is refused.

    >>> may_carry_secret("https://files.slack.com/f", "https://slack.com/api", {"files.slack.com"})
    True
    >>> may_carry_secret("https://files.slack.com.evil.example/f", "https://slack.com/api", {"files.slack.com"})
    False
    """
    target, own = _parts(address), _parts(service)
    if target is None or own is None:
        return False
    if _door(target) == _door(own):
        return target.scheme == own.scheme
    return target.scheme == "https" and _door(target)[1] == _PORTS["https"] and target.hostname in hosts


def is_local(address: str) -> bool:
    """Tell whether an address is on this machine or in a private network, where nobody charges for an answer.

    >>> is_local("http://localhost:11434/v1"), is_local("http://192.168.1.7:8000/v1"), is_local("https://api.openai.com/v1")
    (True, True, False)
    """
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host
    return found.is_private or found.is_loopback or found.is_link_local


def _parts(address: str) -> SplitResult | None:
    if len(address) > _LONGEST or not address.isascii() or not address.isprintable() or set(address) & set(" \\"):
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    is_plain = parts.scheme in _PORTS and bool(parts.hostname) and "@" not in parts.netloc and "%" not in parts.netloc
    return parts if is_plain else None


def _door(parts: SplitResult) -> tuple[str, int]:
    return (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]
