"""Commands about one paper: abstract, why, similar, like, dislike, save, share; and the list of what was saved."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.arxiv_id import find_id
from bot.errors import SourceError
from bot.models import (
    DISLIKE,
    LIKE,
    SAVE,
    Attachment,
    Button,
    FeedbackEvent,
    Intent,
    Paper,
    PersonalVote,
    PostKey,
    PostRole,
    PostState,
    Reply,
    VoteSource,
)
from bot.ports import KnowsMembers
from bot.ranking.explain import why_in_full
from bot.ranking.rewards import canonical
from bot.rendering import CARD_BUTTONS, abstract_reply, bibtex, plain_card, plain_post, similar_reply, why_reply
from bot.text import cut, one_line, readable
from handlers.archive import vectors_of
from handlers.ask import fetched
from handlers.commands.channel import CommandContext
from handlers.commands.fair_use import outsider, stranger
from handlers.commands.privacy import counted
from handlers.environment import Environment
from handlers.morning.delivery import DeliveryPaused, send
from handlers.standing import topics_of

logger = logging.getLogger(__name__)

_SIMILAR = 5
_SAVED_PAGE = 10
_LONGEST_TITLE = 120
_LONGEST_NAME = 60

About = Callable[[Environment, CommandContext, Paper], Awaitable[Reply]]
Answered = Callable[[Environment, CommandContext], Awaitable[Reply]]


def _about_paper(answer: About) -> Callable[[Environment, CommandContext], Awaitable[Reply]]:
    """Look up the paper a request names, in the archive and else at the source, before it is answered."""

    async def looked_up(env: Environment, context: CommandContext) -> Reply:
        request = context.request
        wanted = request.arxiv_id or find_id(request.argument.strip())
        if not wanted:
            return Reply(f"Which paper? Write {request.name} and its arXiv id, such as {request.name} 2505.03801.")
        try:
            paper = (await fetched(env, [wanted])).get(wanted)
        except (SourceError, TimeoutError) as error:
            logger.warning("%s could not be read: %s", wanted, error)
            return Reply(f"I do not have {wanted} yet, and arXiv does not answer now. Try again in a few minutes.")
        return await answer(env, context, paper) if paper else Reply(f"arXiv has no paper {wanted}.")

    return looked_up


def _of_readers(answer: Answered) -> Answered:
    """Count a vote only of somebody who can see the channel."""

    async def looked_at(env: Environment, context: CommandContext) -> Reply:
        return await stranger(env, context) or await answer(env, context)

    return looked_at


@_about_paper
async def abstract(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """The paper's abstract."""
    del env, context
    return abstract_reply(paper)


@_about_paper
async def why(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """Why a posted paper stands where it does."""
    ranked = await env.store.ledger.shown(context.channel, paper.arxiv_id)
    if ranked is None:
        return Reply(f"{paper.arxiv_id} was not posted in {context.channel}, so it has no place to explain.")
    return why_reply(ranked, await topics_of(env, context.channel), why_in_full(ranked))


@_about_paper
async def similar(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """The archive's nearest papers by embedding."""
    del context
    vector = (await vectors_of(env, [paper]))[0]
    found = await env.store.search.nearest(vector, env.embedder.name, _SIMILAR + 1)
    nearest = [other for other in found if other.arxiv_id != paper.arxiv_id][:_SIMILAR]
    reply = similar_reply(paper, [plain_card(one, position) for position, one in enumerate(nearest, start=1)])
    return replace(reply, card_buttons=CARD_BUTTONS if nearest else ())


@counted
@_of_readers
@_about_paper
async def like(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """👍 by command: the same feedback as a reaction, without an impression."""
    await _vote(env, context, paper, LIKE, instead_of=DISLIKE)
    return _done(context, paper, "Liked", "unvote")


@counted
@_of_readers
@_about_paper
async def dislike(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """👎 by command."""
    await _vote(env, context, paper, DISLIKE, instead_of=LIKE)
    return _done(context, paper, "Disliked", "unvote")


@_about_paper
async def unvote(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """Take back what was said by command; reactions are taken back where they stand."""
    by_command, on_posts = await _standing(env, context, paper, {LIKE, DISLIKE})
    for emoji in by_command:
        await _record(env, context, paper, emoji, added=False)
    if by_command:
        return Reply(f"Taken back: {_title(paper)}", context.aside)
    if on_posts:
        return Reply("You voted on its post: take the reaction back there.", (_title(paper),))
    return Reply(f"There is no vote of yours on {_title(paper)}", context.aside)


@counted
@_of_readers
@_about_paper
async def save(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """Put a paper on the reader's own list: the same as a 🔖 reaction."""
    await _vote(env, context, paper, SAVE)
    return Reply(
        f"Saved: {_title(paper)}",
        context.aside,
        buttons=(Button("Your list", "saved"), Button("Take off", "unsave", arxiv_id=paper.arxiv_id)),
    )


@_about_paper
async def unsave(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """Take a paper off the reader's list."""
    by_command, on_posts = await _standing(env, context, paper, {SAVE})
    for emoji in by_command:
        await _record(env, context, paper, emoji, added=False)
    if on_posts:
        return Reply("Your 🔖 on its post keeps it on your list: take the reaction back there.", (_title(paper),))
    return Reply(f"Taken off your list: {_title(paper)}" if by_command else f"Not on your list: {_title(paper)}")


@counted
async def saved(env: Environment, context: CommandContext) -> Reply:
    """The reader's own list, newest first, with all of it as BibTeX."""
    votes = await env.store.feedback.of_person(context.request.person)
    wanted = list(dict.fromkeys(vote.arxiv_id for vote in votes if canonical(vote.emoji) == SAVE))
    known = await env.store.papers.get(wanted)
    papers = [known[one] for one in wanted if one in known]
    if not papers:
        return Reply("Your list is empty.", ("Save papers with 🔖 on a post, the Save button, or save ID.",))
    return _saved_page(papers, context.request.page)


def _saved_page(papers: Sequence[Paper], page: int) -> Reply:
    first = (max(1, page) - 1) * _SAVED_PAGE
    shown = papers[first : first + _SAVED_PAGE]
    more = (Button("More", "saved", page=page + 1),) if first + _SAVED_PAGE < len(papers) else ()
    noun = "paper" if len(papers) == 1 else "papers"
    everything = "\n\n".join(bibtex(paper) for paper in papers) + "\n"
    return Reply(
        title=f"Your list: {len(papers)} {noun}",
        lines=("All of it as BibTeX is attached.",),
        cards=tuple(plain_card(paper, first + position) for position, paper in enumerate(shown, start=1)),
        buttons=more,
        card_buttons=(Button("👍", "like"), Button("Take off", "unsave"), Button("Share", "share")),
        attachment=Attachment("saved.bib", everything.encode("utf-8", "replace")) if page == 1 else None,
    )


@_about_paper
async def share(env: Environment, context: CommandContext, paper: Paper) -> Reply:
    """Post a paper in the channel, once, where everybody can react to it; only for whoever may write there."""
    if refused := await outsider(env, context):
        return refused
    channel = env.channel(context.channel)
    intent = Intent(
        key=PostKey(context.channel, 0, PostRole.PAPER, paper.arxiv_id),
        sequence=0,
        state=PostState.PLANNED,
        platform=channel.platform,
        channel_id=channel.id,
        post=plain_post(paper, await _shared_by(env, context)),
        in_thread=False,
    )
    if await env.store.ledger.shown(context.channel, paper.arxiv_id) is not None:
        return Reply(f"It was posted in {context.channel} already: {_title(paper)}")
    if not await env.store.ledger.add_intents([intent]):
        return Reply(f"It was shared in {context.channel} already: {_title(paper)}")
    try:
        await send(env, intent)
    except DeliveryPaused as error:
        logger.warning("a shared paper must wait: %s", error)
        return Reply("The channel does not take it now; it follows as soon as that works.", (_title(paper),))
    return Reply(f"Shared in {context.channel}: {_title(paper)}")


async def _shared_by(env: Environment, context: CommandContext) -> str:
    """Who shared a paper, in the name that the channel knows them by: readers should know whom to ask."""
    channel = env.channel(context.channel)
    chat: object = env.platforms.get(channel.platform)
    name = await chat.called(channel.id, context.request.person) if isinstance(chat, KnowsMembers) else ""
    return f"shared by {cut(one_line(name), _LONGEST_NAME) or 'a reader'}"


async def _vote(env: Environment, context: CommandContext, paper: Paper, emoji: str, *, instead_of: str = "") -> None:
    by_command, _ = await _standing(env, context, paper, {emoji, instead_of})
    if instead_of in by_command:
        await _record(env, context, paper, instead_of, added=False)
    if emoji not in by_command:
        await _record(env, context, paper, emoji, added=True)


async def _standing(
    env: Environment, context: CommandContext, paper: Paper, emojis: set[str]
) -> tuple[set[str], set[str]]:
    """Which of these votes of the person stand on the paper: those given by command here, and those on posts."""
    votes = await env.store.feedback.of_person(context.request.person, [paper.arxiv_id])
    mine = [vote for vote in votes if canonical(vote.emoji) in emojis]

    def is_by_command(vote: PersonalVote) -> bool:
        return vote.source is VoteSource.COMMAND and vote.channel == context.channel

    return {vote.emoji for vote in mine if is_by_command(vote)}, {v.emoji for v in mine if not is_by_command(v)}


async def _record(env: Environment, context: CommandContext, paper: Paper, emoji: str, *, added: bool) -> None:
    now = env.clock.now()
    event = FeedbackEvent(
        event_id=f"command:{context.channel}:{context.request.person}:{paper.arxiv_id}:{emoji}:{added}:{now.timestamp()}",
        channel=context.channel,
        arxiv_id=paper.arxiv_id,
        person=context.request.person,
        emoji=emoji,
        added=added,
        at=now,
        order=now.timestamp(),
        source=VoteSource.COMMAND,
    )
    await env.store.feedback.record_events([event], now)


def _done(context: CommandContext, paper: Paper, verb: str, back: str) -> Reply:
    return Reply(
        f"{verb}: {_title(paper)}",
        ("It counts from the next morning on.", *context.aside),
        buttons=(Button("Take back", back, arxiv_id=paper.arxiv_id),),
    )


def _title(paper: Paper) -> str:
    return cut(readable(paper.title), _LONGEST_TITLE) or paper.arxiv_id
