"""Read lines as topics, taste and keywords."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from bot.models import Topics
from bot.text import counted
from bot.topics.check import MOST_READ, warnings_of
from bot.topics.configuration import Configuration, read_configuration
from bot.topics.decode import decode
from bot.topics.drafts import Drafts
from bot.topics.keywords import read_keywords
from bot.topics.layout import layout_of
from bot.topics.lines import read_lines
from bot.topics.sections import has_prompt, index

_PROMPT_TITLE = re.compile(r"^#{1,6} +paper selection prompt[ #]*$", re.IGNORECASE | re.MULTILINE)


def parse_topics(text: str | bytes) -> Topics:
    """What a topics text says; never raises.

    Topics are counted from 1 in the order of the file, whatever numbers it gives them. Bytes are UTF-8, UTF-16 or
    UTF-32 by their mark, else Windows-1252 with a warning; what is no text at all becomes empty Topics with a
    warning. Of another tool's configuration only its topics are kept, also in `raw`. Of a whole prompt, or a digest
    file that ends with one, only its own topics count. At most 200,000 characters are read; `raw` keeps all.
    """
    raw, doubts = decode(text)
    if configuration := read_configuration(raw[:MOST_READ]):
        return _of_configuration(configuration)
    return _parsed(raw, doubts)


def _of_configuration(found: Configuration) -> Topics:
    """The topics of another tool's configuration, whose own text is not kept: it holds keys and addresses."""
    topics = _parsed(found.text, ())
    categories = f"{len(found.categories)} {'category' if len(found.categories) == 1 else 'categories'}"
    taken = f"{counted(len(topics.topics), 'topic')} and {categories} were taken from it"
    warnings = [
        "This is the configuration of another tool, not a topics file: "
        + (taken if found.topics or found.categories else "no topics were found in it")
        + "; its keys, addresses and all else were left out. Save the topics in a file of their own, one a line.",
    ]
    if found.categories:
        warnings.append(f"For the settings of the channel: categories = {json.dumps(found.categories)}")
    own = [one for one in topics.warnings if found.topics]
    return replace(topics, warnings=(*warnings, *own))


def _parsed(raw: str, doubts: tuple[str, ...]) -> Topics:
    placed = index(list(read_lines(_core(raw))))
    drafts = Drafts(layout_of(placed))
    for entry in placed:
        drafts.take(entry)
    found, keywords = drafts.found(), read_keywords(placed)
    # A file that is no text has been warned about; that it is empty then would be a second, wrong warning.
    warnings = (
        doubts if doubts and not raw else doubts + warnings_of(raw, found, keywords, has_prompt=has_prompt(placed))
    )
    return Topics(raw, found.topics, found.taste, keywords, warnings)


def _core(raw: str) -> str:
    """The prompt at the end of a digest file, or all of any other text; of either no more than a reader can mean."""
    prompt = _PROMPT_TITLE.search(raw)
    start = prompt.start() if prompt else 0
    return raw[start : start + MOST_READ]
