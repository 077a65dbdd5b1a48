"""Settings: every mistake at once, in words that help, and never a secret on the screen."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.errors import SettingsError
from bot.settings import SECRETS, WEEKDAYS, CatchUp, ChannelSettings, Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]
A_SECRET = "xoxb-51-a-very-secret-token"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path) -> Iterator[None]:
    """An empty folder and no settings in the environment, whatever `.env` files put there meanwhile."""
    before = dict(os.environ)
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("PAPERLARK_", "OPENAI_", "ARXIV_", "SLACK_", "DISCORD_")):
            del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def load(tmp_path) -> Callable[..., Settings]:
    def load(text: str, **environment: str) -> Settings:
        file = tmp_path / "paperlark.toml"
        file.write_text(text, encoding="utf-8")
        os.environ.update(environment)
        return load_settings(file)

    return load


@pytest.fixture
def mistakes(load) -> Callable[..., tuple[str, ...]]:
    def mistakes(text: str, **environment: str) -> tuple[str, ...]:
        with pytest.raises(SettingsError) as caught:
            load(text, **environment)
        assert all(mistake in str(caught.value) for mistake in caught.value.mistakes)
        return caught.value.mistakes

    return mistakes


def test_without_a_file_there_is_one_channel_in_the_terminal():
    settings = load_settings()
    assert list(settings.channels) == ["terminal"]
    assert settings.channels["terminal"] == ChannelSettings(topics=Path("topics.md"))
    assert settings.database == Path("data/paperlark.db")
    assert (settings.source, settings.catch_up, settings.now) == ("arxiv", CatchUp.FOLDED, "")


def test_a_file_that_was_named_must_be_there(tmp_path):
    with pytest.raises(SettingsError, match=r"missing\.toml: cannot be read"):
        load_settings(tmp_path / "missing.toml")


@pytest.mark.parametrize("content", [b"papers = ", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_a_file_that_is_not_toml_is_refused(tmp_path, content):
    file = tmp_path / "paperlark.toml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="is not valid TOML"):
        load_settings()


FIVE_MISTAKES = """
time = "25:61"
timezone = "Europe/Berln"
papers = 500
categories = ["cs.NLP"]
weekdays = ["mon", "funday"]
"""


def test_five_mistakes_are_told_at_once_each_with_key_value_and_what_is_allowed(mistakes):
    found = mistakes(FIVE_MISTAKES)
    assert len(found) == 5
    expected = {
        "time = '25:61'": '"09:00"',
        "timezone = 'Europe/Berln'": "did you mean 'Europe/Berlin'",
        "papers = 500": "at most 50",
        "categories = ['cs.NLP']": "did you mean cs.CL",
        "weekdays = ['mon', 'funday']": "mon, tue, wed, thu, fri, sat, sun",
    }
    for start, allowed in expected.items():
        (mistake,) = (one for one in found if one.startswith(start))
        assert allowed in mistake


def test_mistakes_of_every_kind_come_together(mistakes):
    found = "\n".join(
        mistakes(
            f"""
            papres = 3
            openai_api_key = "{A_SECRET}"
            [channels.one]
            tpoics = "x.md"
            papers = -1
            [timing]
            settle = 5
            scale = 0
            """,
            PAPERLARK_ARXIV__ATTEMPTS="many",
        )
    )
    expected = (
        "papres: no such setting; did you mean papers?",
        "openai_api_key must not stand in the file",
        "channels.one.tpoics: no such setting; did you mean topics?",
        "channels.one.papers = -1",
        "timing.settle: no such setting; did you mean settle_s?",
        "timing.scale = 0",
        "arxiv.attempts = 'many'",
    )
    assert [part for part in expected if part not in found] == []
    assert A_SECRET not in found


def test_a_setting_nobody_knows_and_nothing_resembles_names_the_known_ones(mistakes):
    (mistake,) = mistakes("qqqqqqqq = 1")
    assert mistake.startswith("qqqqqqqq: no such setting; known are ")
    assert "data_dir" in mistake
    assert "categories" in mistake


@pytest.mark.parametrize("name", [*SECRETS, *(name.upper() for name in SECRETS)])
def test_a_secret_in_the_file_is_refused_and_never_shown(mistakes, name):
    (mistake,) = mistakes(f'{name} = "{A_SECRET}"')
    assert f"set {name.upper()} in the environment" in mistake
    assert A_SECRET not in mistake


@pytest.mark.parametrize(
    "text",
    [
        f'[channels.terminal]\nslack_bot_token = "{A_SECRET}"',
        f'[openai]\napi_key = "{A_SECRET}"',
        f'[timing]\nopenai_api_key = "{A_SECRET}"',
        f'openai_api_key = {{ value = "{A_SECRET}" }}',
        f'[channels]\nopenai_api_key = "{A_SECRET}"',
        f'openai_api_key = "{A_SECRET}',
    ],
)
def test_a_secret_anywhere_else_in_the_file_is_not_shown_either(mistakes, text):
    assert A_SECRET not in "\n".join(mistakes(text))


def test_a_secret_in_the_environment_is_taken_and_hidden(load):
    settings = load("", OPENAI_API_KEY=A_SECRET)
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == A_SECRET
    assert A_SECRET not in f"{settings!r}{settings}"


def test_the_environment_overrides_the_file(load):
    settings = load(
        'data_dir = "from-file"\n[timing]\nsettle_s = 1.0\nretry_s = 2.0',
        PAPERLARK_DATA_DIR="from-environment",
        PAPERLARK_TIMING__SETTLE_S="9.5",
        PAPERLARK_NOW="+2d",
        ARXIV_API_URL="http://127.0.0.1:8000/api/query/",
    )
    assert settings.data_dir.name == "from-environment"
    assert (settings.timing.settle_s, settings.timing.retry_s) == (9.5, 2.0)
    assert settings.now == "+2d"
    assert settings.arxiv_api_url == "http://127.0.0.1:8000/api/query"


def test_the_environment_can_set_one_key_of_a_channel(load):
    settings = load("[channels.one]\npapers = 3\nmore = 4", PAPERLARK_CHANNELS__ONE__PAPERS="7")
    assert (settings.channels["one"].papers, settings.channels["one"].more) == (7, 4)


@pytest.mark.parametrize(("name", "value"), [("OPENAI_BASE_URL", "api.openai.com"), ("ARXIV_RSS_URL", "ftp://x")])
def test_an_address_that_is_not_http_is_refused(mistakes, name, value):
    (mistake,) = mistakes("", **{name: value})
    assert mistake.startswith(f"{name} = '{value}'")
    assert "http://" in mistake


def test_the_top_level_holds_the_defaults_of_every_channel(load):
    settings = load(
        """
        papers = 2
        timezone = "Asia/Tokyo"
        topics = "ours.md"
        [channels.one]
        id = "1"
        [channels.two]
        id = "2"
        papers = 9
        """
    )
    one, two = settings.channels["one"], settings.channels["two"]
    assert (one.papers, two.papers) == (2, 9)
    assert one.zone == two.zone == ZoneInfo("Asia/Tokyo")
    assert one.topics.name == two.topics.name == "ours.md"


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "my.toml").write_text(
        'data_dir = "d"\ntopics = "t.md"\nprompts_dir = "p"\n[channels.a]\ntopics = "/abs/x.md"'
    )
    settings = load_settings(folder / "my.toml")
    assert settings.database == folder / "d" / "paperlark.db"
    assert settings.prompts_dir == folder / "p"
    assert settings.channels["a"].topics == Path("/abs/x.md")


def test_a_dotenv_beside_the_file_fills_what_the_environment_lacks(load, tmp_path):
    (tmp_path / ".env").write_text(f"OPENAI_API_KEY={A_SECRET}\nPAPERLARK_LOG_LEVEL=debug\nPAPERLARK_NOW=+1d\n")
    settings = load("", PAPERLARK_NOW="+2d")
    assert settings.openai_api_key is not None
    assert (settings.log_level, settings.now) == ("debug", "+2d")


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"09:00"', time(9)), ('"9:05"', time(9, 5)), ("07:30:00", time(7, 30)), ('"23:59"', time(23, 59))],
)
def test_times_of_day(load, value, expected):
    assert load(f"time = {value}").channels["terminal"].time == expected


@pytest.mark.parametrize("value", ['"24:00"', '"9"', '"9:5x"', '"-1:00"', "9", '"09:00:00"', '""', "true"])
def test_other_times_of_day_are_refused(mistakes, value):
    (mistake,) = mistakes(f"time = {value}")
    assert mistake.startswith("time = ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('["mon"]', ("mon",)),
        ('["Friday", "MON", "fri"]', ("mon", "fri")),
        ('["sun", "sat"]', ("sat", "sun")),
    ],
)
def test_weekdays_are_put_in_order(load, value, expected):
    assert load(f"weekdays = {value}").channels["terminal"].weekdays == expected


@pytest.mark.parametrize("value", ["[]", '"mon"', '["someday"]', "[1]", '["monkey"]', '["wedding"]'])
def test_other_weekdays_are_refused_with_those_allowed(mistakes, value):
    (mistake,) = mistakes(f"weekdays = {value}")
    assert ", ".join(WEEKDAYS) in mistake


def test_categories_must_exist_and_are_named_once(load, mistakes):
    assert load('categories = ["cs.LG", "cs.CL", "cs.LG"]').channels["terminal"].categories == ("cs.LG", "cs.CL")
    (mistake,) = mistakes('categories = ["cs.NLP", "quantph", "cs.LG"]')
    assert "cs.NLP" in mistake
    assert "quant-ph" in mistake
    (empty,) = mistakes("categories = []")
    assert "at least one" in empty


@pytest.mark.parametrize("key", ["a/b", "", "ä", "x" * 41, "a b"])
def test_a_channels_key_must_fit_into_a_post_key(mistakes, key):
    (mistake,) = mistakes(f'[channels."{key}"]')
    assert "letters, digits" in mistake


def test_two_channels_in_one_place_are_refused(mistakes):
    (mistake,) = mistakes('[channels.one]\nid = "x"\n[channels.two]\nid = "x"')
    assert "one and two" in mistake


def test_a_channel_that_is_no_table_is_refused(mistakes):
    assert mistakes("[channels]\nterminal = 3")[0].startswith("channels.terminal")


def test_long_values_are_cut_in_messages(mistakes):
    (mistake,) = mistakes(f'embedder = "{"x" * 5000}"')
    assert len(mistake) < 250


def test_settings_cannot_be_changed_afterwards(load):
    settings = load("")
    with pytest.raises(ValueError, match="frozen"):
        settings.now = "+1d"


def test_the_shipped_example_has_no_mistakes():
    settings = load_settings(ROOT / "paperlark.example.toml")
    assert settings.channels


def settings_in(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Dotted key and default of all that may stand in the file; what has an alias comes from the environment."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_in(field.annotation, "" if name == "channel_defaults" else f"{name}.")
        elif field.alias is None and name not in {"channels", "platform", "prices"}:
            yield f"{prefix}{name}", field.default


def test_the_shipped_example_names_every_setting_with_its_default():
    text = (ROOT / "paperlark.example.toml").read_text(encoding="utf-8")
    top, *rest = re.split(r"^\[([a-z]+)\]", text, flags=re.MULTILINE)
    sections = {"": top, **dict(zip(rest[::2], rest[1::2], strict=True))}
    values = tomllib.loads(text)
    for key, default in settings_in(Settings):
        table, _, name = key.rpartition(".")
        assert re.search(rf"^(# )?{name} = ", sections[table], re.MULTILINE), key
        written = (values[table] if table else values).get(name)
        if written is not None and isinstance(default, (bool, int, float)):
            assert written == default, key


VALUES = st.one_of(
    st.text("ab 0:9-./[]{}", max_size=12).map(json.dumps),
    st.integers(-(10**6), 10**6).map(str),
    st.sampled_from(["nan", "inf", "true", "false", "0.5", "2025-05-08", "09:00:00", "[]", "{}", "[[1]]", '["a"]']),
)
KEYS = st.sampled_from(sorted({*ChannelSettings.model_fields, *Settings.model_fields, "unknown"}))


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_stands_behind_a_key_settings_or_a_list_of_mistakes_comes_out(load, values):
    try:
        outcome = load("\n".join(f"{key} = {value}" for key, value in values.items())).channels
    except SettingsError as error:
        outcome = error.mistakes
    assert outcome


def test_the_library_s_folder_is_taken_from_the_file_s_folder(tmp_path):
    (tmp_path / "paperlark.toml").write_text('[library]\nfolder = "lists"\nweekday = "Sun"\ntime = "07:30"\n')
    library = load_settings(tmp_path / "paperlark.toml").library
    assert (library.folder, library.weekday, f"{library.time:%H:%M}") == (tmp_path / "lists", "sun", "07:30")
    assert library.is_posted


def test_without_a_folder_no_list_is_kept_or_posted_unless_asked_for(tmp_path):
    (tmp_path / "paperlark.toml").write_text("[library]\n")
    assert not load_settings(tmp_path / "paperlark.toml").library.is_posted
    (tmp_path / "paperlark.toml").write_text("[library]\npost = true\n")
    library = load_settings(tmp_path / "paperlark.toml").library
    assert (library.folder, library.is_posted) == (None, True)


def test_a_library_setting_that_is_wrong_is_told_with_what_is_allowed(tmp_path):
    (tmp_path / "paperlark.toml").write_text('[library]\nweekday = "someday"\nfolders = "x"\n')
    with pytest.raises(SettingsError, match=r"library\.weekday = 'someday'") as told:
        load_settings(tmp_path / "paperlark.toml")
    assert "did you mean folder" in str(told.value)


def test_an_empty_variable_is_an_unset_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [field.alias or f"PAPERLARK_{name.upper()}" for name, field in Settings.model_fields.items()]
    for name in (*names, "PAPERLARK_TIMING__SETTLE_S", "PAPERLARK_LLM__MODEL"):
        monkeypatch.setenv(name, "")
    loaded = load_settings()
    assert loaded.openai_base_url == "https://api.openai.com/v1"
    assert loaded.scorer_in_force == "local"
    assert (loaded.timing.settle_s, loaded.llm.model) == (60.0, "gpt-4o-mini")
