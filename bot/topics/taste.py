"""Sentences about a reader's taste, and which of them say what is not wanted."""

from __future__ import annotations

import re

_END = re.compile(
    r"""(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bcf\.)(?<!\bvs\.)(?<!\bal\.)(?<!\betc\.)(?<!\b[A-Z]\.)["”)]?\s+(?=["“(A-Z0-9\u0080-\uffff])|(?<=[。！？])\s*"""
)
_TASTEFUL = re.compile(
    r"\b(?:your friend|my friend|in suggesting|remember that|(?:he|she|they|we|i|friend|readers?)"
    r"(?: am| are| is|'m|'re|'s)?"
    r"(?: also| really| particularly| especially| mostly| do| does| would| don't| doesn't| not)*"
    r" (?:likes?|loves?|enjoys?|wants?|prefers?|dislikes?|hates?|interested|cares?|appreciates?|looking))\b",
    re.IGNORECASE,
)
_ADDRESSED_TO_MODEL = re.compile(
    r"(?:you are an? |your (?:job|task) is|write the response|respond |answer in|output |\[paper list here\])",
    re.IGNORECASE,
)
# "Skip surveys" refuses, "skip connections" does not: such verbs count where somebody is told or says to do so.
_REFUSING = "(?:avoid|skip|ignore|exclude|reject|discard|omit|drop|leave out|filter out|stay away)(?:ed|d|s)?"
_NEGATIVE = re.compile(
    r"\bnot\b(?! only)|n['’]t\b|\bcannot\b|\bnever\b|\bnor\b|\bneither\b|\bdislik|\bhat(?:es?|ed|ing)\b"
    rf"|(?:^|[;,:] |\b(?:please|also|and|or|to|should|must|can|will|would|rather|i|we|he|she|they) ){_REFUSING}\b"
    r"|\bfilter(?:s|ed|ing)?(?: them)? out\b|\bleav(?:e|ing) out\b|\buninterest|\birrelevant|\bunwanted"
    r"|\bnon[- ]relevant|\bno (?:interest|need|papers|more|longer)\b|\bnothing (?:about|on|from|with|to do)\b"
    r"|\bless interested|\bbored|\bboring|\btired of|\bsick of|\bexcept\b|\brather than\b",
    re.IGNORECASE,
)
_TURN = re.compile(
    r"\s*(?:[,;]\s*(?:but|not|except|however|although|though|rather than)|\b(?:but|except|however|rather than)\b|;)\s*",
    re.IGNORECASE,
)


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph (one line each where lines end like sentences), without words to a model."""
    found = (sentence.strip() for sentence in _END.split(paragraph))
    return [sentence for sentence in found if sentence and not _ADDRESSED_TO_MODEL.match(sentence)]


def sounds_like_taste(text: str) -> bool:
    """Whether a line speaks about what somebody likes rather than continuing a topic."""
    return bool(_TASTEFUL.search(text[:200]))


def is_negative(sentence: str) -> bool:
    """Whether a sentence says what is not wanted, as in "He does not want to read surveys"."""
    return bool(_NEGATIVE.search(sentence))


def wanted_clauses(sentence: str) -> str:
    """What a sentence wants, without what it does not: "I like tricks" of "I like tricks, but not surveys"."""
    if not is_negative(sentence):
        return sentence
    head = _TURN.split(sentence, maxsplit=1)[0]
    return head if head != sentence and not is_negative(head) else ""
