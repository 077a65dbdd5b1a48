"""Mistakes people make in the settings: each is told with its key and value, so that it can be fixed without help."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.settings import load_settings
from tests.test_settings import clean_environment, load, mistakes

__all__ = ["clean_environment", "load", "mistakes"]  # fixtures

SLACK = '[channels.a]\nplatform = "slack"\n'
DISCORD = '[channels.a]\nplatform = "discord"\n'

MISTAKES = [
    ("[llm]\ntime = '08:00'", "llm.time: no such setting here; 'time' belongs at the top of the file or under [backup]"),
    ("[llm]\ncategories = ['cs.CL']", "'categories' belongs at the top of the file, above the first line in [brackets]"),
    ("model = 'gpt-4o'", "model: no such setting here; 'model' belongs under [llm]"),
    ("[channels.a]\nmodel = 'gpt-4o'", "channels.a.model: no such setting here; 'model' belongs under [llm]"),
    ("[channels.a]\ntpoics = 'x.md'", "channels.a.tpoics: no such setting; did you mean topics?"),
    ("categories = 'cs.CL, cs.LG'", 'a list, in square brackets: categories = ["cs.CL", "cs.LG"]'),
    ("mute_authors = 'Ada Byron'", 'a list, in square brackets: mute_authors = ["Ada Byron"]'),
    (DISCORD + "id = 80351110224678912", 'a text; put it in quotes: id = "80351110224678912"'),
    ("papers = 'many'", "papers = 'many': a whole number"),
    ("papers = 5.5", "papers = 5.5: a whole number"),
    ("papers = true", "papers = True: a number, not true or false"),
    ("papers = 51", "papers = 51: at most 50"),
    ("min_relevance = 0", "min_relevance = 0: at least 1"),
    ("cross_lists = 'perhaps'", "cross_lists = 'perhaps': true or false"),
    ("scorer = 'gpt'", "scorer = 'gpt': one of 'auto', 'local', 'llm'"),
    ("llm = 'gpt-4o'", "llm = 'gpt-4o': a table: write [llm] on a line of its own"),
    ("papers = 0\nmore = 0", "more = 0: at least 1 where papers is 0 too"),
    ("data_dir = ''", "data_dir = '': a folder"),
    ("owner = '@me'", "owner = '@me': an id, not a name"),
    ("managers = ['@ada']", "managers.0 = '@ada': an id, not a name"),
    ("[alarms]\nowners = { platform = 'slack', id = '@me' }", "alarms.owners.0.id = '@me': an id, not a name"),
    ("[ranking]\nrewards = { thumbsup = 0.5 }", 'its name between colons (":thumbsup:")'),
    ("[arxiv]\ninterval_s = 0", "arxiv.interval_s = 0: arXiv allows one request every 3 seconds"),
    ("scorer = 'llm'", "OPENAI_API_KEY is not set"),
    (SLACK + "id = 'papers'", "channels.a.id = 'papers': a channel's id such as \"C024BE91L\", not its name"),
    (SLACK + "id = '#papers'", "channels.a.id = '#papers': a channel's id such as"),
    (SLACK + "id = 'https://acme.slack.com/archives/C024BE91L'", 'write id = "C024BE91L"'),
    (SLACK + "id = '<#C024BE91L|papers>'", 'write id = "C024BE91L"'),
    (SLACK + "id = 'U024BE7LH'", "channels.a.id = 'U024BE7LH': that is a person; a channel's id"),
    (SLACK, "every channel of a chat its own id: [channels.a] needs id = ..."),
    (DISCORD + "id = 'https://discord.com/channels/80351110224678911/80351110224678912'", 'id = "80351110224678912"'),
    (DISCORD + "id = 'papers'", "channels.a.id = 'papers': a channel's id such as \"80351110224678912\""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=[text[-40:] for text, _ in MISTAKES])
def test_a_mistake_says_what_to_write_instead(mistakes, text, expected):
    (found,) = mistakes(text)
    assert expected in found
    assert "valid " not in found, "the library's words are not the reader's"


def test_a_mistake_at_the_top_is_told_once_under_its_own_name(mistakes):
    channels = "".join(f"[channels.{name}]\nid = '{name}'\n" for name in "abc")
    found = mistakes(f"time = '9am'\ncategories = ['cs.XX']\n{channels}")
    assert [line.partition(":")[0] for line in found] == ["categories = ['cs.XX']", "time = '9am'"]


def test_a_mistake_in_a_channel_s_own_table_is_told_of_that_channel(mistakes):
    (found,) = mistakes("time = '09:00'\n[channels.a]\nid = 'a'\ntime = '9am'\n[channels.b]\nid = 'b'")
    assert found.startswith("channels.a.time = '9am'")


def test_two_channels_with_one_id_are_named_without_their_tables(mistakes):
    (found,) = mistakes("[channels.a]\nid = 'x'\n[channels.b]\nid = 'x'")
    assert "a and b" in found
    assert "{" not in found


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_mistake(tmp_path, encoding):
    file = tmp_path / "paperlark.toml"
    file.write_bytes("papers = 3\n# für alle".encode(encoding))
    assert load_settings(file).channels["terminal"].papers == 3


@pytest.mark.parametrize("name", ["paperlark.tml", "paperlark.toml.txt", "Paperlark.toml"])
def test_a_misnamed_file_is_not_passed_over(tmp_path, name):
    (tmp_path / name).write_text("papers = 3", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"is this meant to be paperlark\.toml"):
        load_settings()


def test_the_shipped_example_beside_is_no_misnamed_file(tmp_path):
    (tmp_path / "paperlark.example.toml").write_text("papers = 3", encoding="utf-8")
    assert load_settings().channels["terminal"].papers == 5


def test_the_platform_may_stand_at_the_top_and_the_ids_below(load):
    found = load("platform = 'slack'\n[channels.a]\nid = 'C024BE91L'").channels["a"]
    assert (found.platform, found.id) == ("slack", "C024BE91L")


def test_blanks_around_an_id_are_taken_off(load):
    assert load(SLACK + "id = ' C024BE91L '").channels["a"].id == "C024BE91L"


def test_arxivs_pace_is_the_readers_own_where_the_address_is_another(load):
    addresses = {"ARXIV_API_URL": "http://127.0.0.1:1/api", "ARXIV_RSS_URL": "http://127.0.0.1:1/rss"}
    assert load("[arxiv]\ninterval_s = 0", **addresses).arxiv.interval_s == 0
