"""Who is told what, and how often: bad mornings, chats that are away, a full disk, a database in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import PlatformError, ScorerError, SourceUnavailable, StoreFull
from bot.models import Pause, PlatformStatus
from bot.rendering import budget_reached, llm_failed
from bot.schedule import last_due
from bot.settings import AlarmSettings, ChannelSettings, OwnerSettings
from handlers.alarms import Alarms, Health
from handlers.morning.delivery import DeliveryPaused
from tests.builders import CHANNEL
from tests.fakes import FakePlatform, Fault
from tests.handlers.conftest import at

MON, TUE, WED, THU, FRI = (date(2025, 5, 5) + timedelta(days=n) for n in range(5))
SOUND = Health(free_mb=9000.0)
GRACE_H = 1.0


@pytest.fixture
def owned(world):
    """The world's one channel has an owner; the bot was started on Monday before its morning."""
    world.channel(owner="U0OWNER")
    return world


def a_watch(world, started=None):
    return Alarms(started or at(MON, 8), last_due)


def told(world):
    return [text for _, text in world.platform.notified]


async def day(world, watch, when, hour=9.0 + GRACE_H + 0.1):
    """A morning at nine, and a look after its time of grace."""
    try:
        await world.morning(when)
    except DeliveryPaused:
        world.clock.advance(1)
    if world.clock.now() < at(when, hour):
        world.go_to(at(when, hour))
    await watch.look(world.env, SOUND)


async def test_two_bad_mornings_in_a_row_are_told_once_and_a_good_one_is_the_end_of_it(owned):
    watch = a_watch(owned)
    owned.announce(MON, 1)
    await day(owned, watch, MON)
    owned.source.down = SourceUnavailable("503")
    await day(owned, watch, TUE)
    assert told(owned) == []
    await day(owned, watch, WED)
    (alarm,) = told(owned)
    assert f"The last 2 mornings of {CHANNEL} went wrong" in alarm
    assert "could not be reached" in alarm
    assert owned.platform.notified[0][0] == "U0OWNER"
    await watch.look(owned.env, SOUND)
    await day(owned, watch, THU)
    assert len(told(owned)) == 1
    owned.source.down = None
    for when in (TUE, WED, THU, FRI):
        owned.announce(when, 1)
    await day(owned, watch, FRI)
    await watch.look(owned.env, SOUND)
    assert len(told(owned)) == 2
    assert told(owned)[1].startswith("🐦 All is well again, after trouble since 10:05 on Wed 7 May 2025")


async def test_a_bad_morning_between_good_ones_disturbs_nobody(owned):
    watch = a_watch(owned)
    owned.announce(MON, 1)
    await day(owned, watch, MON)
    owned.source.down = SourceUnavailable("503")
    await day(owned, watch, TUE)
    owned.source.down = None
    owned.announce(TUE, 1)
    owned.announce(WED, 1)
    await day(owned, watch, WED)
    owned.source.down = SourceUnavailable("503")
    await day(owned, watch, THU)
    assert told(owned) == []


async def test_a_restart_neither_repeats_nor_forgets(owned):
    owned.announce(MON, 1)
    await day(owned, a_watch(owned), MON)
    owned.source.down = SourceUnavailable("503")
    for when in (TUE, WED):
        await day(owned, a_watch(owned, at(when, 1)), when)
        await a_watch(owned, at(when, 1)).look(owned.env, SOUND)
    assert len(told(owned)) == 1
    owned.source.down = None
    for when in (TUE, WED, THU):
        owned.announce(when, 1)
    await day(owned, a_watch(owned, at(THU, 1)), THU)
    await a_watch(owned, at(THU, 1)).look(owned.env, SOUND)
    assert [text[:20] for text in told(owned)] == ["🐦 Paperlark needs so", "🐦 All is well again,"]


async def test_a_late_but_good_morning_within_the_time_of_grace_is_good(owned):
    watch = a_watch(owned)
    for when in (MON, TUE, WED):
        await owned.morning(when)
        await watch.look(owned.env, SOUND)
        owned.announce(when, 1)
        owned.clock.advance(1800)
        await owned.morning(when)
        owned.go_to(at(when, 10.5))
        await watch.look(owned.env, SOUND)
    assert told(owned) == []
    assert [report.trouble for report in await owned.store.alarms.reports(CHANNEL, 9)] == ["", "", ""]


async def test_a_morning_healed_after_the_time_of_grace_is_good_from_then_on(owned):
    watch = a_watch(owned)
    owned.source.down = SourceUnavailable("503")
    await day(owned, watch, MON)
    assert (await owned.store.alarms.reports(CHANNEL, 1))[0].trouble
    owned.source.down = None
    owned.announce(MON, 1)
    await owned.morning(MON)
    await watch.look(owned.env, SOUND)
    assert [report.trouble for report in await owned.store.alarms.reports(CHANNEL, 9)] == [""]


async def test_listings_that_were_expected_and_not_announced_make_no_bad_mornings(owned):
    """ArXiv answered, and had put them off; a look that fails in between is another thing."""
    watch = a_watch(owned)
    for when in (MON, TUE):
        await day(owned, watch, when)
    assert {report.trouble for report in await owned.store.alarms.reports(CHANNEL, 9)} == {""}
    assert "no announcement yet" in owned.header(2)
    owned.source.down = SourceUnavailable("503")
    await day(owned, watch, WED)
    newest = max(await owned.store.alarms.reports(CHANNEL, 9), key=lambda report: report.due)
    assert "the listing of 2025-05-07 is not posted" in newest.trouble


async def test_holidays_weekends_and_mornings_with_nothing_relevant_are_good(owned):
    watch = a_watch(owned)
    owned.channel(weekdays=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    owned.source.holidays = {TUE: "holiday: a feast", WED: "holiday: another"}
    owned.scorer.default = 1
    for number in range(7):
        when = MON + timedelta(days=number)
        if not owned.source.quiet_reason(when):
            owned.announce(when, 2)
        await day(owned, watch, when)
    assert told(owned) == []
    assert {report.trouble for report in await owned.store.alarms.reports(CHANNEL, 9)} == {""}


@pytest.mark.parametrize(
    ("remark", "is_bad"),
    [(llm_failed(300, "its key was refused"), True), (budget_reached(200), False)],
)
async def test_an_llm_that_fails_makes_a_bad_morning_although_papers_are_posted(owned, remark, is_bad):
    """An outage must not pass for a quiet day; a budget that is reached is what was asked for."""
    watch = a_watch(owned)
    score = owned.scorer.score

    async def locally(job, progress=None):
        return replace(await score(job), remarks=(remark,))

    owned.scorer.score = locally
    for when in (MON, TUE):
        owned.announce(when, 1)
        await day(owned, watch, when)
    assert len(owned.papers()) == 2
    assert bool(told(owned)) is is_bad
    assert not is_bad or "its key was refused" in told(owned)[0]


async def test_papers_that_cannot_be_scored_and_messages_that_are_refused_make_bad_mornings(owned):
    watch = a_watch(owned)
    owned.scorer.down = ScorerError("no vectors")
    owned.announce(MON, 1)
    await day(owned, watch, MON)
    owned.scorer.down = None
    owned.announce(TUE, 1)
    owned.platform.faults[""] = [Fault.REFUSED] * 9
    await day(owned, watch, TUE)
    reports = await owned.store.alarms.reports(CHANNEL, 2)
    assert "could not be posted (" in reports[0].trouble
    assert "could not be scored" in reports[1].trouble
    assert len(told(owned)) == 1


async def test_what_an_old_digest_still_owes_is_told_once_and_does_not_spoil_later_mornings(owned):
    watch = a_watch(owned)
    owned.announce(MON, 2)
    owned.platform.faults[f"{CHANNEL}/1/paper/2505.05001"] = [Fault.DELAYED] * 15
    await day(owned, watch, MON)
    assert told(owned) == []
    for when in (TUE, WED):
        owned.announce(when, 1)
        await day(owned, watch, when)
        await watch.look(owned.env, SOUND)
        owned.clock.advance(GRACE_H * 3600 + 1)
        await watch.look(owned.env, SOUND)
    (alarm,) = told(owned)
    assert f"Digest 1 of {CHANNEL} is not complete. 2 messages could not be posted (" in alarm
    assert "slow down" in alarm
    assert [report.trouble for report in await owned.store.alarms.reports(CHANNEL, 2)] == ["", ""]
    owned.announce(THU, 1)
    await day(owned, watch, THU)
    assert len(owned.papers(1)) == 2
    assert len(told(owned)) == 2  # and that it is over


async def test_a_morning_that_never_came_is_a_bad_one(owned):
    """Judged from the start on: whoever was away all night first gets the chance to catch up."""
    owned.announce(MON, 1)
    await owned.morning(MON)
    for when in (TUE, WED):
        owned.go_to(at(when, 12))
        watch = a_watch(owned, at(when, 11.5))
        await watch.look(owned.env, SOUND)
        reports = await owned.store.alarms.reports(CHANNEL, 9)
        assert len(reports) == (when - TUE).days
        owned.go_to(at(when, 13))
        await watch.look(owned.env, SOUND)
    assert "Nothing was posted." in told(owned)[0]


async def test_a_new_channel_and_a_paused_one_owe_nothing(owned):
    owned.go_to(at(MON, 15))
    watch = a_watch(owned, at(MON, 12))
    await watch.look(owned.env, SOUND)
    assert await owned.store.alarms.reports(CHANNEL, 9) == ()
    await owned.store.channels.set_pause(CHANNEL, Pause(owned.clock.now(), None, "U1"))
    for when in (TUE, WED, THU):
        await day(owned, watch, when)
    assert await owned.store.alarms.reports(CHANNEL, 9) == ()
    assert told(owned) == []


class Chat(FakePlatform):
    """A chat that may be away, or not take messages to people."""

    def __init__(self, clock, name="slack"):
        super().__init__(clock, name)
        self.away = False
        self.closed = set()

    def status(self):
        return PlatformStatus(connected=not self.away, detail="no socket" if self.away else "")

    async def notify(self, target, text):
        if target in self.closed:
            raise PlatformError("channel_not_found")
        await super().notify(target, text)


@pytest.fixture
def chats(world):
    """A channel on Slack, one on Discord, and owners besides theirs."""
    slack, discord = Chat(world.clock), Chat(world.clock, "discord")
    world.platform = discord
    world.want(
        {
            "papers": ChannelSettings(platform="slack", id="C1", owner="U1"),
            "others": ChannelSettings(platform="discord", id="2", owner="7"),
        },
        alarms=AlarmSettings(owners=(OwnerSettings(platform="discord", id="9"),)),
    )
    world.env = replace(world.env, platforms={"slack": slack, "discord": discord})
    return slack, discord


async def test_a_chat_that_is_away_for_hours_is_told_on_another_one(world, chats):
    slack, discord = chats
    watch = a_watch(world, at(MON, 0))
    slack.away = True
    for minutes in (0, 60, 179):
        world.go_to(at(MON, 9 + minutes / 60))
        await watch.look(world.env, SOUND)
    assert discord.notified == []
    world.go_to(at(MON, 12.2))
    await a_watch(world, at(MON, 0)).look(world.env, SOUND)
    await watch.look(world.env, SOUND)
    ((target, text),) = discord.notified
    assert target == "9"
    assert "slack has been away for more than 3 hours (no socket)" in text
    slack.away = False
    await watch.look(world.env, SOUND)
    assert len(discord.notified) == 2
    assert "All is well again, after trouble since 09:00" in discord.notified[1][1]
    assert slack.notified == []


async def test_a_token_that_a_chat_refuses_is_told_at_once_on_another_one(world, chats):
    slack, discord = chats
    watch = a_watch(world, at(MON, 0))
    slack.away = True
    refused = replace(SOUND, refusals={"slack": "auth.test: Slack says token_revoked; install the app again"})
    for _ in range(2):
        await watch.look(world.env, refused)
        world.clock.advance(6 * 3600)
    ((target, text),) = discord.notified
    assert target == "9"
    assert "slack does not let me in: auth.test: Slack says token_revoked; install the app again." in text
    slack.away = False
    await watch.look(world.env, SOUND)
    assert [text[:20] for _, text in discord.notified[1:]] == ["🐦 All is well again,"]


async def test_a_chat_that_is_away_for_a_while_is_nobodys_concern(world, chats):
    slack, discord = chats
    watch = a_watch(world, at(MON, 0))
    for _ in range(10):
        slack.away = not slack.away
        await watch.look(world.env, SOUND)
        world.clock.advance(3000)
    assert slack.notified == discord.notified == []


async def test_the_first_owner_who_can_be_reached_is_told_and_only_that_one(world, chats):
    slack, discord = chats
    discord.closed = {"9"}
    await a_watch(world).look(world.env, Health(free_mb=3.0))
    assert [target for target, _ in slack.notified] == ["U1"]
    assert discord.notified == []


async def test_where_nobody_can_be_reached_the_log_says_it_once_and_it_is_tried_again(world, chats, caplog):
    slack, discord = chats
    slack.closed, discord.closed = {"U1"}, {"7", "9"}
    watch = a_watch(world)
    for _ in range(3):
        await watch.look(world.env, Health(free_mb=3.0))
    assert caplog.text.count("nobody can be told") == 1
    slack.closed = set()
    await watch.look(world.env, Health(free_mb=3.0))
    assert len(slack.notified) == 1


async def test_little_space_is_told_once_and_does_not_come_and_go(owned):
    watch = a_watch(owned)
    for free in (501.0, 499.0, 501.0, 499.0, 549.0):
        await watch.look(owned.env, Health(free_mb=free))
    assert len(told(owned)) == 1
    assert "less than 500 MB" in told(owned)[0]
    await watch.look(owned.env, Health(free_mb=700.0))
    assert len(told(owned)) == 2


async def test_a_backup_that_fails_is_told_and_its_text_holds_no_secret(owned):
    watch = a_watch(owned)
    await watch.look(owned.env, Health(backup_failure="no space; https://bot:hunter22@host refused"))
    (text,) = told(owned)
    assert "The nightly backup fails: no space" in text
    assert "hunter22" not in text


async def test_a_database_that_takes_no_writes_is_told_once_all_the_same(owned, caplog):
    """Who was told cannot be written down then; it is remembered as long as the process lives."""
    watch = a_watch(owned)
    database = owned.store._database
    database._writer.execute("PRAGMA query_only = 1")
    for _ in range(3):
        await watch.look(owned.env, SOUND)
    (text,) = told(owned)
    assert "The database is in trouble" in text
    assert "permissions" in text
    database._writer.execute("PRAGMA query_only = 0")
    await watch.look(owned.env, SOUND)
    assert len(told(owned)) == 2
    assert "All is well again" in told(owned)[1]
    await watch.look(owned.env, SOUND)
    assert len(told(owned)) == 2


async def test_a_store_that_reads_nothing_takes_no_alarm_down(owned):
    watch = a_watch(owned)
    owned.source.down = SourceUnavailable("503")
    for when in (MON, TUE):
        await day(owned, watch, when)
    assert len(told(owned)) == 1

    async def broken(*_values):
        raise StoreFull("no reading either")

    reports, owned.store.alarms.reports = owned.store.alarms.reports, broken
    await watch.look(owned.env, SOUND)
    owned.store.alarms.reports = reports
    await watch.look(owned.env, SOUND)
    assert len(told(owned)) == 1
