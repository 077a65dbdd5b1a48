"""Backups are known by their names, and rotated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.settings import BackupSettings
from bot.store.backups.listing import Backup, backup_name, backups_in, newest_backup, outdated
from tests.builders import NOON

BERLIN = ZoneInfo("Europe/Berlin")


def a_backup(made_at, folder):
    return Backup(folder / backup_name(made_at, "m007"), made_at, "007")


def left_after(nights, folder, *, daily, weekly, zone=UTC):
    """A copy each night, and rotated each time; the days of those that stay."""
    kept = []
    for number in range(nights):
        now = NOON + timedelta(days=number)
        kept.append(a_backup(now, folder))
        gone = outdated(kept, now, zone, daily=daily, weekly=weekly)
        kept = [one for one in kept if one not in gone]
    return [(now - one.made_at).days for one in kept]


def test_after_two_months_seven_days_and_four_weeks_are_left(tmp_path):
    ages = left_after(60, tmp_path, daily=7, weekly=4)
    assert ages[-7:] == [6, 5, 4, 3, 2, 1, 0]
    assert len(ages) in {9, 10}
    assert max(ages) < 28


def test_without_weeks_only_the_days_are_left(tmp_path):
    assert left_after(30, tmp_path, daily=3, weekly=0) == [2, 1, 0]


def test_of_one_day_the_newest_stays(tmp_path):
    morning, noon = a_backup(NOON.replace(hour=3), tmp_path), a_backup(NOON, tmp_path)
    assert outdated([morning, noon], NOON, UTC, daily=7, weekly=4) == (morning,)


def test_the_newest_stays_however_old_it_is_and_so_does_one_from_the_future(tmp_path):
    old, future = a_backup(NOON, tmp_path), a_backup(NOON + timedelta(days=900), tmp_path)
    later = NOON + timedelta(days=400)
    assert outdated([old], later, UTC, daily=1, weekly=0) == ()
    assert future not in outdated([old, future], later, UTC, daily=1, weekly=0)


@given(
    st.lists(st.integers(0, 80 * 24), max_size=40),
    st.integers(1, 10),
    st.integers(0, 6),
)
def test_no_copy_stays_longer_than_people_are_told(hours, daily, weekly):
    """But for the newest one: a bot that makes none any more keeps what it has."""
    now = datetime(2025, 5, 8, 3, 30, tzinfo=UTC)
    backups = [a_backup(now - timedelta(hours=one), tmp_path_of()) for one in sorted(set(hours))]
    gone = outdated(backups, now, BERLIN, daily=daily, weekly=weekly)
    newest = max(backups, key=lambda one: one.made_at, default=None)
    told = BackupSettings(daily=daily, weekly=weekly).kept_days
    for one in backups:
        if one not in gone and one is not newest:
            assert (now - one.made_at).days <= told
    assert newest not in gone


def tmp_path_of():
    from pathlib import Path

    return Path("backups")


def test_backups_are_known_by_their_names_oldest_first(tmp_path):
    for moment in (NOON, NOON - timedelta(days=1)):
        (tmp_path / backup_name(moment, "m007_operation")).write_text("x")
    for other in ("paperlark-notes.db", "paperlark-20250508T120000Z-m007.db.partial", "mine.db"):
        (tmp_path / other).write_text("x")
    assert [one.made_at for one in backups_in(tmp_path)] == [NOON - timedelta(days=1), NOON]
    assert newest_backup(tmp_path).name == "paperlark-20250508T120000Z-m007.db"
    assert newest_backup(tmp_path / "nowhere") is None
    assert newest_backup(None) is None
