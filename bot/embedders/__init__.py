"""Embedders: texts into vectors. The registry is the only place that names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.clock import Clock
from bot.ports import Embedder

if TYPE_CHECKING:
    from bot.store import CostStore

__all__ = ["EMBEDDERS", "EmbedderOptions"]


@dataclass(frozen=True, slots=True)
class EmbedderOptions:
    """What an embedder may need to know; each takes what it uses.

    All of it is for an endpoint; in `costs` it remembers what it learned of it.
    """

    model: str = ""
    base_url: str = ""
    api_key: SecretStr = field(default=SecretStr(""))
    costs: CostStore | None = None
    clock: Clock | None = None


def _wordllama(_options: EmbedderOptions) -> Embedder:
    from bot.embedders.wordllama import WordLlamaEmbedder

    return WordLlamaEmbedder()


def _openai_compatible(options: EmbedderOptions) -> Embedder:
    from bot.embedders.openai_compatible import OpenAICompatibleEmbedder

    return OpenAICompatibleEmbedder(
        model=options.model,
        base_url=options.base_url,
        api_key=options.api_key,
        costs=options.costs,
        clock=options.clock,
    )


EMBEDDERS: Mapping[str, Callable[[EmbedderOptions], Embedder]] = {
    "wordllama": _wordllama,
    "openai-compatible": _openai_compatible,
}
