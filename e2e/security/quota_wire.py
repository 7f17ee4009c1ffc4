"""Requests by hand under a client id and from an address of one's own, and how quotas are set."""
import pathlib
import socket
import struct
import sys
import time

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "faults"))
from wire import Client, Reader, array, request, text  # noqa: E402

CREATE_TOPICS, DELETE_TOPICS, DESCRIBE_CONFIGS, CREATE_PARTITIONS, ALTER_CLIENT_QUOTAS = 19, 20, 32, 37, 49
THROTTLING_QUOTA_EXCEEDED = 89


class Caller(Client):
    def __init__(self, address, client_id, source=None, patience=40):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), patience, (source, 0) if source else None)
        self.client_id = client_id

    def ask(self, api, version, body):
        self.send_frame(request(api, version, body, client=self.client_id))
        answer = Reader(self.receive_frame())
        answer.take("i")
        return answer

    def create(self, version, name, partitions):
        """(throttle time, code, words)"""
        topic = text(name) + struct.pack(">ih", partitions, 1) + array([]) + array([])
        answer = self.ask(CREATE_TOPICS, version, array([topic]) + struct.pack(">ib", 10000, 0))
        throttle, _ = answer.take("ii")
        answer.text()
        return throttle, answer.take("h"), answer.text()

    def delete(self, version, name):
        """(throttle time, code)"""
        answer = self.ask(DELETE_TOPICS, version, array([text(name)]) + struct.pack(">i", 10000))
        throttle, _ = answer.take("ii")
        answer.text()
        return throttle, answer.take("h")

    def delete_strictly(self, name):
        """(throttle time, code) of version 5, which knows the error of the quota."""
        encoded = name.encode()
        body = b"\0\2" + bytes([len(encoded) + 1]) + encoded + struct.pack(">ib", 10000, 0)
        answer = self.ask(DELETE_TOPICS, 5, body)
        _, throttle, _ = answer.take("bib")
        size = answer.take("b")
        answer.take(f"{size - 1}s")
        return throttle, answer.take("h")

    def grow(self, version, name, partitions):
        """(throttle time, code)"""
        topic = text(name) + struct.pack(">i", partitions) + struct.pack(">i", -1)
        answer = self.ask(CREATE_PARTITIONS, version, array([topic]) + struct.pack(">ib", 10000, 0))
        throttle, _ = answer.take("ii")
        answer.text()
        return throttle, answer.take("h")

    def describe_broker(self):
        """Throttle time; of all requests without records, this one costs the broker the most."""
        return self.ask(DESCRIBE_CONFIGS, 1, array([b"\4" + text("1") + struct.pack(">i", -1)]) + b"\1").take("i")

    def produce_one(self, topic, records):
        """Throttle time."""
        data = struct.pack(">ii", 0, len(records)) + records
        answer = self.ask(0, 8, text(None) + struct.pack(">hi", 1, 10000) + array([text(topic) + array([data])]))
        return struct.unpack(">i", answer.data[-4:])[0]


def set_quota(address, entity, key, value):
    """`entity`: names by type, None for the default."""
    parts = array([text(kind) + text(name) for kind, name in entity.items()])
    change = text(key) + struct.pack(">d", value or 0) + struct.pack(">b", value is None)
    with Caller(address, "administrator") as client:
        answer = client.ask(ALTER_CLIENT_QUOTAS, 0, array([parts + array([change])]) + b"\0")
    answer.take("ii")
    code, words = answer.take("h"), answer.text()
    assert code == 0, (code, words)
    time.sleep(0.1)  # Apache's broker follows its controller
