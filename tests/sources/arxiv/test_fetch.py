"""One guarded request: turns, time limits, repetition, and stopping."""

from __future__ import annotations

import asyncio
import random

import pytest

from bot.errors import BadSourceAnswer, QueryRejected, SourceError, SourceUnavailable
from bot.sources.arxiv.fetch import Answer, Fetcher, refuse_failure
from tests.fakes import FakeClock
from tests.loopback.arxiv import LoopbackArxiv
from tests.sources.arxiv.conftest import hasty
from tests.sources.fakes import CountingThrottle


def ask(server: LoopbackArxiv) -> str:
    return f"{server.api_url}?search_query=cat%3Acs.CL&start=0&max_results=1"


def read(answer: Answer) -> bytes:
    refuse_failure(answer, "http://arxiv.example/api")
    return answer.body


async def test_an_answer_arrives_whole(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    assert (await fetcher.get(ask(server), read)).endswith(b"</feed>")


async def test_every_request_waits_for_its_turn_repeated_ones_too(
    server: LoopbackArxiv, fetcher: Fetcher, throttle: CountingThrottle
) -> None:
    server.fault("503", times=2)
    await fetcher.get(ask(server), read)
    assert throttle.turns == len(server.journal.requests) == 3


async def test_arxiv_can_tell_who_asks(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    await fetcher.get(ask(server), read)
    assert server.journal.requests[0].user_agent.startswith("paperlark/")


async def test_waits_double_and_vary(server: LoopbackArxiv, fetcher: Fetcher, clock: FakeClock) -> None:
    server.fault("500", times=3)
    await fetcher.get(ask(server), read)
    expected = random.Random(1)
    assert clock.sleeps == [2.0 * 2**doubled * expected.uniform(0.75, 1.25) for doubled in range(3)]


@pytest.mark.parametrize("status", ["429", "503"])
async def test_retry_after_is_honoured(server: LoopbackArxiv, fetcher: Fetcher, clock: FakeClock, status: str) -> None:
    server.fault(status, retry_after="77")
    await fetcher.get(ask(server), read)
    assert clock.sleeps == [77.0]


async def test_retry_after_may_be_a_date(server: LoopbackArxiv, fetcher: Fetcher, clock: FakeClock) -> None:
    """It is 06:00 on the simulated morning."""
    server.fault("429", retry_after="Thu, 08 May 2025 06:02:00 GMT")
    await fetcher.get(ask(server), read)
    assert clock.sleeps == [120.0]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "1e9", "Thu, 99 May 2025"])
async def test_a_retry_after_that_is_nonsense_is_ignored(
    server: LoopbackArxiv, fetcher: Fetcher, clock: FakeClock, nonsense: str
) -> None:
    server.fault("429", retry_after=nonsense)
    await fetcher.get(ask(server), read)
    assert clock.sleeps[0] < 3


async def test_a_very_long_retry_after_goes_to_the_caller_at_once(
    server: LoopbackArxiv, fetcher: Fetcher, clock: FakeClock
) -> None:
    server.fault("429", times=None, retry_after="3600")
    with pytest.raises(SourceUnavailable, match="answered 429") as caught:
        await fetcher.get(ask(server), read)
    assert caught.value.retry_after_s == 3600
    assert clock.sleeps == []


async def test_after_the_last_attempt_the_error_says_what_was_seen(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    server.fault("503", times=None)
    with pytest.raises(SourceUnavailable, match=r"arxiv\.example answered 503"):
        await fetcher.get(ask(server), read)
    assert len(server.journal.requests) == 4


@pytest.mark.parametrize("status", [204, 206, 302, 304, 400, 401, 403, 404, 406, 407, 451, 502])
async def test_what_an_edge_or_a_proxy_says_passes(server: LoopbackArxiv, fetcher: Fetcher, status: int) -> None:
    server.fault(
        "recorded", times=3, status=status, body=b"" if status in {204, 304} else b"<html>", content_type="text/html"
    )
    assert (await fetcher.get(ask(server), read)).endswith(b"</feed>")
    assert len(server.journal.requests) == 4


async def test_a_redirect_that_leads_in_a_circle_passes(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    server.fault("302", times=12, location=ask(server))
    assert (await fetcher.get(ask(server), read)).endswith(b"</feed>")


async def test_only_a_refusal_that_is_about_the_query_is_final(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    server.fault("recorded", status=400, body=b"incorrect id format")

    def explained(answer: Answer) -> bytes:
        refuse_failure(answer, "http://arxiv.example/api", "incorrect id format", is_about_query=True)
        return answer.body

    with pytest.raises(QueryRejected, match="answered 400: incorrect id format"):
        await fetcher.get(ask(server), explained)
    assert len(server.journal.requests) == 1


async def test_arxiv_is_told_what_is_accepted(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    await fetcher.get(ask(server), read)
    assert server.journal.requests[0].accept.startswith("application/atom+xml")


@pytest.mark.parametrize("kind", ["silent", "drip"])
async def test_a_server_that_keeps_us_waiting_is_given_up_and_asked_again(
    server: LoopbackArxiv, fetcher: Fetcher, kind: str
) -> None:
    server.fault(kind)
    assert (await fetcher.get(ask(server), read)).endswith(b"</feed>")
    assert len(server.journal.requests) == 2


async def test_a_silent_server_is_named(server: LoopbackArxiv, clock: FakeClock, throttle: CountingThrottle) -> None:
    server.fault("silent")
    impatient = Fetcher(hasty(timeout_s=0.1, attempts=1), throttle=throttle, clock=clock, random=random.Random(1))
    with pytest.raises(SourceUnavailable, match="no whole answer in time"):
        await impatient.get(ask(server), read)


@pytest.mark.parametrize("kind", ["dropped", "truncated"])
async def test_a_broken_connection_is_asked_again(server: LoopbackArxiv, fetcher: Fetcher, kind: str) -> None:
    server.fault(kind)
    assert (await fetcher.get(ask(server), read)).endswith(b"</feed>")
    assert [seen.fault for seen in server.journal.requests] == [kind, ""]


async def test_a_dropped_connection_is_not_asked_again_out_of_turn(
    server: LoopbackArxiv, fetcher: Fetcher, throttle: CountingThrottle
) -> None:
    """By itself aiohttp sends a GET again when its connection breaks."""
    server.fault("dropped", times=2)
    await fetcher.get(ask(server), read)
    assert throttle.turns == len(server.journal.requests) == 3


async def test_a_cut_off_answer_is_a_bad_one_and_a_dropped_one_is_unavailability(
    server: LoopbackArxiv, clock: FakeClock, throttle: CountingThrottle
) -> None:
    once = Fetcher(hasty(attempts=1), throttle=throttle, clock=clock, random=random.Random(1))
    server.fault("truncated")
    with pytest.raises(BadSourceAnswer, match="cut off"):
        await once.get(ask(server), read)
    server.fault("dropped")
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        await once.get(ask(server), read)


async def test_a_server_that_is_not_there_is_unavailable(fetcher: Fetcher) -> None:
    with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1:9 cannot be reached"):
        await fetcher.get("http://127.0.0.1:9/api", read)


async def test_an_answer_that_cannot_be_true_is_asked_for_again(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    verdicts: list[SourceError | None] = [BadSourceAnswer("nonsense"), None]

    def read_twice(answer: Answer) -> bytes:
        if verdict := verdicts.pop(0):
            raise verdict
        return answer.body

    assert await fetcher.get(ask(server), read_twice)
    assert verdicts == []


async def test_cancelling_stops_at_once_and_leaves_nothing_running(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    server.fault("silent", times=None)
    before = asyncio.all_tasks()
    fetching = asyncio.create_task(fetcher.get(ask(server), read))
    await server.was_asked.wait()
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    ours = {task for task in asyncio.all_tasks() - before if "aiohttp" not in repr(task)}
    assert ours == set()


async def test_requests_go_one_at_a_time(server: LoopbackArxiv, fetcher: Fetcher) -> None:
    """A second request starts only when the first is answered or given up."""
    server.fault("silent")
    await asyncio.gather(fetcher.get(ask(server), read), fetcher.get(ask(server), read))
    first, second, third = (seen.at_s for seen in server.journal.requests)
    assert second - first >= 0.29
    assert third >= second
