"""What doctor says of files that others can read."""

from __future__ import annotations

from bot.models import Severity
from bot.ops.doctor import privacy_findings


def test_a_file_that_others_can_read_is_named_with_the_remedy(tmp_path):
    tmp_path.chmod(0o755)
    env = tmp_path / ".env"
    env.write_text("SLACK_BOT_TOKEN=xoxb-1")
    env.chmod(0o644)
    (found,) = privacy_findings([env, tmp_path / "missing"])
    assert (found.severity, found.remedy) == (Severity.WARNING, f"chmod go= {env}")


def test_a_file_in_a_folder_that_lets_nobody_in_is_well(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    (folder / "paperlark.db").write_text("")
    (folder / "paperlark.db").chmod(0o644)
    assert [one.severity for one in privacy_findings([folder / "paperlark.db"])] == [Severity.OK]
