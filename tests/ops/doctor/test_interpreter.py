"""What doctor says of the interpreter's XML parser."""

from __future__ import annotations

import pytest

from bot.models import Severity
from bot.ops.doctor import expat_findings


@pytest.mark.parametrize(
    ("version", "severity"),
    [
        ("expat_2.5.0", Severity.WARNING),
        ("expat_2.6.4", Severity.WARNING),
        ("expat_2.7.0", Severity.OK),
        ("expat_2.10.1", Severity.OK),
    ],
)
def test_an_old_expat_is_a_warning(version, severity):
    (found,) = expat_findings(version)
    assert found.severity is severity
