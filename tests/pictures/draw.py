"""Draws a chat's transcript as an SVG: each line as what it is, in the order a reader meets it. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

_STAMP = re.compile(r"(?P<pad>\s*(?:↳ )?)(?P<time>\d\d:\d\d):\d\d (?P<who>.*)")
_URL = re.compile(r" ‹[^›]*›")
_REACTION = re.compile(r"(?P<emoji>\S+) (?P<count>\d+) \([^)]*\)")
_BUTTON = re.compile(r"\[ (?P<label>[^\]]+?) \]")
_HEADING = re.compile(r"══ (?P<text>.*) ══")
_PAPER = re.compile(r"\d+(?:\.| ·) ")
_EMBED = "┃ "
_WIDTH, _MARGIN, _INDENT, _BAR = 900, 24, 44, 14
_SANS = "-apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one platform."""

    page: str
    text: str
    muted: str
    link: str
    edge: str
    pill: str


LIGHT = Theme(page="#ffffff", text="#1d1c1d", muted="#616061", link="#1264a3", edge="#c9c9c9", pill="#f0f0f3")
DARK = Theme(page="#313338", text="#dbdee1", muted="#9a9fa6", link="#4aa8ff", edge="#4e5058", pill="#3f4147")


@dataclass(slots=True)
class _Page:
    theme: Theme
    y: float = _MARGIN
    parts: list[str] = field(default_factory=list)

    def text(self, words: str, x: float, *, size: int = 15, color: str = "", weight: int = 400) -> None:
        """Wrapped words, line below line."""
        most = int((_WIDTH - _MARGIN - x) / (size * (0.53 if weight < 600 else 0.57)))
        for line in textwrap.wrap(words, most) or [""]:
            self.y += size * 1.45
            self.parts.append(
                f'<text x="{x}" y="{self.y:.1f}" font-size="{size}" font-weight="{weight}" '
                f'fill="{color or self.theme.text}">{escape(line)}</text>'
            )

    def bar(self, x: float, top: float) -> None:
        """What stands beside the lines of an embed, down to the last one."""
        height = self.y + 5 - top
        self.parts.append(f'<rect x="{x}" y="{top:.1f}" width="4" height="{height:.1f}" fill="{self.theme.edge}"/>')

    def pills(self, labels: Sequence[str], x: float, *, round_by: int, filled: bool) -> None:
        """Small boxes side by side: buttons, or reactions with their counts."""
        self.y += 10
        for label in labels:
            width = 22 + 8.2 * len(label)
            fill = self.theme.pill if filled else "none"
            self.parts.append(
                f'<rect x="{x}" y="{self.y:.1f}" width="{width:.1f}" height="27" rx="{round_by}" fill="{fill}" '
                f'stroke="{self.theme.edge}"/><text x="{x + width / 2:.1f}" y="{self.y + 18.5:.1f}" font-size="13.5" '
                f'font-weight="600" text-anchor="middle" fill="{self.theme.text}">{escape(label)}</text>'
            )
            x += width + 8
        self.y += 27


def chat_svg(transcript: str, label: str, theme: Theme) -> str:
    """A picture of the transcript, `label` at its foot saying what it was drawn from."""
    page = _Page(theme)
    for kind, words, depth, in_embed in _lines(transcript):
        above, x = page.y, _MARGIN + depth * _INDENT
        _draw(page, kind, words, x + _BAR * in_embed)
        if in_embed:
            page.bar(x, above + 5)
    page.y += 16
    page.text(label, _MARGIN, size=12, color=theme.muted)
    height = page.y + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" '
        f'font-family="{_SANS}">\n<title>{escape(label)}</title>\n'
        f'<rect width="100%" height="100%" rx="10" fill="{theme.page}" stroke="{theme.edge}"/>\n'
        + "\n".join(page.parts)
        + "\n</svg>\n"
    )


def _lines(transcript: str) -> Iterator[tuple[str, str, int, bool]]:
    """Each line with its kind, how deep it stands (in the channel 0, in a thread 1), and whether in an embed."""
    depth = 0
    for raw in transcript.rstrip().split("\n"):
        line = _URL.sub("", raw.strip()).strip()
        if stamp := _STAMP.fullmatch(raw):
            depth = int("↳" in stamp["pad"])
            yield "author", f"{stamp['who'].replace(' APP', '')}|{stamp['time']}", depth, False
        elif raw.startswith("#"):
            yield "channel", line, 0, False
        elif line:
            words = line.removeprefix(_EMBED)
            kind, shown = _kind(words)
            yield ("title" if kind == "paper" and not _URL.search(raw) else kind), shown, depth, words != line


def _kind(line: str) -> tuple[str, str]:
    """What a line is, and its words."""
    if heading := _HEADING.search(line):
        return ("link" if heading["text"].startswith("arXiv ") else "heading"), heading["text"]
    if line.startswith("🐦"):
        return "heading", line
    for kind, form in (("buttons", _BUTTON), ("reactions", _REACTION), ("paper", _PAPER)):
        if form.match(line):
            return kind, line
    return ("muted" if line.startswith(("why:", "↳ thread")) else "plain"), line


def _draw(page: _Page, kind: str, words: str, x: float) -> None:
    theme = page.theme
    if kind == "channel":
        page.text(words, x, size=18, weight=700)
    elif kind == "author":
        page.y += 14
        who, moment = words.split("|")
        page.text(f"{who}  ·  {moment}", x, size=13, color=theme.muted, weight=600)
    elif kind == "heading":
        page.text(words, x, size=17, weight=700)
    elif kind == "paper":
        page.text(words.replace("   ", "  ·  "), x, color=theme.link, weight=600)
    elif kind == "title":  # on platforms where the link stands elsewhere
        page.text(words, x, weight=600)
    elif kind == "link":
        page.text(words, x, size=14, color=theme.link, weight=600)
    elif kind == "buttons":
        page.pills([match["label"] for match in _BUTTON.finditer(words)], x, round_by=5, filled=False)
    elif kind == "reactions":
        found = _REACTION.finditer(words)
        page.pills([f"{match['emoji']} {match['count']}" for match in found], x, round_by=13, filled=True)
    else:
        page.text(words, x, color=theme.muted if kind == "muted" else "", size=14)
