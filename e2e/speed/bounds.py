"""What one request may cost the broker: the one table that says so.

A bound is of one request on a connection that has one in flight; a cost below it is no failure, and lowers the bound.
Slack is only where the kernel decides: how many pieces a request of 256 KiB arrives in, how much of 1 MiB the socket takes
at once, and whether a receive that is tried before waiting finds nothing.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Bound:
    receive: float         # that found something
    receive_nothing: float  # EAGAIN
    wait: float            # epoll_wait
    read: float            # of log files and indexes
    probe: float           # of what is in memory: batch headers; whether records are, each 128 KiB
    write: float           # to log files
    send: float            # from memory
    send_file: float       # from log files
    other: float           # anything else: timers, wake-ups of other threads
    allocations: float


#                             receive nothing wait read probe write send file other allocations
BOUNDS = {
    "produce 300 B":    Bound(1,      1,      1,   0,   0,    1,    1,   0,   0,    6),
    "produce 16 KiB":   Bound(1,      1,      1,   0,   0,    1,    1,   0,   0,    6),
    # A second later a thread wakes for each 2 MiB, has the system begin to write them, and waits again.
    "produce 256 KiB":  Bound(4,      4,      4,   0,   0,    1,    1,   0,   0.6,  6),
    # Sent in pieces of at most 512 KiB, between which the other connections of the loop have their turn.
    "fetch 1 MiB, hot": Bound(1,      2,      3,   0.2, 12,   0,    1.2, 3,   2,    11),
    # A produce of 2 KB and the fetch that waits for it, together; a fetch that waits takes a timer.
    "tail 2 KB":        Bound(2,      2,      6,   0.2, 1.2,  1,    2,   1,   4,    18.5),
}
ROUNDING = 0.15  # of a request: what goes on in the background while some hundreds are counted
