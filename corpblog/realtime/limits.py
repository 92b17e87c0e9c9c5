"""What one socket, one session, one person may cost this process, in one place."""

from dataclasses import dataclass

# What may wait for a reader who does not read. Daphne has no back-pressure: ten such readers took 175 MB in 8 s
# (measured).
WAITING_FRAMES = 256
WAITING_BYTES = 1024 * 1024
WAITING_SECONDS = 30.0

# What a reader may send. Sockets only listen here, so a page needs a handful of messages in its life.
MESSAGES_PER_SECOND = 20
MESSAGE_BYTES = 64 * 1024
CHANNELS_PER_SOCKET = 1000

SOCKETS_PER_SESSION = 20
SOCKETS_PER_PERSON = 200

# How much may be caught up over the socket or over HTTP before the page is told to load afresh.
CATCH_UP_EVENTS = 500

# Nothing reaches a socket on a check of its session and memberships that is older than RIGHTS_SECONDS (promise: 5 s).
RIGHTS_SECONDS = 5.0
SWEEP_SECONDS = 3.0
BEAT_SECONDS = 20.0

# Wake-ups are hints: the database is asked anyway, often where no Redis carries those of other processes.
POLL_SECONDS = 1.0
POLL_SECONDS_WITH_REDIS = 5.0
PUBLISH_SECONDS = 0.5

# Threads that read for this process's sockets, apart from those that serve pages.
READERS = 4


@dataclass(frozen=True)
class CloseCode:
    """A WebSocket close code and the word that says why in the frame before it."""

    code: int
    reason: str


SESSION_OVER = CloseCode(4401, "session")
TOO_SLOW = CloseCode(1013, "slow")
FLOOD = CloseCode(1008, "flood")
PROTOCOL = CloseCode(1008, "protocol")
TOO_MANY = CloseCode(1008, "sockets")
RESTART = CloseCode(1012, "restart")
