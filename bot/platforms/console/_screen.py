"""How posts and replies look in a terminal, and in a pipe."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Mapping, Sequence

from rich.box import ROUNDED
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.control import Control
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.segment import ControlType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.models import PaperCard, Post, PostRole, Reply
from bot.rendering import card_lines
from bot.text import one_line

HINT = "vote: +1 3 or -1 3 · ask: why 3, similar 3, or any words · next · help · quit"
_WIDEST = 100  # longer lines are hard to read
_PROMPT = "> "


class _PipeConsole(Console):
    """A console whose closed pipe is an error to its caller, not the end of the process."""

    def on_broken_pipe(self) -> None:
        """Send what Python still flushes at exit to nowhere, and let every later print fail like this one."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        self.file = _ClosedPipe()
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


class _ClosedPipe(io.StringIO):
    """Takes nothing, so that no post counts as shown that nobody can have seen."""

    def write(self, text: str) -> int:
        """Refuse, as the pipe itself would."""
        del text
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def standard_console() -> Console:
    """Standard output, which never fails for a character its encoding lacks."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return _PipeConsole(highlight=False, markup=False, emoji=False)


class Screen:
    """Prints safe text: nothing in a post can be mark-up, a control character or a terminal's escape sequence."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._prompted = False

    @property
    def is_terminal(self) -> bool:
        """Whether there are colours and a width; if not, whole plain lines are printed."""
        return self._console.is_terminal

    @property
    def columns(self) -> int:
        """How wide the terminal is."""
        return self._console.width

    @property
    def encoding(self) -> str:
        """The encoding of the output."""
        return self._console.encoding

    def post(self, post: Post, number: str, remark: str = "") -> None:
        """Show a message; a paper under its number."""
        if remark:
            self.say(remark)
        if post.card is not None:
            self._card(post.card, number)
        elif post.role is PostRole.HEADER:
            self._header(post)
        else:
            self._print(_styled(post.title or post.text, "bold"))
            self._lines(post.lines)
        self._blank()

    def reply(self, reply: Reply) -> None:
        """Show an answer: its title, its lines, its papers, and what can be typed to go on."""
        self._print(_styled(reply.title, "bold"))
        self._lines(reply.lines)
        for card in reply.cards:
            self._blank()
            self._card(card, "·")
        if reply.buttons:
            self._blank()
            self.say(f"go on with: {' · '.join(button.label.lower() for button in reply.buttons)}")
        self._blank()

    def commands(self, commands: Mapping[str, str]) -> None:
        """Show what can be typed."""
        widest = max(map(cell_len, commands))
        for command, meaning in commands.items():
            gap = " " * (widest - cell_len(command) + 2)
            self._print(Text.assemble((f"  {command}{gap}", "cyan"), meaning))
        self._blank()

    def say(self, text: str, style: str = "dim") -> None:
        """One line from the bot itself."""
        self._print(_styled(text, style))

    def more(self) -> None:
        """Open the header's thread."""
        self._print(Rule("more", style="dim", align="left") if self.is_terminal else Text("-- more --"))
        self._blank()

    def prompt(self, *, hint: bool) -> None:
        """Ask for a line, reminding of the commands if `hint`."""
        self._clear_prompt()
        if hint:
            self._print(_styled(HINT, "dim"))
        self._console.print(Text(_PROMPT, "bold cyan"), end="")
        self._prompted = True

    def answered(self) -> None:
        """The person ended the line: the prompt is gone."""
        self._prompted = False

    def echo(self, line: str) -> None:
        """Show a line that no person typed."""
        self._print(_styled(f"{_PROMPT}{one_line(line)[:200]}", "dim"))

    def _header(self, post: Post) -> None:
        if not self.is_terminal:
            for line in (post.title, *post.lines):
                self._print(_styled(line, "bold"))
            return
        body = Text("\n").join([_styled(post.title, "bold"), *(_styled(line, "") for line in post.lines)])
        self._print(Panel(body, box=ROUNDED, border_style="cyan", padding=(0, 1), width=min(self.columns, _WIDEST)))

    def _card(self, card: PaperCard, number: str) -> None:
        if not self.is_terminal:
            label = f"{number}." if number.isdecimal() else number
            self._print(_styled(f"{label} {card.title}", ""))
            self._lines(card_lines(card))
            return
        grid = Table.grid(padding=(0, 1))
        grid.add_column(justify="right", min_width=3, no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(_styled(number, "bold cyan"), _card_body(card))
        self._print(grid)

    def _lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            indent = len(line) - len(line.lstrip(" "))
            text = _styled(line, "")
            if self.is_terminal:
                self._print(Padding(text, (0, 0, 0, 4 + min(indent, 8))))
            else:
                self._print(Text("   " + " " * min(indent, 8)).append(text))

    def _blank(self) -> None:
        self._print(Text(""))

    def _print(self, what: RenderableType) -> None:
        self._clear_prompt()
        width = min(self.columns, _WIDEST) if self.is_terminal else None
        self._console.print(
            what, width=width, soft_wrap=not self.is_terminal, markup=False, emoji=False, highlight=False
        )

    def _clear_prompt(self) -> None:
        if self._prompted and self.is_terminal:
            self._console.control(Control((ControlType.CURSOR_MOVE_TO_COLUMN, 0), (ControlType.ERASE_IN_LINE, 2)))
        self._prompted = False


def _card_body(card: PaperCard) -> Text:
    byline = " · ".join(part for part in (card.authors, card.categories) if part)
    verdict = " · ".join(part for part in (card.verdict, *card.marks) if part)
    why = f"why: {card.why}" if card.why else ""
    links = [_linked(card.url, card.url, "dim")]
    if card.pdf_url:
        links.append(_linked("PDF", card.pdf_url, "dim"))
    lines = [
        _linked(card.title, card.url, "bold"),
        _styled(byline, "dim"),
        _styled(verdict, "green"),
        _styled(card.comment, ""),
        _styled(why, "magenta"),
        Text(" · ").join(links),
    ]
    return Text("\n").join(line for line in lines if line)


def _linked(text: str, url: str, style: str) -> Text:
    """Text that leads to an address where the terminal knows hyperlinks; plain for an address that is none."""
    safe = one_line(url)
    link = Style(link=safe) if safe.startswith("https://") and " " not in safe else Style()
    return _styled(text, Style.parse(style) + link)


def _styled(text: str, style: str | Style) -> Text:
    """Text without control and direction characters, whatever it was made of."""
    return Text(one_line(text), style)
