"""What tokens cost, and the table readers know from the bots before."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import SecretStr

from bot.digest_file import write_markdown
from bot.errors import SettingsError
from bot.models import Digest, TokenCost, Totals
from bot.scorers import SCORERS, LlmOptions, ScorerOptions, llm_endpoint
from bot.scorers.pricing import Price, Usage, completion_usd, price_of, prompt_usd
from bot.settings import LlmSettings, PriceSettings
from bot.store import Store
from tests.fakes import FakeClock, FakeEmbedder
from tests.scorers.llm.conftest import a_job


def cost_row(prompt_tokens: int, completion_tokens: int) -> str:
    """The cost line of the digest file for so many tokens of gpt-4o."""
    price = price_of("gpt-4o")
    assert price is not None
    usage = Usage(prompt_tokens, completion_tokens)
    cost = TokenCost("gpt-4o", prompt_tokens, completion_tokens, prompt_usd(price, usage), completion_usd(price, usage))
    digest = Digest("c", 1, (date(2025, 5, 8),), Totals(1, 1, 0), (), 0, "gpt-4o", cost=cost)
    (line,) = [line for line in write_markdown(digest).splitlines() if "**Cost**" in line]
    return " ".join(line.replace("|", " ").split())


def test_the_table_of_the_first_seed_is_reproduced():
    assert cost_row(28_086, 3_939) == "**Cost** $0.07 $0.04 $0.11"


def test_the_table_of_the_second_seed_is_reproduced():
    assert cost_row(24_931, 3_489) == "**Cost** $0.06 $0.03 $0.1"


def test_cached_prompt_tokens_cost_what_the_list_says():
    price = Price(prompt=2.0, completion=8.0, cached=0.5)
    assert prompt_usd(price, Usage(1_000_000, 0, cached_tokens=400_000)) == pytest.approx(1.2 + 0.2)
    assert completion_usd(price, Usage(0, 500_000, reasoning_tokens=400_000)) == pytest.approx(4.0)
    assert prompt_usd(price, Usage(10, 0, cached_tokens=99)) == pytest.approx(10 * 0.5 / 1e6)


def test_a_dated_snapshot_costs_what_its_model_costs_unless_it_is_listed():
    assert price_of("gpt-4o-2024-08-06") == price_of("gpt-4o")
    assert price_of("gpt-4o-2024-05-13") != price_of("gpt-4o")


def test_an_unknown_model_has_no_price_and_not_a_price_of_zero():
    for model in ("llama-3.1-8b", "gpt-4o-audio", "gpt", "", "my/gpt-4o"):
        assert price_of(model) is None


def test_an_override_adds_and_wins():
    own = {
        "llama": PriceSettings(prompt=0.1, completion=0.2),
        "gpt-4o": PriceSettings(prompt=1, completion=2, cached=0),
    }
    assert price_of("llama", own) == Price(0.1, 0.2, cached=0.1)
    assert price_of("gpt-4o", own) == Price(1, 2, cached=0)
    assert price_of("gpt-4o-mini", own) == price_of("gpt-4o-mini")


def test_every_shipped_price_is_positive_and_caching_never_costs_more():
    for model in (
        "gpt-4o",
        "gpt-4o-mini",
        "gpt-4.1",
        "gpt-4.1-mini",
        "gpt-4.1-nano",
        "gpt-5",
        "gpt-5-mini",
        "gpt-5-nano",
        "o3",
        "o4-mini",
    ):
        price = price_of(model)
        assert price is not None
        assert 0 < price.cached <= price.prompt < price.completion


@pytest.fixture
def make_llm(tmp_path):
    """The scorer as the registry makes it, with settings by name."""
    store = Store(tmp_path / "paperlark.db")

    def make(**settings):
        options = LlmOptions(LlmSettings(**settings), store.costs, FakeClock(), "http://127.0.0.1:1/v1", SecretStr(""))
        return SCORERS["llm"](ScorerOptions(FakeEmbedder(), llm_endpoint(options)))

    yield make
    store.close()


def test_a_cap_in_usd_on_a_model_without_a_price_is_refused_at_start(make_llm):
    with pytest.raises(SettingsError, match=r"daily_budget_usd = 0\.5.*'llama'"):
        make_llm(model="llama", daily_budget_usd=0.5)
    make_llm(model="llama", daily_budget_tokens=1_000)
    make_llm(model="gpt-4o", daily_budget_usd=0.5)
    make_llm(model="llama", daily_budget_usd=0.5, prices={"llama": {"prompt": 1, "completion": 1}})


def test_the_fingerprint_depends_on_the_model_and_not_on_what_may_be_spent(make_llm):
    one = make_llm(model="gpt-4o").fingerprint
    assert one == make_llm(model="gpt-4o", daily_budget_usd=1.0, parallel=2, share=0.5).fingerprint
    assert one != make_llm(model="gpt-4o-mini").fingerprint


def test_the_llm_without_a_place_for_its_costs_is_refused():
    with pytest.raises(SettingsError):
        SCORERS["llm"](ScorerOptions(FakeEmbedder()))


async def test_the_digests_cost_of_a_local_model_is_unknown_and_not_nothing(make_scorer):
    result = await make_scorer(model="llama").score(a_job(3))
    assert result.cost is not None
    assert result.cost.prompt_usd is None
    assert result.cost.prompt_tokens > 0
