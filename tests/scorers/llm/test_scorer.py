"""The cascade: who is asked about, what is kept, what is known already, and what a rehearsal says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.clock import SystemClock
from bot.models import Score
from bot.scorers.llm.scorer import LlmScorer
from tests.builders import some_papers
from tests.fakes import FakeScorer
from tests.loopback.openai import realistic_verdict
from tests.scorers.llm.conftest import Kept, a_job


def asked(server) -> list[str]:
    return [one for seen in server.journal for one in seen.papers]


def by_llm(result) -> list[str]:
    return [score.arxiv_id for score in result.scores if score.scorer == "llm"]


async def test_the_models_verdicts_become_scores(make_scorer):
    result = await make_scorer(model="gpt-4o").score(a_job(25))
    for paper, score in zip(some_papers(25), result.scores, strict=True):
        said = realistic_verdict({"id": paper.arxiv_id})
        assert (score.arxiv_id, score.version) == (paper.arxiv_id, paper.version)
        assert (score.relevance, score.novelty, score.comment) == (said["relevance"], said["novelty"], said["comment"])
        assert (score.topics, score.scorer, score.model, score.fallback) == (
            tuple(said["topics"]),
            "llm",
            "gpt-4o",
            False,
        )
        assert score.closeness == 7.0  # of the local scorer, for ties
    assert result.scored_by == "gpt-4o"
    assert result.remarks == ()


async def test_the_best_of_the_order_is_asked_about_and_the_rest_is_marked(make_scorer, server):
    backwards = lambda scores: tuple(reversed(range(len(scores))))  # noqa: E731
    result = await make_scorer(share=0.25).score(a_job(40, order=backwards, wanted=2))
    assert by_llm(result) == [paper.arxiv_id for paper in some_papers(40)][-10:]
    assert [score.fallback for score in result.scores] == [True] * 30 + [False] * 10
    assert asked(server)[0] == "2505.03040"
    assert result.remarks == ()  # as intended: not a word to the reader


async def test_whom_the_order_leaves_out_is_not_asked_about(make_scorer, server):
    await make_scorer().score(a_job(8, order=lambda scores: (5, 2)))
    assert asked(server) == ["2505.03006", "2505.03003"]


async def test_without_an_order_the_closest_are_asked_about(make_scorer, server):
    scorer = make_scorer(share=0.1)
    scorer._local.relevance["2505.03017"] = 9
    await scorer.score(a_job(20, wanted=1))
    assert asked(server)[0] == "2505.03017"


async def test_what_is_known_is_not_asked_again_and_stands(make_scorer, server):
    kept = Kept()
    scorer = make_scorer()
    await scorer.score(a_job(some_papers(5), keep=kept))
    del server.journal[:]
    again = Kept()
    result = await scorer.score(a_job(some_papers(9), known=kept.scores, keep=again))
    assert asked(server) == [f"2505.0300{n}" for n in (6, 7, 8, 9)]
    assert set(again.scores) == set(asked(server))
    assert len(by_llm(result)) == 9


async def test_a_second_run_with_everything_known_costs_nothing(make_scorer, server):
    kept = Kept()
    scorer = make_scorer(share=0.3)
    await scorer.score(a_job(30, keep=kept, wanted=2))
    del server.journal[:]
    result = await scorer.score(a_job(30, known=kept.scores, wanted=2))
    assert server.journal == []
    assert result.cost is not None
    assert (result.cost.prompt_tokens, result.cost.prompt_usd) == (0, 0.0)
    assert result.scored_by == "gpt-4o-mini"
    assert len(by_llm(result)) == 9


async def test_scores_are_kept_as_they_arrive_and_never_a_fallback(make_scorer, server):
    kept = Kept()
    server.fault("server_error", times=None, skip=2)
    await make_scorer(batch_size=4, parallel=1, attempts=1).score(a_job(20, keep=kept))
    assert [len(portion) for portion in kept.portions] == [4, 4]
    assert not any(score.fallback for score in kept.scores.values())


async def test_a_failure_to_keep_is_not_hidden(make_scorer):
    async def full(scores) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        await make_scorer(batch_size=2).score(a_job(20, keep=full))


async def test_the_next_run_repairs_what_failed_and_pays_for_nothing_twice(make_scorer, server):
    kept = Kept()
    server.fault("server_error", times=None, skip=2)
    scorer = make_scorer(batch_size=4, parallel=1, attempts=1)
    failed = await scorer.score(a_job(20, keep=kept))
    assert "failed" in failed.remarks[0]
    server.faults.clear()
    del server.journal[:]
    repaired = await scorer.score(a_job(20, known=kept.scores))
    assert sorted(asked(server)) == sorted({paper.arxiv_id for paper in some_papers(20)} - set(kept.scores))
    assert (repaired.remarks, len(by_llm(repaired))) == ((), 20)


@pytest.mark.parametrize("parallel", [1, 3, 8])
async def test_no_more_requests_than_allowed_are_in_flight(make_scorer, server, parallel: int):
    server.latency_s = 0.1
    await make_scorer(batch_size=1, parallel=parallel).score(a_job(20))
    assert parallel / 2 <= server.most_in_flight <= parallel


async def test_the_wall_time_is_that_of_the_slowest_chain_and_not_the_sum(make_scorer, server):
    server.latency_s = 0.25
    await make_scorer(batch_size=1, parallel=8, using=SystemClock()).score(a_job(17))
    spent = server.journal[-1].ended_s - server.journal[0].at_s
    assert spent < 0.25 * 17 / 3  # 1 alone, then 8 and 8


async def test_the_first_request_goes_alone(make_scorer, server):
    server.latency_s = 0.02
    await make_scorer(batch_size=2).score(a_job(20))
    first, second, *_ = server.journal
    assert first.ended_s <= second.at_s


async def test_what_the_first_request_left_out_holds_nobody_up(make_scorer, server):
    server.latency_s, server.forget = 0.2, {"2505.03001": 2}
    await make_scorer(batch_size=2).score(a_job(12))
    again = [seen for seen in server.journal if seen.papers == ["2505.03001"]]
    others = [seen for seen in server.journal if "2505.03001" not in seen.papers]
    assert len(again) == 2
    assert max(seen.at_s for seen in others) < again[0].ended_s


async def test_progress_is_told_to_the_end(make_scorer):
    told: list[tuple[str, int, int]] = []
    await make_scorer(batch_size=5).score(a_job(12), lambda *step: told.append(step))
    steps = [step for step in told if step[0] == "scoring by LLM"]
    assert steps[0] == ("scoring by LLM", 0, 12)
    assert steps[-1] == ("scoring by LLM", 12, 12)


async def test_the_remarks_of_the_local_scorer_are_passed_on(make_endpoint):
    class Remarking:
        name = fingerprint = "local scorer"

        def __init__(self, inner) -> None:
            self._inner = inner

        async def score(self, job, progress=None):
            return replace(await self._inner.score(job), remarks=("the topics text is empty",))

    scorer = LlmScorer(make_endpoint(), Remarking(FakeScorer()))
    assert (await scorer.score(a_job(2))).remarks == ("the topics text is empty",)


# --- sifting by title


async def test_sifting_scores_the_best_and_what_the_model_chose_by_title(make_scorer, server):
    server.verdict = lambda paper: realistic_verdict(paper) | {"relevance": 10 if paper["id"] > "2505.03030" else 2}
    result = await make_scorer(sift=True, share=0.25).score(a_job(40, wanted=2))
    sift, *scoring = server.journal
    assert "abstract" not in sift.user
    assert len(sift.papers) == 16
    assert {one for seen in scoring for one in seen.papers} == set(by_llm(result))
    assert set(by_llm(result)) == {f"2505.030{n:02d}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)}


async def test_a_sift_that_fails_leaves_the_choice_to_the_order(make_scorer, server):
    server.fault("silence")
    result = await make_scorer(sift=True, share=0.25).score(a_job(40, wanted=2))
    assert by_llm(result) == [f"2505.030{n:02d}" for n in range(1, 11)]
    assert result.remarks == ()


async def test_a_sift_that_meets_a_refused_key_is_the_last_request(make_scorer, server):
    server.fault("unauthorized", times=None)
    result = await make_scorer(sift=True, share=0.25).score(a_job(40, wanted=2))
    assert len(server.journal) == 1
    assert result.remarks == ("the LLM failed (its key was refused): 10 papers scored locally",)


async def test_sifting_is_cheaper_than_abstracts(make_scorer, server, store):
    papers = some_papers(40, abstract="A sentence of a usual length about caches. " * 30)
    await make_scorer(sift=True, share=0.25).score(a_job(papers, wanted=2))
    sift = next(call for call in await store.costs.calls() if call.intent.purpose == "sift")
    assert sift.result.prompt_tokens < 1_500


# --- rehearsal


async def test_a_rehearsal_sends_nothing_and_says_what_it_would(make_scorer, server, store):
    papers = some_papers(40, abstract="A sentence of a usual length about caches. " * 30)
    scorer = make_scorer(share=0.5, model="gpt-4o")
    guess = await scorer.score(a_job(papers, rehearsal=True))
    assert server.journal == []
    assert await store.costs.calls() == ()
    assert guess.rehearsed.startswith("30 papers would go to gpt-4o in 3 calls: about ")
    true = await scorer.score(a_job(papers))
    told = int(guess.rehearsed.split("about ")[1].split(" ")[0].replace(",", ""))
    assert true.cost is not None
    assert 0.8 < told / true.cost.prompt_tokens < 1.25
    assert "$0.0" in guess.rehearsed


async def test_a_rehearsal_counts_what_is_known(make_scorer):
    known = {"2505.03001": Score("2505.03001", 1, 9, 9, "", scorer="llm")}
    result = await make_scorer(model="llama").score(a_job(3, known=known, rehearsal=True))
    assert "2 papers would go to llama in 1 calls (1 more have their score already)" in result.rehearsed
    assert "unknown price" in result.rehearsed
    assert [score.relevance for score in result.scores] == [9, 7, 7]


async def test_a_rehearsal_with_nothing_to_send_says_so(make_scorer):
    result = await make_scorer().score(a_job(0, rehearsal=True))
    assert result.rehearsed == "nothing would be sent to gpt-4o-mini"
