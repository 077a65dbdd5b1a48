"""Follows and mutes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people import is_author
from bot.ranking.rules import Rule, RuleKind, matching
from tests.builders import a_paper

PAPER = a_paper(title="Medical Imaging with KV-Caches", abstract="We segment.", authors=("Pietro Liò", "Changhai Zhou"))


@pytest.mark.parametrize(
    "name", ["Pietro Liò", "pietro lio", "P. Lio", "C. Zhou", "changhai  ZHOU", "Zhou", "Zhou, C."]
)
def test_an_author_is_known_as_a_search_knows_them(name):
    assert Rule(RuleKind.MUTE_AUTHOR, name).matches(PAPER)


@pytest.mark.parametrize("name", ["X. Zhou", "Chang Zhou", "Zho", "P.", "", "."])
def test_other_people_are_not_matched(name):
    assert not Rule(RuleKind.MUTE_AUTHOR, name).matches(PAPER)


@pytest.mark.parametrize("phrase", ["medical imaging", "MEDICAL  Imaging", "kv caches", "KV-Caches", "caches"])
def test_a_phrase_is_found_as_whole_words(phrase):
    assert Rule(RuleKind.MUTE_PHRASE, phrase).matches(PAPER)


@pytest.mark.parametrize("phrase", ["medic", "imaging medical", "caches we", "", "!?"])
def test_parts_of_words_and_phrases_across_the_title_do_not_count(phrase):
    assert not Rule(RuleKind.MUTE_PHRASE, phrase).matches(PAPER)


def test_the_first_matching_rule_of_the_kind_is_found():
    rules = [Rule(RuleKind.FOLLOW_AUTHOR, "C. Zhou"), Rule(RuleKind.MUTE_PHRASE, "medical")]
    assert matching(rules, PAPER, mutes=True) is rules[1]
    assert matching(rules, PAPER, mutes=False) is rules[0]
    assert matching(rules, a_paper(), mutes=True) is None


@given(st.sampled_from(RuleKind), st.text(max_size=40))
def test_no_text_breaks_a_rule(kind, text):
    assert Rule(kind, text).matches(PAPER) in {True, False}


@given(
    st.sampled_from(["Ada B. Lovelace", "A. Lovelace", "Lovelace", "Pietro Li\u00f2"]),
    st.text("AaBb. ,LovelcPitrLi\u00f2", max_size=20),
)
def test_a_rule_matches_whom_a_search_for_the_author_finds(printed, typed):
    paper = a_paper(authors=(printed,))
    assert Rule(RuleKind.FOLLOW_AUTHOR, typed).matches(paper) == is_author(typed, printed)


def test_a_middle_initial_does_not_keep_a_follow_from_working():
    paper = a_paper(authors=("Ada B. Lovelace",))
    for typed in ("Ada Lovelace", "Lovelace", "Lovelace, Ada", "A. Lovelace", "A. B. Lovelace"):
        assert Rule(RuleKind.FOLLOW_AUTHOR, typed).matches(paper), typed
