"""Records and names that are not right: Kafka's error code with words for the guilty partition, and nothing for the others."""
import os
import struct
import unittest

from node import Node
from wire import (CORRUPT_MESSAGE, INVALID_CONFIG, INVALID_PRODUCER_EPOCH, INVALID_RECORD, INVALID_TIMESTAMP,
                  INVALID_TOPIC_EXCEPTION, MESSAGE_TOO_LARGE, NONE, OUT_OF_ORDER_SEQUENCE_NUMBER, PRODUCE, Reader,
                  UNKNOWN_TOPIC_OR_PARTITION, array, batch, record, text, varint)

UNKNOWN_SERVER_ERROR = -1  # as Kafka answers there


class Batches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kind = os.environ.get("FAULTS_KIND", "barnabas")  # "apache" shows whether the expectations are Kafka's
        cls.node = Node("batches", kind=cls.kind).start()
        cls.client = cls.node.client()
        assert cls.client.create_topic("written", partitions=2)[0] == NONE
        assert cls.client.create_topic("small", max_message_bytes=500)[0] == NONE
        assert cls.client.create_topic("punctual", message_timestamp_before_max_ms=10000,
                                       message_timestamp_after_max_ms=10000)[0] == NONE
        assert cls.client.create_topic("keyed", cleanup_policy="compact")[0] == NONE

    @classmethod
    def tearDownClass(cls):
        cls.client.socket.close()
        cls.node.stop()

    def tearDown(self):
        self.assertTrue(self.node.alive())
        self.assertEqual(self.client.produce("written", batch(b"good"), 1)[0], NONE)

    def refused(self, code, records, topic="written"):
        before = self.client.end_offset(topic)
        got, _, why = self.client.produce(topic, records)
        self.assertNotEqual(got, NONE)
        self.assertEqual(got, got if code is None else code, why)
        self.assertTrue(why or self.kind == "apache")
        self.assertEqual(self.client.end_offset(topic), before, "nothing was appended")

    def test_each_field_of_the_header(self):
        whole = batch(b"a", b"b")
        cases = {
            "base offset": (batch(b"a", b"b", base_offset=12345), INVALID_RECORD),
            "crc": (batch(b"a", b"b", crc=1), CORRUPT_MESSAGE),
            "length, too long": (batch(b"a", b"b", length=1 << 20), INVALID_RECORD),
            "length, too short": (batch(b"a", b"b", length=8), CORRUPT_MESSAGE),
            "length, negative": (batch(b"a", b"b", length=-1), CORRUPT_MESSAGE),
            "magic 3": (batch(b"a", b"b", magic=3), CORRUPT_MESSAGE),
            "attributes: a codec that does not exist": (batch(b"a", b"b", attributes=7), UNKNOWN_SERVER_ERROR),
            "attributes: a control batch": (batch(b"a", b"b", attributes=32), INVALID_RECORD),
            "last offset delta, too large": (batch(b"a", b"b", last_offset_delta=7), INVALID_RECORD),
            "last offset delta, too small": (batch(b"a", b"b", last_offset_delta=0), INVALID_RECORD),
            "last offset delta, negative": (batch(b"a", b"b", last_offset_delta=-5), INVALID_RECORD),
            "count, too large": (batch(b"a", b"b", count=3), INVALID_RECORD),
            "count, too small": (batch(b"a", b"b", count=1), INVALID_RECORD),
            "count, none": (batch(b"a", b"b", count=0), INVALID_RECORD),
            "count, negative": (batch(b"a", b"b", count=-1), INVALID_RECORD),
            "count, huge": (batch(b"a", b"b", count=0x7fffffff, last_offset_delta=0x7ffffffe), INVALID_RECORD),
            "sequence without a producer's": (batch(b"a", b"b", producer=1, epoch=0, sequence=-1), INVALID_RECORD),
            "cut off": (whole[:-3], INVALID_RECORD),
            "cut off in the header": (whole[:30], INVALID_RECORD),
            "garbage": (os.urandom(16) + b"\x9d" + os.urandom(60), None),
            "garbage of the right format": (os.urandom(16) + b"\2" + os.urandom(60), None),
            "two batches": (whole + whole, INVALID_RECORD),
        }
        for name, (records, code) in cases.items():
            with self.subTest(name):
                self.refused(code, records)

    def test_records_that_are_not_right(self):
        cases = {
            "a record longer than the batch": varint_length(1000),
            "a record of negative length": varint_length(-3),
            "no records where two are promised": b"",
        }
        for name, records in cases.items():
            with self.subTest(name):
                code, _, why = self.client.produce("written", batch(b"a", b"b", records=records))
                self.assertIn(code, (INVALID_RECORD, CORRUPT_MESSAGE), why)

    def test_fields_that_the_broker_gives(self):
        end = self.client.end_offset("written")[1]
        self.assertEqual(self.client.produce("written", batch(b"a", leader_epoch=77))[:2], (NONE, end))

    def test_compressed_garbage(self):
        for codec in (1, 2, 3, 4):
            with self.subTest(codec=codec):
                self.refused(UNKNOWN_SERVER_ERROR, batch(b"a", attributes=codec, records=os.urandom(50)))

    def test_one_guilty_partition_of_a_request(self):
        bad, good = batch(b"a", crc=1), batch(b"a")
        partitions = array([struct.pack(">ii", number, len(data)) + data for number, data in ((0, bad), (1, good))])
        answer = self.client.ask(PRODUCE, 3, text(None) + struct.pack(">hi", -1, 5000) + array([text("written") + partitions]))
        answer.take("i")
        answer.text()
        codes = dict(answer.array(lambda: answer.take("ihqq")[:2]))
        self.assertEqual(codes, {0: CORRUPT_MESSAGE, 1: NONE})

    def test_sequences(self):
        producer, epoch = self.client.new_producer()
        own = {"producer": producer, "epoch": epoch}
        first = self.client.produce("written", batch(b"x", b"y", **own, sequence=0))
        self.assertEqual(first[0], NONE)
        self.refused(OUT_OF_ORDER_SEQUENCE_NUMBER, batch(b"x", **own, sequence=7))
        self.assertEqual(self.client.produce("written", batch(b"x", b"y", **own, sequence=0))[:2], first[:2], "a duplicate")
        self.assertEqual(self.client.produce("written", batch(b"x", producer=producer, epoch=epoch + 1, sequence=0))[0], NONE)
        self.refused(INVALID_PRODUCER_EPOCH, batch(b"x", **own, sequence=2))

    def test_too_large(self):
        self.refused(MESSAGE_TOO_LARGE, batch(b"x" * 600), "small")

    def test_timestamps(self):
        for stamp in (1, 1 << 60):
            with self.subTest(stamp=stamp):
                self.refused(INVALID_TIMESTAMP, batch(b"x", first_timestamp=stamp, max_timestamp=stamp), "punctual")

    def test_no_key_where_topics_are_compacted(self):
        self.refused(INVALID_RECORD, batch(b"x"), "keyed")

    def test_partitions_that_do_not_exist(self):
        for topic, partition in (("written", 9), ("written", -1), ("nothing", 0)):
            with self.subTest(topic=topic, partition=partition):
                self.assertEqual(self.client.produce(topic, batch(b"x"), partition)[0], UNKNOWN_TOPIC_OR_PARTITION)

    def test_topic_names(self):
        for name in ("", ".", "..", "a b", "a/b", "../etc", "a\0b", "x" * 250, "ä"):
            with self.subTest(name=name):
                code, why = self.client.create_topic(name)
                self.assertEqual(code, INVALID_TOPIC_EXCEPTION)
                self.assertTrue(why)

    def test_topic_configs(self):
        for key, value in (("retention_ms", "soon"), ("segment_bytes", "1"), ("no_such_key", "1"), ("cleanup_policy", "burn")):
            with self.subTest(key=key):
                code, why = self.client.create_topic("configured", **{key: value})
                self.assertEqual(code, INVALID_CONFIG)
                self.assertIn(key.replace("_", "."), why)
                code, why = self.client.set_topic_config("written", key.replace("_", "."), value)
                self.assertEqual(code, INVALID_CONFIG)
                self.assertIn(key.replace("_", "."), why)


def varint_length(length):
    """Two records, the second of a length that is not its own."""
    return record(b"a") + varint(length) + record(b"b", 1)[1:]
