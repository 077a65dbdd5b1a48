"""Forget a person, as `paperlark forget` asks for."""

from __future__ import annotations

import re

from bot.app.wiring import opened
from bot.errors import UsageError
from bot.platforms import PLATFORMS
from bot.rendering import backups_line, forgotten_line, holdings_line
from bot.settings import Settings
from bot.store.backups.people import backups_holding
from handlers.commands import privacy

_MENTION = re.compile(r"<@!?(?P<id>[A-Za-z0-9]+)(?:\|[^<>]*)?>")
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_BACK = "Nothing of theirs is stored until they write remember me. Reactions they left stay in the chat, uncounted."


def person_of(text: str) -> str:
    """The id that USER names: as it is, as a mention (<@U024BE7LH>), or after a platform's name (slack:U024BE7LH).

    Raises:
        UsageError: it is none of these.
    """
    text = text.strip()
    if mention := _MENTION.fullmatch(text):
        return mention["id"]
    platform, colon, rest = text.partition(":")
    person = rest if colon and platform.lower() in PLATFORMS else text
    if not _ID.fullmatch(person):
        raise UsageError(
            f"{text!r} is not a person's id: write it as the chat gives it, such as U024BE7LH (Slack: profile, Copy "
            "member ID) or 80351110224678912 (Discord, developer mode: Copy User ID)"
        )
    return person


async def forget_person(settings: Settings, user: str, *, dry_run: bool) -> tuple[str, ...]:
    """Forget a person for good; what to say about it, line by line. Works beside a running bot.

    Raises:
        UsageError: `user` cannot be an id.
        StoreError: the database does not take it; then nothing is deleted.
    """
    person = person_of(user)
    with opened(settings, platforms={}) as env:
        if dry_run:
            held = await env.store.privacy.holdings(person)
            return (holdings_line(held, person), "Nothing was deleted.")
        held = await privacy.forget_person(env, person)
        owed = await env.store.privacy.rebuild_owed()
        gone_by = privacy.backups_gone_by(env)
    lines = [forgotten_line(held), _BACK]
    if held.channels:
        lines.append(f"Learned again without them: {', '.join(held.channels)}.")
    if owed:
        lines.append("What was deleted may still be readable in the file; the bot removes it within the hour.")
    return (*lines, *_backups(settings, person, backups_line(gone_by, "them")))


def _backups(settings: Settings, person: str, rotation: str) -> tuple[str, ...]:
    """Say which files still hold the person, and which of them only a person deletes."""
    backups = settings.backups.resolve()
    holding = backups_holding(settings.database, {settings.data_dir, backups}, person)
    by_hand = [path for path in holding if backups not in path.parents]
    lines = (rotation,) if len(by_hand) < len(holding) else ("No nightly backup holds them.",)
    if not by_hand:
        return lines
    return (*lines, "These files hold them until you delete them:", *(f"  {path}" for path in by_hand))
