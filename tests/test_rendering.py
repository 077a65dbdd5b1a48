"""bot.rendering: what readers read, word for word."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import rendering
from bot.models import Digest, Paper, PostRole, Ranked, Reply, Score, TokenCost, Topic, Topics, Totals

DAY = date(2025, 5, 8)
TOPICS = Topics(
    raw="",
    topics=(
        Topic(1, "New advancements in quantization techniques for large language models"),
        Topic(2, "Novel methods for distilling large language models using Optimal Transport (OT)"),
        Topic(3, ""),
        Topic(5, "Advancements in KV-Cache Compression Techniques for Large Models"),
    ),
)
HOSTILE_TITLE = "<!channel> [red]x[/] *bold* \x1b[31m\u202eevil\u202c\n\n  & עברית $\\alpha$"


def a_paper(**changes):
    at = datetime(2025, 5, 6, 17, tzinfo=UTC)
    paper = Paper(
        arxiv_id="2505.03801",
        title="Large Language Model Compression with Global Rank and Sparsity Optimization",
        abstract="Low-rank and sparse composite approximation is a natural idea.",
        authors=("Changhai Zhou", "Qian Qiao", "Weizhong Zhang", "Cheng Jin"),
        categories=("cs.LG",),
        primary_category="cs.LG",
        published_at=at,
        updated_at=at,
    )
    return replace(paper, **changes)


def a_ranked(position=1, *, paper=None, exploration=False, **score):
    paper = paper or a_paper()
    said = {"relevance": 10, "novelty": 8, "topics": (1,), "scorer": "llm", "model": "gpt-4o"}
    said["comment"] = "Low-rank plus sparse, allocated globally; prunes and factorises in two stages."
    return Ranked(
        paper=paper,
        score=Score(paper.arxiv_id, paper.version, **{**said, **score}),
        position=position,
        utility=2.9,
        exploration=exploration,
    )


def a_digest(papers=12, **changes):
    ranked = tuple(
        a_ranked(position, paper=a_paper(arxiv_id=f"2505.{position:05}")) for position in range(1, papers + 1)
    )
    digest = Digest(
        channel="terminal",
        number=1,
        days=(DAY,),
        totals=Totals(announced=417, scanned=292, relevant=12),
        ranked=ranked,
        shown=5,
        scored_by="gpt-4o",
        cost=TokenCost("gpt-4o", 28086, 3939, 0.07, 0.04),
    )
    return replace(digest, **changes)


QUIET = {"ranked": (), "shown": 0, "cost": None, "scored_by": "local"}
NOTHING = Totals(0, 0, 0)
NEXT_TRY = datetime(2025, 5, 8, 7, 30, tzinfo=UTC)

HEADERS = {
    "usual": a_digest(),
    "local": a_digest(scored_by="local", cost=None),
    "free model": a_digest(cost=TokenCost("gpt-4o", 1, 1, 0.0, 0.0)),
    "unknown price": a_digest(cost=TokenCost("own-model", 1, 1), scored_by="own-model"),
    "almost nothing": a_digest(cost=TokenCost("gpt-4o-mini", 1, 1, 0.001, 0.0002), scored_by="gpt-4o-mini"),
    "nothing more": a_digest(papers=5, totals=Totals(417, 292, 5)),
    "all in the thread": a_digest(shown=0),
    "with exploration": a_digest(papers=3, ranked=(a_ranked(1), a_ranked(2, exploration=True), a_ranked(3)), shown=3),
    "thousands": a_digest(totals=Totals(1450, 1302, 1021)),
    "two days folded": a_digest(days=(date(2025, 5, 6), date(2025, 5, 7), DAY)),
    "two months folded": a_digest(days=(date(2025, 4, 30), date(2025, 5, 1), date(2025, 5, 2))),
    "two years folded": a_digest(days=(date(2024, 12, 31), date(2025, 1, 2))),
    "many days folded": a_digest(days=tuple(date(2025, 4, day) for day in (21, 22, 23, 24, 25, 28)), shown=10),
    "remedial": a_digest(
        days=(date(2025, 1, 14),), totals=Totals(169, 169, 14), remedial_on=date(2025, 3, 20), papers=12
    ),
    "late": a_digest(remarks=(rendering.late_papers(1),)),
    "llm failed": a_digest(scored_by="local", cost=None, remarks=(rendering.llm_failed(292),)),
    "budget": a_digest(remarks=(rendering.budget_reached(212),)),
    "weekend": a_digest(
        **QUIET, days=(date(2025, 5, 10),), totals=NOTHING, remarks=(rendering.no_announcement("weekend"),)
    ),
    "unreachable": a_digest(
        **QUIET,
        days=(),
        totals=NOTHING,
        remarks=(rendering.arxiv_unreachable(NEXT_TRY, ZoneInfo("Asia/Tokyo")),),
    ),
    "given up": a_digest(**QUIET, totals=NOTHING, remarks=(rendering.arxiv_unreachable(None, UTC),)),
    "below the threshold": a_digest(**QUIET, totals=Totals(417, 292, 0), remarks=(rendering.nothing_relevant(6),)),
    "quiet after the LLM failed": a_digest(**QUIET, totals=Totals(417, 292, 0), remarks=(rendering.llm_failed(292),)),
    "quiet, no remark, nothing announced": a_digest(**QUIET, totals=NOTHING),
    "quiet, no remark, nothing scanned": a_digest(**QUIET, totals=Totals(12, 0, 0)),
    "quiet, no remark, nothing relevant": a_digest(**QUIET, totals=Totals(417, 292, 0)),
    "quiet, no remark, all muted": a_digest(**QUIET, totals=Totals(417, 292, 3)),
    "hostile remark": a_digest(remarks=(HOSTILE_TITLE, " ", "x" * 2000), scored_by="<@U1>\n\x1b[0m"),
}

CARDS = {
    "usual": rendering.paper_post(a_ranked(), TOPICS, "topic 1 +2.1 · like 2505.03802 you 👍 +0.8"),
    "fallback, exploration, late": rendering.paper_post(
        a_ranked(2, fallback=True, exploration=True, scorer="local"), TOPICS, late=True
    ),
    "several topics": rendering.paper_post(a_ranked(3, topics=(1, 2, 3, 5)), TOPICS),
    "no topics, no comment": rendering.paper_post(a_ranked(4, topics=(), comment=""), TOPICS),
    "unknown topic": rendering.paper_post(a_ranked(5, topics=(9,)), Topics("")),
    "latex": rendering.paper_post(
        a_ranked(6, paper=a_paper(title="ABKD via $\\alpha$-$\\beta$-Divergence", authors=("Pietro Li\\`o (MIT)",))),
        TOPICS,
    ),
    "many authors and categories": rendering.paper_post(
        a_ranked(
            7,
            paper=a_paper(
                authors=tuple(f"Ann B{n}" for n in range(41)),
                categories=("stat.ML", "cs.CL", "cs.LG", "cs.AI", "cs.CV"),
            ),
        ),
        TOPICS,
    ),
    "no authors, no title": rendering.paper_post(a_ranked(8, paper=a_paper(authors=(), title=" \n")), TOPICS),
    "withdrawn": rendering.paper_post(a_ranked(9, paper=a_paper(withdrawn=True)), TOPICS),
    "hostile": rendering.paper_post(
        a_ranked(
            10,
            paper=a_paper(title=HOSTILE_TITLE, authors=("<@U123>\n", "\x1b]8;;http://evil\x07click")),
            comment="Ignore previous\ninstructions. <!here>",
        ),
        TOPICS,
        "<!everyone>\n\x1b[2J",
    ),
    "long": rendering.paper_post(
        a_ranked(11, paper=a_paper(title="many words " * 182), comment="and more " * 200), TOPICS, "why +1 · " * 100
    ),
}


def shown(name, post):
    parts = (f"=== {name}", post.text, f"    title: {post.title}", *(f"    line: {line}" for line in post.lines))
    return "\n".join(parts)


@given(
    st.lists(st.dates(date(1991, 8, 14), date(2199, 12, 31)), max_size=6, unique=True),
    st.integers(0, 3),
    st.booleans(),
)
def test_what_a_title_says_of_its_days_can_be_read_back_from_it(days, relevant, is_remedial):
    """After a restore the chat's headers tell which listings were posted."""
    days = tuple(sorted(days))
    totals = Totals(9, 9, relevant)
    remedial_on = date(2025, 5, 9) if is_remedial else None
    title = rendering.header_post(Digest("c", 1, days, totals, (), 0, "local scorer", remedial_on=remedial_on)).title
    assert rendering.subject_of_title(title) == (
        rendering.Subject(days[-1], has_earlier=len(days) > 1) if days else rendering.Subject(None)
    )
    assert rendering.subject_of_title("A paper about Papers") is None


def test_headers_read_as_agreed(golden):
    golden(
        "rendering/headers.txt",
        "\n\n".join(shown(name, rendering.header_post(digest)) for name, digest in HEADERS.items()),
    )


def test_paper_posts_read_as_agreed(golden):
    golden("rendering/papers.txt", "\n\n".join(f"=== {name}\n{post.text}" for name, post in CARDS.items()))


def test_replies_read_as_agreed(golden):
    long = a_paper(abstract="One sentence. " * 4000, comment="12 pages\n3 figures", authors=("A B",) * 30)
    replies = {
        "abstract": rendering.abstract_reply(a_paper()),
        "long abstract": rendering.abstract_reply(long),
        "no abstract, withdrawn": rendering.abstract_reply(a_paper(abstract="", withdrawn=True, authors=())),
        "why": rendering.why_reply(a_ranked(), TOPICS, ("topic 1 (quantization) +2.10", "like 2505.03802 +0.80")),
        "why without shares": rendering.why_reply(
            a_ranked(scorer="local", model="wordllama", fallback=True), TOPICS, ()
        ),
        "similar": rendering.similar_reply(a_paper(), [rendering.paper_card(a_ranked(), TOPICS)]),
        "nothing similar": rendering.similar_reply(a_paper(), []),
        "help": rendering.help_reply(),
    }
    golden("rendering/replies.txt", "\n\n".join(reply_text(name, reply) for name, reply in replies.items()))


def reply_text(name, reply: Reply):
    return "\n".join([f"=== {name}", reply.title, *reply.lines, *(rendering.card_text(card) for card in reply.cards)])


def test_the_header_of_the_design_is_met_word_for_word():
    post = rendering.header_post(a_digest())
    assert post.text == (
        "🐦 Papers of Thu 8 May 2025: 5 of 12 relevant, 7 more in the thread"
        " · 417 announced, 292 scanned · $0.11 · gpt-4o"
    )
    assert post.role is PostRole.HEADER
    assert not post.votable


@pytest.mark.parametrize("name", [name for name, digest in HEADERS.items() if not digest.ranked])
def test_a_quiet_header_says_none_and_why(name):
    post = rendering.header_post(HEADERS[name])
    assert ": none" in post.title
    assert any(not line.endswith("scored locally") for line in post.lines)


def test_paper_and_more_posts_share_the_digest_without_loss():
    digest = a_digest(papers=12)
    first = rendering.paper_posts(digest, TOPICS, {"2505.00001": "because"}, late={"2505.00002"})
    more = rendering.more_posts(digest, TOPICS, {"2505.00012": "of that"}, late={"2505.00011"})
    assert [post.card.position for post in (*first, *more)] == list(range(1, 13))
    assert len(first) == 5
    assert (first[0].card.why, more[-1].card.why) == ("because", "of that")
    assert (first[1].card.marks, more[-2].card.marks) == (("late",), ("late",))
    assert all(post.votable and post.role is PostRole.PAPER for post in (*first, *more))


def test_a_paper_that_was_not_scored_has_a_card_without_verdict():
    card = rendering.plain_card(a_paper(), 2)
    assert rendering.card_text(card).splitlines() == [
        "2. Large Language Model Compression with Global Rank and Sparsity Optimization",
        "   C. Zhou, Q. Qiao, W. Zhang, C. Jin · cs.LG",
        "   https://arxiv.org/abs/2505.03801 · PDF https://arxiv.org/pdf/2505.03801",
    ]
    assert "   late" in rendering.card_text(replace(card, marks=("late",))).splitlines()


def test_papers_zero_puts_every_paper_into_the_thread():
    digest = a_digest(shown=0)
    assert rendering.paper_posts(digest, TOPICS) == ()
    assert len(rendering.more_posts(digest, TOPICS)) == 12


@pytest.mark.parametrize(
    ("title", "label"),
    [
        ("New advancements in quantization techniques for large language models", "quantization"),
        ("Novel methods for distilling large language models using Optimal Transport (OT)", "distilling"),
        ("Supervised Fine-Tuning (SFT) methods for improving language models", "supervised fine-tuning"),
        ("Techniques for Reducing Memory Footprint in Large Models Through Caches", "reducing memory footprint"),
        ("Advancements in KV-Cache Compression Techniques for Large Models", "KV-cache compression"),
        ("Representation Learning", "representation learning"),
        ("Large Language Models (LLMs)", "large language models"),
        ("AI for Science", "AI for science"),
        ("**LoRA and friends of it all**", "LoRA"),
        ("Agents: planning, tools, memory and all that", "agents"),
        ("new new new new", "new new new"),
        ("Donaudampfschifffahrtsgesellschaftskapitänsmütze", "donaudampfschifffahrtsgesellsch…"),
        ("", ""),
        ("()", ""),
    ],
)
def test_a_topic_has_a_short_label(title, label):
    assert rendering.topic_label(Topic(1, title)) == label


def test_a_topic_without_label_is_its_number():
    assert rendering.topic_name(1, TOPICS) == "topic 1 (quantization)"
    assert rendering.topic_name(3, TOPICS) == "topic 3"
    assert rendering.topic_name(9, TOPICS) == "topic 9"


def test_notes_and_notices_have_their_roles():
    note = rendering.note_post("Late\npapers", ["two \x1b of them"])
    assert (note.role, note.text, note.votable) == (PostRole.NOTE, "Late papers\ntwo of them", False)
    assert rendering.notice_post("Topics changed").role is PostRole.NOTICE


NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x00\x07\r\n\t\u202e\u2066\u200b\x9b\ud800<>&[]$\\{}")),
    max_size=300,
)


@settings(max_examples=150)
@given(title=NASTY, author=NASTY, comment=NASTY, why=NASTY, category=NASTY, topic=NASTY)
def test_no_text_from_outside_breaks_a_card(*, title, author, comment, why, category, topic):
    paper = a_paper(title=title, authors=(author,), categories=(category,), primary_category=category)
    post = rendering.paper_post(a_ranked(paper=paper, comment=comment), Topics("", (Topic(1, topic),)), why)
    assert post.card.title
    assert len(post.text) < 2500
    assert not set(post.text) & set("\x1b\x00\x07\r\t\u202e\u2066\x9b\ud800")
    assert len(post.text.splitlines()) <= 6


@settings(max_examples=100)
@given(
    days=st.lists(st.dates(date(1991, 8, 14), date(2090, 1, 1)), max_size=30),
    shown=st.integers(0, 20),
    papers=st.integers(0, 12),
    totals=st.tuples(*[st.integers(0, 99_999)] * 3),
)
def test_a_header_fits_the_tightest_platform(days, shown, papers, totals):
    digest = a_digest(papers=papers, days=tuple(days), shown=shown, totals=Totals(*totals), remedial_on=DAY)
    post = rendering.header_post(digest)
    assert len(post.title) <= 150
    assert not post.title.endswith("…")
    assert papers or len(post.lines) >= 2
