"""bot.topics.parse: every way people write a topics file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Topic, Topics
from bot.topics import parse_topics, query_text, render_understood
from tests.seeds import finding

WANTED, UNWANTED = "wantedword", "unwantedword"


def understood(text):
    """(title, relevant, not relevant) of each topic."""
    return [(topic.title, topic.relevant, topic.not_relevant) for topic in parse_topics(text).topics]


@pytest.mark.parametrize(
    "text",
    [
        "1. A\n   - Relevant: x\n   - Not relevant: y\n2. B",
        " 1. A\n\t - Relevant: x\n\t - Not relevant: y\n 2. B",
        "1. A\n- Relevant: x\n- Irrelevant: y\n2. B",
        "1. A\n\t- Relevant: x\n\t- Not Relevant: y\n\t2. B",
        "1) A\n   * Keep: x\n   * Filter: y\n2) B",
        "(1) A\n   + Include: x\n   + Exclude: y\n(2) B",
        "[1] A\n   • Relevant: x\n   • Not relevant: y\n[2] B",
        "1. **A**\n   - **Relevant**: x\n   - **Not relevant:** y\n2. **B**",
        "1. __A__:\n   - *Relevant*: x\n   - *Irrelevant*: y\n2. B:",
        "**1. A**\n- Relevant: x\n- Not relevant: y\n\n**2. B**",
        "### 1. A\n- Relevant: x\n- Not relevant: y\n\n### 2. B",
        "# 1. A\n- Relevant: x\n- Not relevant: y\n# 2. B\n",
        "Topic 1: A\nRelevant: x\nNot relevant: y\nTopic 2: B",
        "- 1. A\n  - Relevant: x\n  - Not relevant: y\n- 2. B",
        "1 - A\n  - Relevant: x\n  - Not relevant: y\n2 - B",
        "1. A - Relevant: x; Not relevant: y\n2. B",
        "１．A\n   - Relevant： x\n   - Not relevant： y\n２．B",
        "1、A\n– Relevant: x\n– Not relevant: y\n2、B",
        "5. A\n   - Relevant: x\n   - Not relevant: y\n17. B",
        "1. A\n\n   - Relevant: x\n\n   - Not relevant: y\n\n\n2. B\n\n",
        "1. A\r\n   - Relevant: x\r\n   - Not relevant: y\r\n2. B\r\n",
        "\ufeff1. A\r   - Relevant: x\r   - Not relevant: y\r2. B",
        "> 1. A\n>    - Relevant: x\n>    - Not relevant: y\n> 2. B",
        "```markdown\n1. A\n   - Relevant: x\n   - Not relevant: y\n2. B\n```",
        "# my topics\n#no blank\n1. A\n# - Relevant: old\n   - Relevant: x\n   - Not relevant: y\n# 2. Commented out\n2. B",
        "<!-- 1. Old\n - Relevant: z -->\n1. A\n   - Relevant: x\n   - Not relevant: y\n2. B",
        "## A\n- Relevant: x\n- Not relevant: y\n## B\n- Relevant: NA",
        "# A\n- Relevant: x\n- Not relevant: y\n# B\n- Relevant: none",
        "* A\n  * Relevant: x\n  * Not relevant: y\n* B",
        "My interests:\n- A\n  - Relevant: x\n  - Not relevant: y\n- B",
        "- [ ] A\n  - Relevant: x\n  - Not relevant: y\n- [x] B",
        "**A**\n- Relevant: x\n- Not relevant: y\n\n**B**\n- Not relevant: n/a",
        "A\n- Relevant: x\n- Not relevant: y\nB\n- Relevant:",
        "1. A\n   - Relevant:\n      - x\n   - Not relevant:\n      - y\n2. B",
        "1. A\n- Relevant:\n- x\n- Not relevant:\n- y\n2. B",
        "1. A\nx\n- Not relevant: y\n2. B",
        "1. A\n\nx\n\n- Not relevant: y\n\n2. B",
        "1. **A**: x\n   - Not relevant: y\n2. **B**",
        "## Group\n1. A\n   - Relevant: x\n   - Not relevant: y\n## Other group\n2. B",
    ],
)
def test_each_form_gives_the_same_two_topics(text):
    assert understood(text) == [("A", "x", "y"), ("B", "", "")]


@pytest.mark.parametrize(
    "text",
    [
        "kv cache\nmoe\ndecoding",
        "1. kv cache\n2. moe\n3. decoding",
        "- kv cache\n- moe\n- decoding",
        "* kv cache\n• moe\n– decoding",
    ],
)
def test_topics_of_one_line_each(text):
    assert understood(text) == [("kv cache", "", ""), ("moe", "", ""), ("decoding", "", "")]


@pytest.mark.parametrize("nothing", ["", " NA", " n/a", " N.A.", " none", " -", " …"])
def test_an_empty_part_is_no_part(nothing):
    assert understood(f"1. A\n - Relevant: x\n - not relevant :{nothing}\n2. B") == [("A", "x", ""), ("B", "", "")]


def test_lines_go_on_where_they_are_wrapped():
    text = "1. A\n   - Relevant: one\n     two\n   - Not relevant: three\n     four\n2. B"
    assert understood(text) == [("A", "one two", "three four"), ("B", "", "")]


def test_numbered_steps_inside_of_a_topic_are_no_topics():
    text = "1. A\n   - Relevant:\n     1. one\n     2. two\n   - Not relevant: three\n2. B"
    assert understood(text) == [("A", "one two", "three"), ("B", "", "")]


def test_a_point_beside_the_unwanted_is_wanted_again():
    assert understood("1. A\n - Not relevant: y\n - also x") == [("A", "also x", "y")]


def test_a_rubric_is_no_topic():
    text = "## Scoring Criteria\n- Relevance 9-10 (Fully)\n  - Focus: z\n1. step\n## Relevant Topics\n1. A\n## Output format\n1. JSON"
    assert understood(text) == [("A", "", "")]


@pytest.mark.parametrize(
    ("text", "taste"),
    [
        ("1. A\n\n I like theory. I also like\n tricks.", ("I like theory.", "I also like tricks.")),
        ("I study physics. I like e.g. J. Bell's work.\n\n1. A", ("I study physics.", "I like e.g. J. Bell's work.")),
        (
            "1. A\n   - Relevant: x\nYour friend likes theory.\nHe hates surveys.",
            ("Your friend likes theory.", "He hates surveys."),
        ),
        ("1. A\n2. B\n\nSurprising results are welcome.", ("Surprising results are welcome.",)),
        (
            "1. A\n\nHe does not want:\n- surveys\n- benchmarks",
            ("He does not want: surveys", "He does not want: benchmarks"),
        ),
        (
            "1. A\n## Topics to avoid\n- surveys\nbenchmarks",
            ("Topics to avoid: surveys", "Topics to avoid: benchmarks"),
        ),
        ("1. A\n## About me\nI read slowly.", ("I read slowly.",)),
        ("I like theory. 我喜欢理论。我不喜欢综述。", ("I like theory.", "我喜欢理论。", "我不喜欢综述。")),
        ("You are a helpful assistant. I like theory.", ("I like theory.",)),
    ],
)
def test_prose_around_the_topics_is_taste(text, taste):
    assert parse_topics(text).taste == taste


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        (
            "1. A\n\n**Keywords:**\n\n- Relevant: a (b, c), d/e, etc.\n- Irrelevant: f.\n- Application: g",
            {"relevant": ("a (b, c)", "d/e"), "irrelevant": ("f",), "application": ("g",)},
        ),
        ("1. A\nKeywords: a, b; c", {"relevant": ("a", "b", "c")}),
        ("## Keywords\n- a\n- b\n\n1. A", {"relevant": ("a", "b")}),
        ("Keywords:\nKeep: a\nFilter: b, a, b", {"relevant": ("a",), "irrelevant": ("b", "a")}),
        ("## Keywords\n- Relevant:\n  - a\n  - b\n- Methods:\n  - c", {"relevant": ("a", "b"), "methods": ("c",)}),
        ("## Irrelevant keywords\na, b", {"irrelevant": ("a", "b")}),
        ("1. A\n   - Keywords: a, b", {}),
    ],
)
def test_keyword_lists(text, keywords):
    assert parse_topics(text).keywords == keywords


def test_topics_are_counted_whatever_their_numbers():
    topics = parse_topics("5. A\n5. B\n12. C")
    assert [topic.number for topic in topics.topics] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("", "The file is empty"),
        ("\n \t\n", "The file is empty"),
        ("# only a comment", "No topics were found"),
        ("I like theory.", "only prose"),
        ("Keywords: a, b", "keywords but no topics"),
        ("5. A\n5. B", "The number 5 stands before more than one topic"),
        ("1. A\n - Not relevant: x", "Topic 1 (A) says only what is not relevant"),
        ("1. A\n - Relevant: x\n - Not relevant: x", "the same text"),
        (
            "1. KV-cache compression for LLMs\n2. kv cache compression for LLMs",
            "Topics 1 and 2 have nearly the same title",
        ),
        ("1.\n2. B", "In one place a topic begins but says nothing"),
        ("Relevant: x\nNot relevant: y", "Topic 1 has no title"),
        ("1. A\n - Relevant: " + "x " * 2000, "Topic 1 is very long"),
        ("1. A\n" + "word " * 5000, "The file is very long (25,005 characters)"),
        ("\n".join(f"{n}. topic{n}" for n in range(1, 60)), "59 topics are many"),
        ("x" * 300_000, "far too long"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "This is no plain text"),
        ("\x00\x01\x02\x03 binary as text", "This is no plain text"),
        ("1. Modèles".encode("latin-1"), "not UTF-8"),
    ],
)
def test_what_looks_wrong_is_said(text, warning):
    assert any(warning in said for said in parse_topics(text).warnings)


@pytest.mark.parametrize(
    "text", ["1. A", "kv cache\nmoe", "1. A\n - Relevant: x\n - Not relevant: y\n\nI like z.\n\nKeywords: a"]
)
def test_a_sound_file_has_no_warnings(text):
    assert parse_topics(text).warnings == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_bytes_are_read_in_any_usual_encoding(encoding):
    topics = parse_topics("1. Modèles\n   - Relevant: “bits”".encode(encoding))
    assert topics.topics == (Topic(1, "Modèles", "“bits”"),)


def test_binary_content_is_empty_and_warned_about_once():
    topics = parse_topics(bytes(5_000_000))
    assert topics == Topics("", warnings=topics.warnings)
    assert len(topics.warnings) == 1


def form(*, number, bold, bullet, yes, no, gap):
    """A topic in one of many forms."""
    title = f"{bold}{WANTED} topic{number}{bold}"
    return f"{number}. {title}{gap}\n   {bullet} {bold}{yes}{bold}: {WANTED} x{gap}\n   {bullet} {bold}{no}{bold}: {UNWANTED} y\n     and {UNWANTED}\n"


FORMS = st.builds(
    form,
    number=st.integers(1, 99),
    bold=st.sampled_from(["", "**"]),
    bullet=st.sampled_from("-*+•"),
    yes=st.sampled_from(["Relevant", "Keep", "relevant ", "RELEVANT", "Include", "Interested in"]),
    no=st.sampled_from(
        [
            "Not relevant",
            "Irrelevant",
            "not relevant ",
            "NOT RELEVANT",
            "Filter",
            "Filter out",
            "Exclude",
            "Not interested in",
            "Avoid",
        ]
    ),
    gap=st.sampled_from(["", "\n"]),
)
ENDS = st.sampled_from(
    [
        "",
        f"\nHe does not want {UNWANTED}.",
        f"\nI like {WANTED}, but not {UNWANTED}.",
        f"\n**Keywords:**\n- Relevant: {WANTED}\n- Irrelevant: {UNWANTED}\n- Application: {UNWANTED}",
        f"\n## Not relevant topics\n1. {UNWANTED}\n2. {UNWANTED}\n- {UNWANTED}\n{UNWANTED}",
        f"\nI do not want:\n- {UNWANTED}\n- {UNWANTED}",
        f"\nPlease avoid {UNWANTED}. Please skip {UNWANTED}.",
        f"\n**Not relevant:** {UNWANTED}",
    ]
)


@given(st.lists(FORMS, min_size=1, max_size=5), ENDS)
def test_what_is_not_wanted_is_never_asked_for(forms, end):
    topics = parse_topics("".join(forms) + end)
    assert len(topics.topics) == len(forms)
    assert query_text(topics).count(WANTED) >= 2 * len(forms)
    assert UNWANTED not in query_text(topics)


LINES = st.sampled_from(
    [
        *"1-*#>",
        "",
        "   ",
        "1. A",
        "\t- Relevant: x",
        "- Not relevant:",
        "## H",
        "**B**",
        "Keywords: a",
        "**Keywords:**",
        "I like y.",
        "He hates:",
        "[ ] z",
        "```",
        "---",
        "<!--",
        "-->",
        "(2) C",
        "# Paper Selection Prompt",
        "## Relevant Topics",
        "## Topics to avoid",
        "Not relevant",
        "\x0b",
        "\u2028",
        "\ud800",
        "：",
    ]
)


@given(
    st.one_of(
        st.lists(LINES, max_size=25).map("\n".join), st.text(st.characters(), max_size=200), st.binary(max_size=200)
    )
)
def test_nothing_makes_it_fail(text):
    topics = parse_topics(text)
    assert [topic.number for topic in topics.topics] == list(range(1, len(topics.topics) + 1))
    assert all(topic.text.strip() for topic in topics.topics)
    assert isinstance(query_text(topics), str)
    assert render_understood(topics).endswith("\n")


@pytest.mark.parametrize(
    "unit",
    [
        "1. a\n",
        "a ",
        "- ",
        "#",
        "**",
        "<!--",
        ">",
        "\n",
        "Relevant: ",
        "Keywords: a, ",
        "(",
        "I like it. ",
        "but not ",
        "1",
        "[ ] ",
        "x\n\nI like y.\n",
        "\t",
        "`",
        "1. T\n   - Relevant: x\n   - Not relevant: q\n",
    ],
)
def test_five_megabytes_of_anything_end(unit):
    topics = parse_topics("# x" + unit * (5_000_000 // len(unit)))
    assert topics.warnings
    assert len(render_understood(topics)) < 5_000_000


def test_prose_below_a_topics_title_is_that_topics():
    text = """\
1. Papers about warm nests.
I am interested in papers that heat straw.
I do not want to see simple applications of boxes.

2. Songs
We like low precision. We do not care about whistles.

In suggesting papers to your friend, remember that he likes theory.
"""
    topics = parse_topics(text)
    assert [(one.relevant, one.not_relevant) for one in topics.topics] == [
        ("I am interested in papers that heat straw.", "I do not want to see simple applications of boxes."),
        ("We like low precision.", "We do not care about whistles."),
    ]
    assert topics.taste == ("In suggesting papers to your friend, remember that he likes theory.",)


def test_keywords_inside_a_topic_stay_in_it():
    text = """\
1. Nests
   - Relevant:
   New nest layouts.
2. Lark agents
   - Relevant:
   Papers on larks that plan.
   Keywords: lark agent, embodied lark.
   - Not Relevant:
   Traditional cages.
"""
    for content in (text.encode(), finding("keywords-inside-topic.txt")):
        topics = parse_topics(content)
        assert len(topics.topics) == 2
        assert "Keywords: lark agent" in topics.topics[1].relevant
        assert "Traditional cages" in topics.topics[1].not_relevant
        assert topics.keywords == {}


def test_not_with_a_colon_is_an_exclusion():
    topics = parse_topics("1. Larks\n   not: robots\n2. Nests. not: boxes\n")
    assert [(one.title, one.not_relevant) for one in topics.topics] == [("Larks", "robots"), ("Nests", "boxes")]


def test_points_counted_anew_behind_the_topics_are_no_topics():
    text = (
        "1. Nests\n2. Songs\n\nWhen recommending papers, special attention should be paid to: \n1. new ideas\n2. code\n"
    )
    assert [one.title for one in parse_topics(text).topics] == ["Nests", "Songs"]


def test_categories_are_said_to_be_no_topics():
    assert any("a category of arXiv is no topic" in one for one in parse_topics("cs.CL\ncs.LG\n").warnings)
