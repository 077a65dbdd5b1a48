"""Measure how long lists, libraries and files of 32 MB take to read, and how much memory."""

from __future__ import annotations

import json
import multiprocessing
import resource
import time
from collections.abc import Callable, Mapping

from bot.errors import LibraryError

ROWS = 10_000
LARGEST = 32 * 2**20
MOST_S, MOST_MB, MOST_LARGEST_S = 10.0, 300.0, 20.0


def _row(number: int) -> tuple[str, str]:
    return f"{2001 + number // 9000 % 12:04}.{10_000 + number % 9000:05}", f"Warm Nests for Cold Models, Part {number}"


def _bullets(n: int) -> str:
    rows = (
        f"- [{title}](https://arxiv.org/abs/{one}), Ada Lark. [[code](https://x.y/{one})]"
        for one, title in map(_row, range(n))
    )
    return "# Awesome larks\n## Nests\n" + "\n".join(rows)


def _table(n: int) -> str:
    rows = (
        f"|2024-01-05|**{title}**|Ada Lark et.al.|[{one}](https://arxiv.org/abs/{one})|"
        for one, title in map(_row, range(n))
    )
    return "# Larks\n## Nests\n|Date|Title|Authors|PDF|\n|---|---|---|---|\n" + "\n".join(rows)


def _html(n: int) -> str:
    rows = (
        f'<tr><td>{title}</td><td><a href="https://arxiv.org/abs/{one}">pdf</a></td></tr>'
        for one, title in map(_row, range(n))
    )
    return "<table><tr><th>Title</th><th>Link</th></tr>\n" + "\n".join(rows) + "\n</table>"


def _bibtex(n: int) -> str:
    return "\n".join(
        f"@misc{{a{n},\n  title={{{title}}},\n  eprint={{{one}}},\n}}"
        for n, (one, title) in enumerate(map(_row, range(n)))
    )


def _ris(n: int) -> str:
    return "\n".join(
        f"TY  - JOUR\nTI  - {title}\nUR  - https://arxiv.org/abs/{one}\nER  - \n" for one, title in map(_row, range(n))
    )


def _csv(n: int) -> str:
    return "title,url\n" + "\n".join(f'"{title}",https://arxiv.org/abs/{one}' for one, title in map(_row, range(n)))


def _lines(n: int) -> str:
    return "\n".join(
        json.dumps({"id": one, "title": title, "summary": "x" * 300}) for one, title in map(_row, range(n))
    )


def _opml(n: int) -> str:
    rows = (f'<outline text="{title}" url="https://arxiv.org/abs/{one}"/>' for one, title in map(_row, range(n)))
    return "<opml><head/><body>\n" + "\n".join(rows) + "\n</body></opml>"


def _ids(n: int) -> str:
    return "\n".join(one for one, _ in map(_row, range(n)))


KINDS: Mapping[str, Callable[[int], str]] = {
    "bullets": _bullets,
    "a table": _table,
    "an HTML table": _html,
    "BibTeX": _bibtex,
    "RIS": _ris,
    "CSV": _csv,
    "JSON lines": _lines,
    "OPML": _opml,
    "ids": _ids,
}


def _measure(kind: str, size: int, results: multiprocessing.Queue[tuple[float, float, str]]) -> None:
    """Read a file of so many rows, or of the largest size if that is 0; seconds, megabytes and what came of it."""
    from bot.library import read_library

    content = (KINDS[kind](size) if size else KINDS[kind](LARGEST // 60)).encode()[:LARGEST]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        parsed = read_library(content)
        told = f"{parsed.format}, {len(parsed.importable):,} papers"
    except LibraryError as error:
        told = f"refused: {error}"
    used = time.process_time() - began
    results.put((used, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, told))


def measure(kind: str, size: int) -> tuple[float, float, str]:
    """Seconds of processor time, megabytes of memory and what came of reading, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[float, float, str]] = context.Queue()
    process = context.Process(target=_measure, args=(kind, size, results))
    process.start()
    found = results.get(timeout=300)
    process.join()
    return found


def main() -> None:
    """Print a line for each kind of file."""
    for size, name in ((ROWS, f"{ROWS:,} rows"), (0, "32 MB")):
        for kind in KINDS:
            seconds, megabytes, told = measure(kind, size)
            late = seconds > (MOST_S if size else MOST_LARGEST_S) or bool(size and megabytes > MOST_MB)
            print(f"{name:>12} {kind:<14} {seconds:6.1f} s {megabytes:6.0f} MB  {told}{'  TOO MUCH' if late else ''}")


if __name__ == "__main__":
    main()
