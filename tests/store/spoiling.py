"""Spoil a database file in the ways a disk does, and look into it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from bot.store import Store
from tests.builders import NOON, some_papers


def count(path, table="papers"):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def names(folder):
    return sorted(one.name for one in folder.iterdir())


async def a_damaged_one(path):
    """A database whose head is sound and whose tables are not."""
    store = Store(path)
    await store.papers.add(some_papers(300), NOON)
    store.close()
    content = bytearray(path.read_bytes())
    for page in range(40, len(content) // 4096, 7):
        content[4096 * page : 4096 * page + 100] = b"\xa5" * 100
    path.write_bytes(content)


def spoiled(path, kind):
    content = path.read_bytes()
    match kind:
        case "truncated":
            path.write_bytes(content[: len(content) // 2])
        case "cut within a page":
            path.write_bytes(content[:-1000])
        case "garbage":
            path.write_bytes(os.urandom(len(content)))
        case "zeros":
            path.write_bytes(bytes(len(content)))
        case "flipped pages":
            damaged = bytearray(content)
            for page in range(40, len(content) // 4096, 7):
                damaged[4096 * page : 4096 * page + 16] = bytes(byte ^ 0xFF for byte in damaged[4096 * page :][:16])
            path.write_bytes(damaged)


KINDS = ["truncated", "cut within a page", "garbage", "zeros", "flipped pages"]
