"""A terminal somebody talks with."""

import pytest_asyncio

from tests.platforms.console.samples import post_papers
from tests.platforms.harnesses import console_harness


@pytest_asyncio.fixture
async def talk(tmp_path):
    """A running terminal with five papers posted."""
    async with console_harness(tmp_path) as harness:
        await post_papers(harness.platform)
        yield harness
