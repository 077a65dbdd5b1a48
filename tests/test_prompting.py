"""bot.prompting: prompts with variables."""

import pytest

from bot.errors import PromptError
from bot.prompting import Prompt, load_prompt


def test_a_prompt_knows_its_variables():
    assert Prompt("p", "$topics and ${papers}, for $$5").variables == {"topics", "papers"}


def test_rendering_fills_every_variable():
    assert Prompt("p", "${a}b $c costs $$5").render({"a": "1", "c": "2"}) == "1b 2 costs $5"


def test_dollar_signs_in_values_stay_text():
    """An abstract may say $x$ or $topics; neither is a variable."""
    prompt = Prompt("p", "$papers | $topics")
    rendered = prompt.render({"papers": r"cost $x$, $topics, $$5, ${papers}, \1", "topics": "T"})
    assert rendered == r"cost $x$, $topics, $$5, ${papers}, \1 | T"


def test_a_missing_value_is_named():
    with pytest.raises(PromptError, match=r"'score': no value for \$papers, \$topics"):
        Prompt("score", "$topics $papers $x").render({"x": ""})


def test_a_value_nobody_uses_is_named():
    with pytest.raises(PromptError, match=r"'score' does not use \$papers"):
        Prompt("score", "$topics").render({"topics": "", "papers": ""})


@pytest.mark.parametrize("text", ["one\ncosts $5", "one\na lone $", "one\n${not closed", "one\n$ x"])
def test_a_stray_dollar_sign_is_found_with_its_line(text):
    with pytest.raises(PromptError, match=r"prompt 'p', line 2: .*\$\$"):
        Prompt("p", text)


def test_a_folder_overrides_what_is_shipped(tmp_path):
    (tmp_path / "topics.example.md").write_text("mine: $x é", encoding="utf-8")
    assert load_prompt("topics.example", tmp_path).render({"x": "1"}) == "mine: 1 é"


def test_what_the_folder_lacks_is_shipped(tmp_path):
    assert load_prompt("topics.example", tmp_path) == load_prompt("topics.example")
    assert "Relevant:" in load_prompt("topics.example").text


def test_an_unknown_prompt_lists_the_known_ones(tmp_path):
    with pytest.raises(PromptError, match=r"no prompt 'nonsense'; there are: .*topics\.example"):
        load_prompt("nonsense", tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", "Score", "a/b", "..", "a..b"])
def test_a_name_cannot_leave_the_folder(name, tmp_path):
    with pytest.raises(PromptError, match="no prompt's name"):
        load_prompt(name, tmp_path)


def test_a_prompt_that_is_no_text_is_an_error(tmp_path):
    (tmp_path / "score.md").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(PromptError, match=r"score\.md cannot be read"):
        load_prompt("score", tmp_path)
