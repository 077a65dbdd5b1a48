"""Tests of the arXiv source."""
