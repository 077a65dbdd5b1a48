"""The prompts and the example topics file, as package data."""
