"""What emoji are worth and what votes say about a paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.emoji import normalise, slack_names
from bot.models import CurrentVote
from bot.ranking.rewards import REWARDS, canonical, reward_of, verdicts

NOON = datetime(2025, 5, 8, 12, tzinfo=UTC)


def a_vote(arxiv_id="1", emoji="👍", person="ada", minute=0):
    return CurrentVote("lab", arxiv_id, person, emoji, NOON + timedelta(minutes=minute))


def test_every_reward_lies_between_minus_one_and_one_and_is_written_canonically():
    for emoji, reward in REWARDS.items():
        assert -1 <= reward <= 1
        assert canonical(emoji) == emoji


@pytest.mark.parametrize("emoji", ["👍", "👍🏽", "👍🏿", "👍️"])
def test_skin_tones_and_variants_are_one_emoji(emoji):
    assert reward_of(emoji) == reward_of("👍") == 1.0


@pytest.mark.parametrize("heart", ["❤️", "❤", "💙", "🖤"])
def test_hearts_of_any_colour_are_one_emoji(heart):
    assert reward_of(heart) == reward_of("❤")


def test_every_default_reward_can_be_given_on_slack_by_its_name():
    pictures = {canonical(picture) for picture in slack_names().values()}
    assert [emoji for emoji in REWARDS if emoji not in pictures] == []


def test_a_reward_of_the_settings_counts_the_same_on_slack_and_discord_however_it_is_written():
    """Every emoji there is: Slack reports its names, Discord its picture, and the settings may hold either."""
    for name, picture in slack_names().items():
        reports = (normalise(name), normalise(f"{name}::skin-tone-2"), normalise(picture), f":{name}:")
        for written in (picture, f":{name}:", name):
            assert {reward_of(report, {written: 0.37}) for report in reports} == {0.37}, (name, written)


def test_votes_stored_before_a_name_was_known_count_as_its_picture():
    assert reward_of(":face_with_rolling_eyes:") == reward_of("🙄") == -0.6


def test_an_unknown_emoji_is_worth_nothing():
    assert reward_of("🦄") == reward_of(":party-parrot:") == 0.0
    assert verdicts([a_vote(emoji="🦄")]) == ()


def test_settings_override_the_table_custom_emoji_included():
    overrides = {":party-parrot:": 0.7, "👍🏽": 0.5}
    assert reward_of(":party-parrot:", overrides) == 0.7
    assert reward_of("👍", overrides) == 0.5


def test_the_newer_sign_of_a_contradiction_counts():
    (one,) = verdicts([a_vote(emoji="👍", minute=0), a_vote(emoji="👎", minute=5)])
    assert one.reward < 0


def test_a_contradiction_at_the_same_time_says_nothing():
    assert verdicts([a_vote(emoji="👍"), a_vote(emoji="👎")]) == ()


def test_several_emoji_of_one_sign_count_once_by_the_strongest():
    (one,) = verdicts([a_vote(emoji="👀"), a_vote(emoji="❤️", minute=1)])
    assert one.reward == 1.0


def test_readers_who_agree_weigh_more_than_one_and_not_twice():
    (alone,) = verdicts([a_vote()])
    (both,) = verdicts([a_vote(), a_vote(person="bob")])
    assert alone.weight < both.weight < 2 * alone.weight


def test_readers_who_disagree_alike_say_nothing():
    assert verdicts([a_vote(), a_vote(person="bob", emoji="👎")]) == ()


def test_a_reader_who_votes_on_everything_does_not_drown_the_others():
    loud = [a_vote(str(i), "👎", "loud") for i in range(60)]
    quiet = [a_vote("0", "👍", person) for person in ("ada", "bob")]
    quiet += [a_vote(f"{person} {i}", "👍", person) for person in ("ada", "bob") for i in range(9)]
    said = {one.arxiv_id: one for one in verdicts([*loud, *quiet])}
    assert said["0"].reward > 0
    assert said["5"].weight < 1


def test_verdicts_come_oldest_first():
    votes = [a_vote("2", minute=9), a_vote("1", minute=1), a_vote("3", minute=5)]
    assert [one.arxiv_id for one in verdicts(votes)] == ["1", "3", "2"]


@given(
    st.lists(
        st.builds(
            a_vote,
            st.sampled_from("123"),
            st.sampled_from([*REWARDS, "🦄"]),
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 9),
        ),
        max_size=25,
    )
)
def test_verdicts_are_bounded_and_do_not_depend_on_the_order_of_votes(votes):
    said = verdicts(votes)
    assert all(0 < abs(one.reward) <= 1 and 0 < one.weight <= 2 for one in said)
    backwards = {one.arxiv_id: one for one in verdicts(votes[::-1])}
    assert {one.arxiv_id: pytest.approx(one.reward) for one in said} == {k: v.reward for k, v in backwards.items()}
