"""Replay recorded days and their readers through the real ranking."""
