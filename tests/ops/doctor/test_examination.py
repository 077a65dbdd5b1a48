"""Every check is made, every problem comes with what to do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.errors import SettingsError, StoreError
from bot.models import DatabaseState, Finding, Severity
from bot.ops import doctor
from bot.settings import AlarmSettings, BackupSettings, ChannelSettings, OwnerSettings, Settings
from tests.fakes import FakeClock, FakePlatform

OK, WARNING, PROBLEM = Severity.OK, Severity.WARNING, Severity.PROBLEM
NOW = datetime(2025, 5, 8, 9, 0, tzinfo=UTC)


def severities(findings) -> list[Severity]:
    return [finding.severity for finding in findings]


async def test_one_checks_fault_hides_no_other():
    async def breaks():
        raise ValueError("a fault")

    async def has_mistakes():
        raise SettingsError(["one", "two"])

    async def has_trouble():
        raise StoreError("the file is damaged")

    fine = FakePlatform(FakeClock())
    checks = {"a": breaks, "b": has_mistakes, "c": has_trouble, "d": fine.check, "e": fine.check}
    findings = await doctor.examine(checks)
    assert [(one.subject, one.message) for one in findings[:4]] == [
        ("a", "could not be examined: a fault"),
        ("b", "one"),
        ("b", "two"),
        ("c", "could not be examined: the file is damaged"),
    ]
    assert all(one.severity is PROBLEM and one.remedy for one in findings)


async def test_a_check_that_hangs_is_a_problem_and_holds_up_nobody():
    findings = await doctor.examine({"a": asyncio.Event().wait}, longest_s=0.01)
    assert [(one.severity, one.subject) for one in findings] == [(PROBLEM, "a")]


def test_a_report_says_what_is_wrong_what_to_do_and_how_much_of_it_there_is():
    text = doctor.report([Finding(OK, "slack", "fine", "x"), Finding(PROBLEM, "slack", "bad", "click there")])
    assert text == "ok       slack: fine\nPROBLEM  slack: bad\n         → click there\n1 problem."
    assert doctor.report([Finding(OK, "a", "b")]).endswith("All is well.")
    assert doctor.report([Finding(WARNING, "a", "b")] * 2).endswith("2 warnings.")


def test_each_mistake_in_the_settings_is_a_finding_that_says_where_to_mend_it():
    findings = doctor.settings_findings(Settings(), ("papers = 99: too many", "x"), Path("paperlark.toml"), 0)
    assert severities(findings) == [PROBLEM, PROBLEM]
    assert "paperlark.toml" in findings[0].remedy


@pytest.mark.parametrize(
    ("channels", "owners", "started", "wanted"),
    [
        ({}, (), 0, "there is no channel"),
        ({}, (), 1, "nobody is told"),
        ({"team": ChannelSettings(platform="slack", id="C1")}, (), 0, "nobody is told"),
        ({"team": ChannelSettings(platform="slack", id="C1", owner="U1")}, (), 0, ""),
        ({"team": ChannelSettings(platform="slack", id="C1")}, (OwnerSettings(platform="slack", id="U1"),), 0, ""),
        ({"terminal": ChannelSettings()}, (), 0, ""),
    ],
)
def test_settings_without_channel_or_owner_are_remarked_on(channels, owners, started, wanted):
    settings = Settings(channels=channels, alarms=AlarmSettings(owners=owners))
    found = [one.message for one in doctor.settings_findings(settings, (), None, started) if one.severity is WARNING]
    assert len(found) == bool(wanted)
    assert wanted in "".join(found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (b"1. Pruning\n2. Distillation\n", [OK]),
        ("1. Pruning\n1. Distillation\n", [OK, WARNING]),
        (b"", [PROBLEM]),
        (OSError(13, "Permission denied"), [PROBLEM]),
        (b"\xff\xfe\x00", [PROBLEM]),
    ],
)
def test_a_topics_text_is_read_and_what_looks_wrong_is_said(text, wanted):
    findings = list(doctor.topics_findings("topics.md", text, "look closer"))
    assert severities(findings) == wanted
    assert all(one.remedy for one in findings if one.severity is not OK)


def test_a_database_is_sound_older_or_out_of_reach():
    path = Path("paperlark.db")
    assert severities(doctor.database_findings(path, None)) == [OK]
    (sound,) = doctor.database_findings(path, DatabaseState(3 * 2**20, "m007_operation"))
    assert "3.0 MB, schema m007_operation" in sound.message
    older = DatabaseState(1, "m006_privacy", ("m007_operation",), is_writable=False)
    assert severities(doctor.database_findings(path, older)) == [OK, WARNING, PROBLEM]


@pytest.mark.parametrize(
    ("enabled", "age_h", "has_database", "wanted"),
    [
        (False, None, True, OK),
        (True, None, False, OK),
        (True, None, True, WARNING),
        (True, 20, True, OK),
        (True, 40, True, WARNING),
    ],
)
def test_the_newest_backup_is_told_with_its_age(enabled, age_h, has_database, wanted):
    newest = None if age_h is None else NOW - timedelta(hours=age_h)
    settings = BackupSettings(enabled=enabled)
    found = doctor.backup_findings(settings, Path("backups"), newest, NOW, has_database=has_database)
    assert severities(found) == [wanted]
    assert age_h is None or f"{age_h} hours old" in found[0].message


def test_a_running_bot_is_no_problem_and_is_named():
    assert doctor.lock_finding("process 7 on here").message == "`paperlark run` is running: process 7 on here"
    assert doctor.lock_finding("").severity is OK


def test_each_disk_is_told_once_also_for_folders_that_are_not_there_yet(tmp_path):
    (finding,) = doctor.disk_findings([tmp_path / "a" / "b", tmp_path], 0)
    assert finding.severity is OK
    (finding,) = doctor.disk_findings([tmp_path], 10**12)
    assert (finding.severity, "free some space" in finding.remedy) == (PROBLEM, True)


@pytest.mark.parametrize(("skew_s", "wanted"), [(0, OK), (59, OK), (-59, OK), (61, WARNING), (-86400, WARNING)])
def test_a_clock_that_is_a_minute_off_is_a_warning(skew_s, wanted):
    (finding,) = doctor.clock_findings(NOW + timedelta(seconds=skew_s), NOW, "")
    assert finding.severity is wanted
    if wanted is WARNING:
        assert ("ahead" if skew_s > 0 else "behind") in finding.message


def test_a_clock_that_nothing_confirms_or_that_is_moved_on_purpose_is_a_warning():
    assert severities(doctor.clock_findings(NOW, None, "")) == [WARNING]
    moved = doctor.clock_findings(NOW, NOW, "+2d")
    assert severities(moved) == [WARNING, OK]
    assert "+2d" in moved[0].message


async def test_the_time_is_that_of_the_first_server_that_answers_whatever_it_answers():
    async def refuse(request):
        return web.Response(status=401, headers={"Date": "Thu, 08 May 2025 09:00:00 GMT"})

    async def mumble(request):
        return web.Response(headers={"Date": "yesterday"})

    app = web.Application()
    app.router.add_get("/refuses", refuse)
    app.router.add_get("/mumbles", mumble)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        here = f"http://127.0.0.1:{runner.addresses[0][1]}"
        assert await doctor.time_at(["http://127.0.0.1:9", f"{here}/mumbles", f"{here}/refuses"]) == NOW
        assert await doctor.time_at(["http://127.0.0.1:9"]) is None
    finally:
        await runner.cleanup()
