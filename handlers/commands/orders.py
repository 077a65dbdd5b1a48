"""Follows and mutes set in chat: standing rules beside those of the settings."""

from __future__ import annotations

from bot.models import Reply, StandingRule
from bot.ranking.rules import Rule, RuleKind
from handlers.commands.channel import CommandContext
from handlers.commands.permissions import refusal
from handlers.environment import Environment
from handlers.standing import rules_of

_LONGEST_RULE = 100
_MOST_RULES = 200


async def follow(env: Environment, context: CommandContext) -> Reply:
    """Always show an author's papers."""
    return await _set(env, context, RuleKind.FOLLOW_AUTHOR, RuleKind.FOLLOW_PHRASE)


async def mute(env: Environment, context: CommandContext) -> Reply:
    """Never show an author's papers, or papers with a phrase."""
    return await _set(env, context, RuleKind.MUTE_AUTHOR, RuleKind.MUTE_PHRASE)


async def unfollow(env: Environment, context: CommandContext) -> Reply:
    """Lift a follow."""
    return await _lift(env, context, RuleKind.FOLLOW_AUTHOR, RuleKind.FOLLOW_PHRASE)


async def unmute(env: Environment, context: CommandContext) -> Reply:
    """Lift a mute."""
    return await _lift(env, context, RuleKind.MUTE_AUTHOR, RuleKind.MUTE_PHRASE)


async def rules(env: Environment, context: CommandContext) -> Reply:
    """What is followed and muted in the channel."""
    in_force = await rules_of(env, context.channel)
    in_chat = {(rule.kind, rule.text) for rule in await env.store.rules.all(context.channel)}
    lines = [
        f"{rule.kind}: {rule.text}" + ("" if (str(rule.kind), rule.text) in in_chat else " (from my settings)")
        for rule in in_force
    ]
    if not lines:
        lines = ['Nothing yet. Try: follow author NAME, mute "PHRASE", mute author NAME']
    return Reply(f"Followed and muted in {context.channel}", (*lines, *context.aside))


async def _set(env: Environment, context: CommandContext, author: RuleKind, phrase: RuleKind) -> Reply:
    if refused := await refusal(env, context):
        return refused
    kind, text = _understood(context.request.argument, author, phrase)
    if not any(c.isalnum() for c in text):
        return Reply(f"{context.request.name} whom or what?", ("Write author NAME, or a PHRASE in quotes.",))
    if len(await env.store.rules.all(context.channel)) >= _MOST_RULES:
        return Reply(f"There are {_MOST_RULES} rules already. Lift some first; `rules` lists them.")
    rule = StandingRule(str(kind), text, context.request.person, env.clock.now())
    if not await env.store.rules.add(context.channel, rule):
        return Reply(f"That stands already: {kind} {_shown(kind, text)}", context.aside)
    return Reply(
        f"From the next morning on: {kind} {_shown(kind, text)}",
        (f"Take it back with: un{context.request.name} {context.request.argument}", *context.aside),
    )


async def _lift(env: Environment, context: CommandContext, author: RuleKind, phrase: RuleKind) -> Reply:
    if refused := await refusal(env, context):
        return refused
    kind, text = _understood(context.request.argument, author, phrase)
    if await env.store.rules.remove(context.channel, str(kind), text):
        return Reply(f"No longer: {kind} {_shown(kind, text)}", context.aside)
    lifted = Rule(kind, text)
    if any((rule.kind, rule.key) == (kind, lifted.key) for rule in await rules_of(env, context.channel)):
        return Reply("That rule stands in my settings file and is changed there.", (f"{kind} {_shown(kind, text)}",))
    return Reply(f"There is no such rule: {kind} {_shown(kind, text)}", ("`rules` lists them all.",))


def _understood(argument: str, author: RuleKind, phrase: RuleKind) -> tuple[RuleKind, str]:
    """The kind of rule an argument asks for, and its text without the word author or the quotes."""
    words = argument.split()
    if words and words[0].lower() == "author":
        return author, " ".join(words[1:])[:_LONGEST_RULE]
    return phrase, " ".join(words).strip('"“”„«»')[:_LONGEST_RULE]


def _shown(kind: RuleKind, text: str) -> str:
    return text if kind in {RuleKind.MUTE_AUTHOR, RuleKind.FOLLOW_AUTHOR} else f"“{text}”"
