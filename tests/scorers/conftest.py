"""Fixtures for scorers by LLM, and the small world of the handlers."""

from tests.handlers.conftest import world
from tests.scorers.llm.conftest import clock, make_endpoint, make_scorer, server, store

__all__ = ["clock", "make_endpoint", "make_scorer", "server", "store", "world"]
