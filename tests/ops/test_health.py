"""The health endpoints over real HTTP, and what they answer when something is wrong."""

from __future__ import annotations

import asyncio
import socket

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.models import Figures
from bot.ops.health import LONGEST_LAG_S, Answers, Check, LoopMeter, health_server
from bot.ops.metrics import Snapshot, metrics_page
from tests.builders import NOON, THURSDAY
from tests.fakes import FakeClock


async def ask(port, path):
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


@pytest.fixture
def checks():
    return {"database": Check(ok=True, detail="writable"), "platform slack": Check(ok=True)}


@pytest.fixture
def answers(checks):
    async def look():
        return checks

    async def page():
        return metrics_page(Snapshot(Figures()))

    return Answers(LoopMeter(FakeClock().monotonic), look, page)


async def test_a_bot_that_lives_says_so(answers):
    async with health_server("127.0.0.1", 0, answers) as port:
        status, text = await ask(port, "/healthz")
        assert (status, '"alive": true' in text) == (200, True)


async def test_a_loop_that_is_seconds_late_is_not_well(answers):
    async with health_server("127.0.0.1", 0, answers) as port:
        answers.meter.newest_s = LONGEST_LAG_S + 1
        assert (await ask(port, "/healthz"))[0] == 503


async def test_a_bot_is_ready_once_every_check_is_passed_and_says_which_is_not(answers, checks):
    async with health_server("127.0.0.1", 0, answers) as port:
        assert (await ask(port, "/readyz"))[0] == 200
        checks["platform slack"] = Check(ok=False, detail="no socket")
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            assert answer.status == 503
            assert answer.content_type == "application/json"
            assert await answer.json() == {
                "ready": False,
                "checks": {
                    "database": {"ok": True, "detail": "writable"},
                    "platform slack": {"ok": False, "detail": "no socket"},
                },
            }


async def test_other_addresses_and_methods_are_refused(answers):
    async with health_server("127.0.0.1", 0, answers) as port:
        assert (await ask(port, "/"))[0] == 404
        async with aiohttp.ClientSession() as session, session.post(f"http://127.0.0.1:{port}/healthz") as answer:
            assert answer.status == 405


async def test_a_port_in_use_is_logged_and_the_bot_goes_on(answers, caplog):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        async with health_server("127.0.0.1", number, answers) as port:
            assert port is None
    assert f"127.0.0.1 port {number} cannot be had" in caplog.text
    assert "[health]" in caplog.text


async def test_a_host_that_is_none_of_this_machine_is_logged_too(answers, caplog):
    async with health_server("203.0.113.7", 0, answers) as port:
        assert port is None
    assert "203.0.113.7" in caplog.text


async def test_nobody_answers_after_the_end(answers):
    async with health_server("127.0.0.1", 0, answers) as port:
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await ask(port, "/healthz")


async def test_the_meter_sees_a_loop_that_was_held_up():
    clock = FakeClock()
    meter = LoopMeter(clock.monotonic, pause_s=0.0)
    measuring = asyncio.create_task(meter.run())
    await asyncio.sleep(0)
    clock.advance(2.0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    measuring.cancel()
    assert meter.longest_s == pytest.approx(2.0)


def test_the_metrics_are_what_prometheus_reads():
    figures = Figures(
        posts={("terminal", "sent"): 12},
        digests={"terminal": 3},
        votes={"terminal": 7},
        papers=400,
        scores=90,
        llm_calls={("gpt", "ok"): 5},
        llm_tokens={("gpt", "prompt"): 1000, ("gpt", "completion"): None},
        llm_usd={"gpt": 0.25},
        newest_listing=THURSDAY,
        last_morning={"terminal": NOON},
    )
    snapshot = Snapshot(figures, {"slack": False}, 0.01, 0.2, 4096, 10**9, NOON, alarms=("disk",), started_at=NOON)
    families = {one.name: one for one in text_string_to_metric_families(metrics_page(snapshot).decode())}
    values = {
        (sample.name, *sample.labels.values()): sample.value for one in families.values() for sample in one.samples
    }
    assert values["paperlark_posts", "terminal", "sent"] == 12
    assert values["paperlark_llm_calls_total", "gpt", "ok"] == 5
    assert values["paperlark_llm_tokens_total", "completion", "gpt"] == 0
    assert values["paperlark_llm_usd_total", "gpt"] == 0.25
    assert values["paperlark_platform_connected", "slack"] == 0
    assert values["paperlark_last_morning_timestamp_seconds", "terminal"] == NOON.timestamp()
    assert values["paperlark_alarm_up", "disk"] == 1
    assert values["paperlark_database_bytes",] == 4096
    assert families["paperlark_llm_calls"].type == "counter"


def test_what_is_unknown_is_left_out():
    page = metrics_page(Snapshot(Figures())).decode()
    assert "paperlark_last_backup" not in page
    assert "paperlark_newest_listing" not in page


async def ask_as(port, path, host):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}", headers={"Host": host}) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8321", "localhost.evil.example", "", "[::1", "a b"])
async def test_a_name_that_is_not_ours_is_answered_nothing(answers, host):
    """A web page may point a name of its own at this machine; the browser then sends that name."""
    async with health_server("127.0.0.1", 0, answers) as port:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert await ask_as(port, path, host) in {400, 421}


async def test_known_names_are_answered_and_addresses_as_far_as_they_need(answers):
    async with health_server("127.0.0.1", 0, answers, ("bot.example",)) as port:
        for host in ("localhost", "127.0.0.1", "BOT.example:80", "bot.example"):
            assert await ask_as(port, "/metrics", host) == 200
        assert await ask_as(port, "/healthz", "10.0.0.7:8321") == 200
        assert await ask_as(port, "/metrics", "10.0.0.7:8321") == 421


async def test_nothing_there_changes_anything(answers):
    async with health_server("127.0.0.1", 0, answers) as port, aiohttp.ClientSession() as session:
        for method in ("post", "put", "delete", "patch"):
            async with session.request(method, f"http://127.0.0.1:{port}/healthz") as answer:
                assert answer.status == 405
