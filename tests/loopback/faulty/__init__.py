"""A chat platform that misbehaves on command. Its own transcript, which outlives the bot, is the judge of what was posted."""

from tests.loopback.faulty.chat import JSON, Chat, ChatMessage, true_now
from tests.loopback.faulty.platform import CallFailed, Fault, FaultyPlatform, HttpWire, Wire
from tests.loopback.faulty.server import ChatServer

__all__ = [
    "JSON",
    "CallFailed",
    "Chat",
    "ChatMessage",
    "ChatServer",
    "Fault",
    "FaultyPlatform",
    "HttpWire",
    "Wire",
    "true_now",
]
