"""The doctor: every platform is asked, every problem comes with what to do."""

from __future__ import annotations

import asyncio
import os
import sys

from bot.models import Finding, Severity
from bot.ops.doctor import examine, report
from tests.fakes import FakeClock, FakePlatform
from tests.loopback.slack import LoopbackSlack


class Ailing(FakePlatform):
    """A platform whose own look at itself fails."""

    async def check(self):
        raise ValueError("a fault")


async def test_one_platforms_fault_hides_no_other():
    findings = await examine({"a": Ailing(FakeClock()), "b": FakePlatform(FakeClock())})
    (finding,) = findings
    assert (finding.severity, finding.subject) == (Severity.PROBLEM, "a")


def test_a_report_says_what_is_wrong_and_what_to_do():
    text = report(
        [Finding(Severity.OK, "slack", "fine", "x"), Finding(Severity.PROBLEM, "slack", "bad", "click there")]
    )
    assert text == "ok       slack: fine\nPROBLEM  slack: bad\n         → click there"


async def test_the_command_names_a_missing_scope_and_fails(tmp_path):
    """`paperlark doctor` as its own process, with Slack's tokens and nothing else."""
    async with LoopbackSlack() as slack:
        slack.methods.scopes.discard("channels:history")
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment |= {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", "from bot.cli import main; main()", "doctor"),
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 1
    assert "the scope channels:history is missing" in output.decode()
    assert "Bot Token Scopes" in output.decode()
    assert slack.bot_token not in output.decode()
