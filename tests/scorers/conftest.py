"""Fixtures for scorers by LLM."""

from tests.scorers.llm.conftest import clock, make_endpoint, make_scorer, server, store

__all__ = ["clock", "make_endpoint", "make_scorer", "server", "store"]
