"""Files written in one step."""

from __future__ import annotations

import os
import threading

import pytest

from bot.app.files import write_file, write_if_changed
from bot.errors import OutputError


def test_a_file_is_made_and_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "list.md"
    for content in (b"one", b"two"):
        write_file(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_replaced_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "list.md"
    path.write_bytes(b"one")
    path.chmod(0o640)
    write_file(path, b"two")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_keeps_leading_where_it_leads(tmp_path):
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    link.symlink_to(real)
    write_file(link, b"one")
    assert (link.is_symlink(), real.read_bytes()) == (True, b"one")


def test_a_pipe_is_simply_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_file(pipe, b"one")
    reader.join(10)
    assert read == [b"one"]


def test_what_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "list.md"
    path.write_bytes(b"one")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"list\.md: cannot be written \(No space left on device\)"):
        write_file(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_content_is_not_written_again(tmp_path):
    path = tmp_path / "list.md"
    assert write_if_changed(path, b"one")
    before = path.stat()
    assert not write_if_changed(path, b"one")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert write_if_changed(path, b"two")
