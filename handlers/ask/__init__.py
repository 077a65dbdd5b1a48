"""`/papers TOPIC`: the archive's best papers for a question, arXiv's own where the archive has too little."""

from handlers.ask.answer import PAGE, Asking, ask
from handlers.ask.find import Findings, find
from handlers.ask.live import ENOUGH, can_be_live, search_live
from handlers.ask.papers import fetched

__all__ = ["ENOUGH", "PAGE", "Asking", "Findings", "ask", "can_be_live", "fetched", "find", "search_live"]
