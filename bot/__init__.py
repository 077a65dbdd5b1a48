"""Paperlark: reads arXiv every morning, posts the best papers, learns from reactions."""

__version__ = "0.1.0"
