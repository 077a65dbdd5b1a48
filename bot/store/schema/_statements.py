"""Run several SQL statements of one text."""

from __future__ import annotations

from sqlite_utils import Database


def execute_all(db: Database, text: str) -> None:
    """Execute the statements of `text`, which are parted by two semicolons: a trigger holds single ones."""
    for statement in text.split(";;"):
        if statement.strip():
            db.execute(statement)
