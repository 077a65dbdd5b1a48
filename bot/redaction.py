"""Take secrets out of texts that people and files get to see: the second line of defence behind never writing them."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from urllib.parse import unquote

_HIDDEN = "…"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|API_?KEY", re.IGNORECASE)
_SHORTEST = 6  # a shorter value is a placeholder, and common in any text
_LOGIN = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{1,15}://)(?P<login>[^\s/?#@\"'<>]{1,500})@", re.IGNORECASE)
# What tokens look like, for one that was pasted where none belongs.
_TOKENS = re.compile(
    r"\b(?:xox[a-z]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|sk-[A-Za-z0-9_-]{12,}"
    r"|[MNO][A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45})"
    r"|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}|(?<=Basic )[A-Za-z0-9+/=]{8,}"
)


def secrets_in(environment: Mapping[str, str]) -> frozenset[str]:
    """The values in an environment that nobody may see: tokens, keys, and passwords inside addresses."""
    found = {value for name, value in environment.items() if _SECRET_NAME.search(name)}
    for value in environment.values():
        for match in _LOGIN.finditer(value):
            password = match["login"].partition(":")[2] or match["login"]
            found |= {match["login"], password, unquote(password)}
    return frozenset(one for value in found if len(one := value.strip()) >= _SHORTEST)


def redacted(text: str, secrets: Collection[str] = ()) -> str:
    """The text without these secrets, without logins in addresses, and without anything that looks like a token."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return _TOKENS.sub(_HIDDEN, without_login(text))


def without_login(text: str) -> str:
    """The text with user names and passwords taken out of its addresses: "https://…@host/v1"."""
    return _LOGIN.sub(lambda match: f"{match['scheme']}{_HIDDEN}@", text)


def visible(text: str) -> str:
    """The text with control characters written out, so that what a server said cannot steer a terminal."""
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


class RedactingFormatter(logging.Formatter):
    """A formatter whose lines, tracebacks included, hold none of these secrets and steer no terminal."""

    def __init__(self, form: str, secrets: Collection[str]) -> None:
        super().__init__(form)
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The redacted line."""
        return visible(redacted(super().format(record), self._secrets))
