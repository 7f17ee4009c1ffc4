"""The few requests that the measurements of scale send, so that no client's own time is measured with them."""

import socket
import struct

METADATA, LIST_OFFSETS, CREATE_TOPICS, API_VERSIONS = 3, 2, 19, 18


def text(words):
    raw = words.encode()
    return struct.pack(">h", len(raw)) + raw


def array(items):
    items = list(items)
    return struct.pack(">i", len(items)) + b"".join(items)


class Connection:
    """A blocking connection. Raises OSError when the broker is not there or goes away."""

    def __init__(self, address, timeout=120):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, api, version, body):
        """The answer behind its correlation id."""
        request = struct.pack(">hhi", api, version, 1) + text("scale") + body
        self.socket.sendall(struct.pack(">i", len(request)) + request)
        size, _ = struct.unpack(">ii", self._receive(8))
        return self._receive(size - 4)

    def _receive(self, size):
        parts = []
        while size:
            part = self.socket.recv(min(size, 1 << 20))
            if not part:
                raise ConnectionError("the broker closed the connection")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def answers(address):
    """Whether the broker lists itself in its Metadata."""
    with Connection(address, timeout=5) as connection:
        _, brokers = struct.unpack(">ii", connection.ask(METADATA, 3, struct.pack(">i", 0))[:8])
        return brokers > 0


def create_topic(connection, name, partitions):
    wanted = text(name) + struct.pack(">ih", partitions, 1) + array([]) + array([])
    answer = connection.ask(CREATE_TOPICS, 2, array([wanted]) + struct.pack(">i?", 60_000, False))
    (error,) = struct.unpack_from(">h", answer, 4 + 4 + 2 + len(name))
    if error:
        raise RuntimeError(f"{name} is not created: error {error}")


def led(connection, names, partitions):
    """How many of the partitions answer ListOffsets."""
    asked = array(text(name) + array(struct.pack(">iq", each, -1) for each in range(partitions)) for name in names)
    answer = connection.ask(LIST_OFFSETS, 1, struct.pack(">i", -1) + asked)
    at, count = 4, 0
    for _ in names:  # in an order of the broker's own
        at += 2 + struct.unpack_from(">h", answer, at)[0]
        (partitions,) = struct.unpack_from(">i", answer, at)
        at += 4
        for _ in range(partitions):
            count += struct.unpack_from(">h", answer, at + 4)[0] == 0
            at += 4 + 2 + 8 + 8
    return count
