"""The HTTP under the SDK: answers of bounded size, addresses as people write them, proxies and moves."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx2
import openai

_MOST_MOVES = 3
_MOST_ENCODINGS = 2
_AZURE_HOSTS = (".openai.azure.com", ".openai.azure.us", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_AZURE_VERSION = "2024-10-21"
_PATHS = ("/chat/completions", "/completions", "/embeddings", "/responses", "/models")
NO_KEY = "none"  # the SDK wants a text in that place, also for a server without keys


class AnswerTooLarge(openai.OpenAIError):
    """An answer, unpacked, is larger than it may be."""


class BoundedClient(httpx2.AsyncClient):
    """An HTTP client that reads and unpacks at most `most_bytes` of any answer, refusals and redirects included.

    It follows a move within the host (as from http to https), and repeats the request as it was. A `key_header` takes
    the key in place of the usual one.
    """

    def __init__(self, most_bytes: int, timeout_s: float, key_header: str = "") -> None:
        # One packing that is undone here, by the bound: the client's own decoders know none.
        headers = {"Accept-Encoding": "gzip, deflate"}
        super().__init__(timeout=timeout_s, follow_redirects=False, headers=headers)
        self._most_bytes = most_bytes
        self._key_header = key_header

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        """Send a request and read its answer whole.

        Raises:
            AnswerTooLarge: it is larger than allowed.
        """
        options |= {"stream": True, "follow_redirects": False}
        if self._key_header:
            request.headers[self._key_header] = request.headers.pop("Authorization", "").removeprefix("Bearer ")
        for _ in range(_MOST_MOVES):
            response = await super().send(request, **options)
            try:
                body = await self._body(response)
            finally:
                await response.aclose()
            moved = _moved(request, response)
            if moved is None:
                break
            request = moved
        headers = [(k, v) for k, v in response.headers.multi_items() if k.lower() not in _OF_THE_WIRE]
        return httpx2.Response(response.status_code, headers=headers, content=body, request=request)

    async def _body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            self._check(len(body))
        packed = [one.strip().lower() for one in response.headers.get("content-encoding", "").split(",")]
        unpacked = bytes(body)
        for encoding in list(reversed(packed))[:_MOST_ENCODINGS]:
            if encoding in {"gzip", "x-gzip", "deflate"}:
                unpacked = self._unpacked(unpacked)
        return unpacked

    def _unpacked(self, packed: bytes) -> bytes:
        for window in (47, -15):  # gzip or zlib by its head, else bare deflate
            unpacking = zlib.decompressobj(window)
            try:
                unpacked = unpacking.decompress(packed, self._most_bytes + 1)
            except zlib.error:
                continue
            self._check(len(unpacked))
            return unpacked
        return packed

    def _check(self, size: int) -> None:
        if size > self._most_bytes:
            raise AnswerTooLarge(f"an answer of more than {self._most_bytes // 2**20} MB")


_OF_THE_WIRE = {"content-encoding", "content-length", "transfer-encoding"}


def _moved(request: httpx2.Request, response: httpx2.Response) -> httpx2.Request | None:
    """The same request at the place on the same host that a redirect names; the key goes to no other host."""
    if response.status_code not in {301, 302, 307, 308} or "location" not in response.headers:
        return None
    try:
        target = request.url.join(response.headers["location"])
    except (httpx2.InvalidURL, ValueError):
        return None
    is_safe = target.host == request.url.host and (target.scheme == "https" or request.url.scheme == "http")
    if not is_safe or target == request.url:
        return None
    headers = {key: value for key, value in request.headers.items() if key.lower() != "host"}
    return httpx2.Request(
        request.method, target, headers=headers, content=request.content, extensions=request.extensions
    )


@dataclass(frozen=True, slots=True)
class Address:
    """Where an endpoint is: `base_url` as the SDK wants it, and a query that every request carries.

    Azure's classic addresses want the key in a header of their own.
    """

    base_url: str
    query: dict[str, str] = field(default_factory=dict)
    is_azure: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether there is no path, so that the API may lie below /v1."""
        return not urlsplit(self.base_url).path.strip("/")


def address_of(url: str) -> Address:
    """The address behind what a person wrote, a whole request's address and Azure's deployments included."""
    parts = urlsplit(url.strip())
    path = parts.path.rstrip("/")
    path = next((path.removesuffix(end) for end in _PATHS if path.endswith(end)), path)
    query = dict(parse_qsl(parts.query))
    host = parts.hostname or ""
    is_azure = host.endswith(_AZURE_HOSTS) or "/openai/deployments/" in path
    is_classic = is_azure and ("/deployments/" in path or "api-version" in query)
    if is_classic:
        query.setdefault("api-version", _AZURE_VERSION)
    elif host.endswith(_AZURE_HOSTS) and path in {"", "/openai"}:
        path = "/openai/v1"
    elif host == "api.openai.com" and not path:
        path = "/v1"
    return Address(urlunsplit((parts.scheme, parts.netloc, path, "", "")), query, is_classic)


def sdk_of(address: Address, api_key: str, timeout_s: float, most_bytes: int) -> openai.AsyncOpenAI:
    """The SDK's client for an address; it never repeats a request by itself."""
    return openai.AsyncOpenAI(
        base_url=address.base_url,
        api_key=api_key.strip() or NO_KEY,
        timeout=timeout_s,
        max_retries=0,
        default_query=address.query or None,
        http_client=BoundedClient(most_bytes, timeout_s, key_header="api-key" if address.is_azure else ""),
    )
