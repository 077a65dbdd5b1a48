"""Whether a database file is sound, page by page."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bot.store.copying import companions


def fault_in(connection: sqlite3.Connection, path: Path) -> str:
    """The first thing found wrong with the file behind a connection, "" if nothing is; reads all of it."""
    said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if said != "ok":
        return " ".join(said.split())
    # SQLite takes what is missing of the last page for zeros. While there is a log, that page may stand in it.
    log = companions(path)[0]
    page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    if path.stat().st_size % page_size and not (log.exists() and log.stat().st_size):
        return "the file ends within a page"
    return ""
