"""The real files Paperlark takes over from, where they lie beside the checkout."""

from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[2] / "shared" / "seeds"


def seed(number: int) -> bytes:
    """The bytes of one real file; skips the test where there are none."""
    found = sorted(_FOLDER.glob(f"{number:03}_*"))
    if not found:
        pytest.skip(f"the real file {number:03} is not in {_FOLDER}")
    return found[0].read_bytes()


_FINDINGS = _FOLDER.parent / "findings" / "inputs"


def finding(name: str) -> bytes:
    """The bytes of a small file that was once read wrongly; skips the test where it is not there."""
    if not (_FINDINGS / name).is_file():
        pytest.skip(f"the small file {name} is not in {_FINDINGS}")
    return (_FINDINGS / name).read_bytes()
