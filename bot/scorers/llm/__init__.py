"""Scores by a large language model, behind any server that speaks OpenAI's chat API."""
