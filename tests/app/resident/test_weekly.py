"""The weekly lists of the resident: at their time, after a restart, and when something fails."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.library import read_library
from bot.models import PostRole
from bot.settings import ChannelSettings, LibrarySettings
from tests.app.resident.test_resident import living
from tests.builders import CHANNEL
from tests.fakes import Fault
from tests.handlers.conftest import World, at

MON = date(2025, 5, 5)
FRI = MON + timedelta(days=4)


@pytest.fixture
async def world(tmp_path):
    """A channel whose readers liked one of Monday's papers; its list is due on Fridays at four."""
    world = World(tmp_path)
    world.want(library=LibrarySettings(folder=tmp_path / "lists"))
    world.announce(MON, 2)
    await world.morning(MON)
    await vote(world, "2505.05001")
    world.go_to(at(FRI, 17))
    yield world
    world.store.close()


async def vote(world, arxiv_id):
    (post,) = [one for one in world.posts(PostRole.PAPER) if one.key.subject == arxiv_id]
    post.votes.append(("ada", "👍"))
    await world.store.feedback.record([world.vote(arxiv_id, f"vote on {arxiv_id}")], world.clock.now())


def notices(world):
    return [one.post.text for one in world.posts(PostRole.NOTICE)]


def page(tmp_path, key=CHANNEL):
    return tmp_path / "lists" / f"{key}.md"


async def test_a_start_makes_up_for_the_list_that_was_due(world, tmp_path):
    async with living(world):
        assert len(notices(world)) == 1
        (paper,) = read_library(page(tmp_path).read_bytes()).papers
        assert paper.arxiv_id == "2505.05001"


async def test_restarts_post_nothing_twice_and_leave_the_file_alone(world, tmp_path):
    async with living(world):
        pass
    before = page(tmp_path).stat()
    for _ in range(2):
        world.clock.advance(3600)
        async with living(world) as resident:
            await resident.recover()
    assert len(notices(world)) == 1
    after = page(tmp_path).stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


async def test_the_next_week_has_its_own_list_and_message(world, tmp_path):
    async with living(world) as resident:
        await vote(world, "2505.05002")
        assert "2505.05002" not in page(tmp_path).read_text()
        world.clock.advance(7 * 86400)
        await resident.recover()
        assert "2505.05002" in page(tmp_path).read_text()
        assert len(notices(world)) == 2


async def test_a_restart_amid_the_post_neither_loses_nor_repeats_it(world):
    world.platform.faults[f"{CHANNEL}/0/notice/most-liked-{FRI}"] = [Fault.DELAYED] * 5
    async with living(world):
        assert notices(world) == []
    async with living(world) as resident:
        await resident.recover()
    assert len(notices(world)) == 1


async def test_a_week_without_likes_rewrites_the_list_and_posts_nothing(world, tmp_path):
    async with living(world) as resident:
        page(tmp_path).unlink()
        world.clock.advance(7 * 86400)
        await resident.recover()
        assert page(tmp_path).exists()
        assert len(notices(world)) == 1


async def test_a_folder_that_cannot_be_written_does_not_keep_the_message_back(world, tmp_path, caplog):
    (tmp_path / "lists").write_text("a file", encoding="utf-8")
    async with living(world) as resident:
        assert len(notices(world)) == 1
        assert "the library's folder cannot be made" in caplog.text
        (tmp_path / "lists").unlink()
        await resident.recover()
        assert page(tmp_path).exists()
    assert len(notices(world)) == 1


@pytest.mark.parametrize(("post", "folder", "messages"), [(False, True, 0), (True, False, 1), (None, False, 0)])
async def test_the_settings_say_what_is_done(world, tmp_path, post, folder, messages):
    world.want(library=LibrarySettings(folder=tmp_path / "lists" if folder else None, post=post))
    async with living(world) as resident:
        assert len(notices(world)) == messages
        assert page(tmp_path).exists() == folder
        assert (f"list {CHANNEL}" in resident.schedule.next_times()) == bool(folder or messages)


async def test_each_channel_has_its_own_file_and_time(world, tmp_path):
    world.want(
        {
            CHANNEL: world.env.settings.channels[CHANNEL],
            "tokyo": ChannelSettings(categories=("cs.CL",), id="tokyo", timezone="Asia/Tokyo"),
        },
        library=LibrarySettings(folder=tmp_path / "lists"),
    )
    async with living(world) as resident:
        times = resident.schedule.next_times()
        for key, hour in ((CHANNEL, 16), ("tokyo", 7)):
            assert abs(times[f"list {key}"] - at(FRI + timedelta(days=7), hour)) < timedelta(seconds=1)
        assert "Nothing is liked yet" in page(tmp_path, "tokyo").read_text()
