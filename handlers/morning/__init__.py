"""Post a channel's digest: at its set time, late, by hand, or for days already gone."""

from handlers.morning.by_hand import ByHand, post_by_hand
from handlers.morning.scheduled import has_begun, occasion_of, post_morning
from handlers.morning.sending import deliver_unfinished

__all__ = ["ByHand", "deliver_unfinished", "has_begun", "occasion_of", "post_by_hand", "post_morning"]
