"""Kafka's protocol by hand, so that it can be broken by hand: record batches, requests in versions without tagged fields."""
import re
import socket
import struct
import time

NONE, OFFSET_OUT_OF_RANGE, CORRUPT_MESSAGE, UNKNOWN_TOPIC_OR_PARTITION, MESSAGE_TOO_LARGE = 0, 1, 2, 3, 10
NOT_LEADER_OR_FOLLOWER, INVALID_TOPIC_EXCEPTION, UNSUPPORTED_VERSION, INVALID_CONFIG, INVALID_TIMESTAMP = 6, 17, 35, 40, 32
OUT_OF_ORDER_SEQUENCE_NUMBER, INVALID_PRODUCER_EPOCH, KAFKA_STORAGE_ERROR, INVALID_RECORD = 45, 47, 56, 87
UNSUPPORTED_COMPRESSION_TYPE, UNSUPPORTED_FOR_MESSAGE_FORMAT = 76, 43
PRODUCE, FETCH, LIST_OFFSETS, METADATA, API_VERSIONS, CREATE_TOPICS, INIT_PRODUCER_ID = 0, 1, 2, 3, 18, 19, 22
DESCRIBE_LOG_DIRS, INCREMENTAL_ALTER_CONFIGS = 35, 44
PATIENCE_SECONDS = 10


def crc32c(data, table=[]):
    if not table:
        for value in range(256):
            for _ in range(8):
                value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
            table.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def varint(number):
    number = number << 1 ^ number >> 63
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def record(value, offset_delta=0, key=None):
    body = b"\0" + varint(0) + varint(offset_delta)
    body += varint(-1) if key is None else varint(len(key)) + key
    body += varint(len(value)) + value + varint(0)
    return varint(len(body)) + body


def batch(*values, **broken):
    """A record batch of these values; any field of the header can be given another value than the right one. The checksum
    is right for what stands there unless `crc` is given."""
    now = int(time.time() * 1000)
    field = {"base_offset": 0, "leader_epoch": -1, "magic": 2, "attributes": 0, "last_offset_delta": len(values) - 1,
             "first_timestamp": now, "max_timestamp": now, "producer": -1, "epoch": -1, "sequence": -1, "count": len(values)}
    field.update(broken)
    records = broken.get("records", b"".join(record(value, delta) for delta, value in enumerate(values)))
    checked = struct.pack(">hiqqqhii", *(field[name] for name in (
        "attributes", "last_offset_delta", "first_timestamp", "max_timestamp", "producer", "epoch", "sequence", "count"))) + records
    length = broken.get("length", len(checked) + 9)
    crc = broken.get("crc", crc32c(checked))
    return struct.pack(">qiibI", field["base_offset"], length, field["leader_epoch"], field["magic"], crc) + checked


def text(value):
    if value is None:
        return struct.pack(">h", -1)
    encoded = value.encode()
    return struct.pack(">h", len(encoded)) + encoded


def array(items):
    return struct.pack(">i", len(items)) + b"".join(items)


def request(api, version, body, correlation=1, client="faults"):
    return struct.pack(">hhi", api, version, correlation) + text(client) + body


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        values = struct.unpack_from(">" + form, self.data, self.at)
        self.at += struct.calcsize(">" + form)
        return values[0] if len(values) == 1 else values

    def bytes(self, form="i"):
        size = self.take(form)
        if size < 0:
            return None
        self.at += size
        return self.data[self.at - size:self.at]

    def text(self):
        value = self.bytes("h")
        return None if value is None else value.decode()

    def array(self, each):
        return [each() for _ in range(self.take("i"))]


class Client:
    """One connection."""

    def __init__(self, address, patience=PATIENCE_SECONDS):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=patience)
        self.name = "%s:%d" % self.socket.getsockname()[:2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_frame(self, frame):
        self.send(struct.pack(">i", len(frame)) + frame)

    def receive(self, size):
        got = b""
        while len(got) < size:
            some = self.socket.recv(size - len(got))
            if not some:
                raise ConnectionError("closed by the broker")
            got += some
        return got

    def receive_frame(self):
        return self.receive(struct.unpack(">i", self.receive(4))[0])

    def closed(self):
        """Whether the broker closes without a word."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def ask(self, api, version, body):
        self.send_frame(request(api, version, body))
        answer = Reader(self.receive_frame())
        answer.take("i")
        return answer

    def answers(self):
        """Whether the connection works."""
        return self.ask(API_VERSIONS, 0, b"").take("h") == NONE

    def create_topic(self, name, partitions=1, **configs):
        """The error's code and words."""
        given = [text(key.replace("_", ".")) + text(str(value)) for key, value in configs.items()]
        topic = text(name) + struct.pack(">ih", partitions, 1) + array([]) + array(given)
        answer = self.ask(CREATE_TOPICS, 4, array([topic]) + struct.pack(">ib", 10000, 0))
        answer.take("ii")
        answer.text()
        code, words = answer.take("h"), answer.text()
        if code == NONE:
            for partition in range(partitions):
                self.wait_for_leader(name, partition)
        return code, words

    def wait_for_leader(self, name, partition=0):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.end_offset(name, partition)[0] in (UNKNOWN_TOPIC_OR_PARTITION, NOT_LEADER_OR_FOLLOWER):
            assert time.monotonic() < deadline, f"{name}-{partition} has no leader"
            time.sleep(0.02)

    def set_topic_config(self, name, key, value):
        config = text(key) + b"\0" + text(value)
        answer = self.ask(INCREMENTAL_ALTER_CONFIGS, 0, array([b"\2" + text(name) + array([config])]) + b"\0")
        answer.take("ii")
        return answer.take("h"), answer.text()

    def produce(self, topic, records, partition=0):
        """(code, base offset, words)"""
        data = struct.pack(">i", partition) + struct.pack(">i", len(records)) + records
        body = text(None) + struct.pack(">hi", -1, 10000) + array([text(topic) + array([data])])
        answer = self.ask(PRODUCE, 8, body)
        answer.take("i")
        answer.text()
        answer.take("ii")
        code, base, _, _ = answer.take("hqqq")
        reasons = answer.array(lambda: (answer.take("i"), answer.text()))
        return code, base, answer.text() or " ".join(words or "" for _, words in reasons)

    def fetch(self, topic, offset=0, partition=0, most=1 << 20):
        """(code, high watermark, the bytes of the records)"""
        wanted = struct.pack(">iiqqi", partition, -1, offset, -1, most)
        body = struct.pack(">iiiibii", -1, 0, 1, most, 0, 0, -1) + array([text(topic) + array([wanted])]) + array([]) + text("")
        answer = self.ask(FETCH, 11, body)
        answer.take("ihi")
        answer.take("i")
        answer.text()
        answer.take("i")
        _, code, high, _, _ = answer.take("ihqqq")
        answer.array(lambda: answer.take("qq"))
        answer.take("i")
        return code, high, answer.bytes()

    def values(self, topic, partition=0):
        """All values of uncompressed batches, in order."""
        self.wait_for_leader(topic, partition)
        found, offset = [], 0
        while True:
            code, high, records = self.fetch(topic, offset, partition)
            assert code == NONE, f"fetch of {topic}-{partition} at {offset}: error {code}"
            if offset >= high or not records:
                return found
            offset = read_batches(records, offset, found)

    def end_offset(self, topic, partition=0, timestamp=-1):
        wanted = array([text(topic) + array([struct.pack(">iq", partition, timestamp)])])
        answer = self.ask(LIST_OFFSETS, 1, struct.pack(">i", -1) + wanted)
        answer.take("i")
        answer.text()
        answer.take("ii")
        code, _, offset = answer.take("hqq")
        return code, offset

    def new_producer(self):
        """(id, epoch)"""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self.ask(INIT_PRODUCER_ID, 1, text(None) + struct.pack(">i", 1000))
            _, code, producer, epoch = answer.take("ihqh")
            if code == NONE or time.monotonic() > deadline:
                assert code == NONE, f"InitProducerId: error {code}"
                return producer, epoch
            time.sleep(0.1)

    def log_dirs(self):
        """Error code by directory."""
        answer = self.ask(DESCRIBE_LOG_DIRS, 1, struct.pack(">i", -1))
        answer.take("i")

        def directory():
            code, path = answer.take("h"), answer.text()
            answer.array(lambda: (answer.text(), answer.array(lambda: answer.take("iqqb"))))
            return path, code
        return dict(answer.array(directory))


def read_varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number >> 1 ^ -(number & 1), at
        shift += 7


def read_batches(data, wanted, found):
    """Appends the values at and above the offset `wanted`; the offset behind the last whole batch."""
    at = 0
    while at + 61 <= len(data):
        base, length = struct.unpack_from(">qi", data, at)
        if at + 12 + length > len(data):
            break
        last_delta, = struct.unpack_from(">i", data, at + 23)
        count, = struct.unpack_from(">i", data, at + 57)
        place = at + 61
        for _ in range(count):
            size, place = read_varint(data, place)
            end = place + size
            place += 1
            _, place = read_varint(data, place)
            delta, place = read_varint(data, place)
            key, place = read_varint(data, place)
            place += max(key, 0)
            size, place = read_varint(data, place)
            if base + delta >= wanted:
                found.append(data[place:place + size])
            place = end
        wanted = base + last_delta + 1
        at += 12 + length
    return wanted


def pattern_of(*words):
    """Matches a line that has all of these, in this order."""
    return re.compile(".*".join(re.escape(word) for word in words))
