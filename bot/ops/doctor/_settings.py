"""Check the settings and the topics files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.models import Finding, Severity
from bot.settings import Settings
from bot.text import counted
from bot.topics import parse_topics

_SUBJECT = "settings"
_EXAMPLE = "write your topics there, in the form of prompts/topics.example.md"
_TERMINAL = "terminal"


def settings_findings(
    settings: Settings, mistakes: Sequence[str], file: Path | None, started: int
) -> tuple[Finding, ...]:
    """Each mistake, or what the settings say; `file` is None where there is none.

    `started` counts the channels that were started in chat.
    """
    if mistakes:
        mend = f"mend it in {file or 'the environment'}; docs and paperlark.example.toml name every setting"
        return tuple(Finding(Severity.PROBLEM, _SUBJECT, mistake, mend) for mistake in mistakes)
    where = str(file) if file else "no paperlark.toml here: defaults and environment"
    findings = [Finding(Severity.OK, _SUBJECT, f"{where}; {_counted(len(settings.channels), started)}")]
    if not settings.channels and not started:
        remedy = "invite the bot to a channel and start it there, or name one in [channels]"
        findings.append(Finding(Severity.WARNING, _SUBJECT, "there is no channel to post to", remedy))
    has_owner = settings.alarms.owners or any(channel.owner for channel in settings.channels.values())
    is_elsewhere = started or set(settings.channels) - {_TERMINAL}
    if is_elsewhere and not has_owner:
        remedy = "name somebody: owner of a channel, or owners in [alarms]"
        findings.append(Finding(Severity.WARNING, _SUBJECT, "nobody is told when mornings go wrong", remedy))
    return tuple(findings)


def topics_findings(name: str, text: bytes | str | OSError, remedy: str, shown: int = 10) -> Iterator[Finding]:
    """What a topics text holds and what looks wrong in it, at most `shown` remarks; `remedy` is how to look closer."""
    if isinstance(text, OSError):
        yield Finding(Severity.PROBLEM, "topics", f"{name} cannot be read ({text.strerror})", _EXAMPLE)
        return
    topics = parse_topics(text)
    if not (topics.topics or topics.taste or topics.keywords):
        yield Finding(Severity.PROBLEM, "topics", f"{name}: there are no topics in it", _EXAMPLE)
        return
    count = counted(len(topics.topics), "topic")
    yield Finding(Severity.OK, "topics", f"{name}: {count}")
    for warning in topics.warnings[:shown]:
        yield Finding(Severity.WARNING, "topics", f"{name}: {warning}", remedy)


def _counted(configured: int, started: int) -> str:
    of_chats = f", {started} more started in chat" if started else ""
    return f"{counted(configured, 'channel')}{of_chats}"
