"""Starts the loopback arXiv by hand."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime

from tests.loopback.arxiv.faults import KINDS
from tests.loopback.arxiv.server import LoopbackArxiv


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.loopback.arxiv", description="arXiv on this machine.")
    parser.add_argument("papers", help="JSONL or JSONL.gz: arxiv_id, title, abstract, authors, categories, date")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--now", type=_moment, help="simulated time at the start; it moves on (default: noon of the last listing)"
    )
    parser.add_argument("--still", action="store_true", help="the simulated time stands still")
    parser.add_argument("--held", type=float, default=0.05, help="share of papers announced one to four listings late")
    parser.add_argument("--order", choices=["sorted", "shuffled"], default="sorted", help="ids and submission times")
    parser.add_argument("--replacements", type=float, default=0.0, help="share of papers replaced later")
    parser.add_argument("--interval", type=float, default=3.0, help="seconds arXiv wants between requests")
    parser.add_argument("--enforce", action="store_true", help="answer 429 to what comes sooner")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="KIND[:TIMES[:api|rss|any[:PROBABILITY[:RETRY_AFTER]]]]",
        help=f"may be repeated; TIMES * is always; kinds: {', '.join(KINDS[:-1])}",
    )
    return parser.parse_args()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _make_fault(server: LoopbackArxiv, text: str, seed: int) -> None:
    kind, times, target, probability, retry_after, *_ = [*text.split(":"), "", "", "", "", ""]
    server.fault(
        kind,
        times=None if times == "*" else int(times or 1),
        target=target or "any",
        probability=float(probability or 1),
        retry_after=retry_after or None,
        seed=seed,
    )


async def _serve(options: argparse.Namespace) -> None:
    server = LoopbackArxiv(
        options.papers,
        now=options.now,
        held=options.held,
        order=options.order,
        replacements=options.replacements,
        min_interval_s=options.interval,
        enforce=options.enforce,
        moving=not options.still,
        port=options.port,
        seed=options.seed,
    )
    for text in options.fault:
        _make_fault(server, text, options.seed)
    async with server:
        print(f"{len(server.papers)} papers, simulated time {server.now.isoformat()}")
        print(f"export ARXIV_API_URL={server.api_url} ARXIV_RSS_URL={server.rss_url}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(_serve(_options()))
    except KeyboardInterrupt:
        print("stopped")
