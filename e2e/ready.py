#!/usr/bin/env python3
"""Waits until a broker lists itself in its Metadata.  usage: ready.py HOST:PORT SECONDS [PID]
With a PID it gives up at once when that process is gone."""
import os
import socket
import struct
import sys
import time

REQUEST = struct.pack(">hhih5si", 3, 1, 1, 5, b"ready", 0)  # Metadata version 1 about no topic


def brokers(host, port):
    with socket.create_connection((host, port), timeout=2) as connection:
        connection.sendall(struct.pack(">i", len(REQUEST)) + REQUEST)
        with connection.makefile("rb") as replies:
            size, _, count = struct.unpack(">iii", replies.read(12))
            return count if size >= 8 else 0


def main():
    host, port = sys.argv[1].rsplit(":", 1)
    deadline = time.monotonic() + float(sys.argv[2])
    pid = int(sys.argv[3]) if len(sys.argv) > 3 else None
    while time.monotonic() < deadline:
        if pid is not None and not os.path.exists(f"/proc/{pid}"):
            return 1
        try:
            if brokers(host, int(port)) > 0:
                return 0
        except (OSError, struct.error):
            pass
        time.sleep(0.1)
    return 1


sys.exit(main())
