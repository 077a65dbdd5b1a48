"""OpenAI's chat API on this machine."""

from tests.loopback.openai.answers import STYLES, realistic_verdict
from tests.loopback.openai.faults import Fault
from tests.loopback.openai.server import KEY, LoopbackOpenAI, Seen

__all__ = ["KEY", "STYLES", "Fault", "LoopbackOpenAI", "Seen", "realistic_verdict"]
