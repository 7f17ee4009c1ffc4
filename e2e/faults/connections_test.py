"""What is no request: the guilty connection is closed and told of, the others go on."""
import http.client
import os
import socket
import ssl
import struct
import time
import unittest

from node import Node
from wire import API_VERSIONS, Client, METADATA, PRODUCE, UNSUPPORTED_VERSION, batch, request


class Intruders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node("intruders").start()
        cls.other = cls.node.client()
        assert cls.other.create_topic("good")[0] == 0

    @classmethod
    def tearDownClass(cls):
        cls.other.socket.close()
        cls.node.stop()

    def tearDown(self):
        """Another connection works after every intrusion, and so does the node."""
        self.assertTrue(self.node.alive())
        self.assertEqual(self.other.produce("good", batch(b"x"))[0], 0)

    def told(self, *words):
        self.assertIsNotNone(self.node.told(*words), f"no line with {words} in\n" + "\n".join(self.node.lines()[-5:]))

    def test_garbage(self):
        with self.node.client() as client:
            client.send(b"\x77" + os.urandom(300))
            self.assertTrue(client.closed())
            self.told(client.name, "socket.request.max.bytes", "Kafka's")

    def test_garbage_in_a_frame(self):
        for garbage in (b"", b"\0", os.urandom(7), b"\x7f" * 40, b"\0\x03\0\x0c\0\0\0\x01\x7f\xff" + b"a" * 20):
            with self.subTest(garbage=garbage), self.node.client() as client:
                client.send_frame(garbage)
                self.assertTrue(client.closed())
                self.told("request refused", client.name, "problem=")

    def test_arrays_longer_than_the_request(self):
        with self.node.client() as client:
            client.send_frame(request(METADATA, 1, struct.pack(">i", 0x7fffffff)))
            self.assertTrue(client.closed())
            self.told("request refused", client.name)

    def test_tls(self):
        context = ssl.create_default_context()
        with self.node.client() as client:
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(client.socket, server_hostname="localhost")
            self.told("TLS handshake", "security.protocol")

    def test_http(self):
        host, port = self.node.address.split(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        with self.assertRaises((http.client.HTTPException, ConnectionError)):
            connection.request("GET", "/metrics")
            connection.getresponse()
        self.told("HTTP request", "barnabas.http.listener")

    def test_lengths_that_cannot_be(self):
        for length in (0x7fffffff, 1 << 30, 104857601, -1, -0x80000000):
            with self.subTest(length=length), self.node.client() as client:
                client.send(struct.pack(">i", length))
                self.assertTrue(client.closed())
                self.told(client.name, f"a request of {length} bytes")

    def test_a_large_length_takes_no_memory_before_its_bytes_come(self):
        before = self.resident()
        clients = [self.node.client() for _ in range(20)]
        for client in clients:
            client.send(struct.pack(">i", 100 << 20) + b"\0\0")
        time.sleep(0.3)
        self.assertLess(self.resident() - before, 50 << 20)
        for client in clients:
            client.socket.close()

    def resident(self):
        pid = (self.node.directory / "pid").read_text().strip()
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def test_a_frame_that_is_cut_off(self):
        with self.node.client() as client:
            client.send(struct.pack(">i", 100) + b"\0\x12\0\0")
        self.told("connection ended inside a request", client.name, "received=8 of=104", "do=")

    def test_a_frame_that_trickles_in(self):
        with self.node.client() as client:
            frame = request(API_VERSIONS, 0, b"")
            for byte in struct.pack(">i", len(frame)) + frame:
                client.send(bytes([byte]))
                time.sleep(0.01)
            self.assertEqual(client.receive_frame()[:6], struct.pack(">ih", 1, 0))

    def test_many_requests_at_once_are_answered_in_order(self):
        with self.node.client() as client:
            frames = [request(API_VERSIONS, 0, b"", correlation=number) for number in range(500)]
            client.send(b"".join(struct.pack(">i", len(frame)) + frame for frame in frames))
            self.assertEqual([struct.unpack(">i", client.receive_frame()[:4])[0] for _ in frames], list(range(500)))

    def test_unsupported_versions(self):
        with self.node.client() as client:
            client.send_frame(request(API_VERSIONS, 99, b""))
            answer = client.receive_frame()
            self.assertEqual(struct.unpack(">ih", answer[:6]), (1, UNSUPPORTED_VERSION))
            self.assertEqual(struct.unpack(">ihhh", answer[6:]), (1, API_VERSIONS, 0, 4), "the versions that are supported")
            self.assertTrue(client.answers(), "the client may ask again in one of them")
        with self.node.client() as client:
            client.send_frame(request(PRODUCE, 99, b""))
            self.assertTrue(client.closed())
            self.told("request refused", client.name, "Produce version 99", "3 to 13")

    def test_an_unknown_api(self):
        with self.node.client() as client:
            client.send_frame(request(999, 0, b""))
            self.assertTrue(client.closed())
            self.told("request refused", client.name, "999")


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = Node("limits", "max.connections.per.ip=4", "max.connections.per.ip.overrides=127.0.0.2:1,localhost:3",
                        "connections.max.idle.ms=1000").start()

    @classmethod
    def tearDownClass(cls):
        cls.node.stop()

    def from_address(self, address):
        host, port = self.node.address.split(":")
        client = Client.__new__(Client)
        client.socket = socket.create_connection((host, int(port)), timeout=5, source_address=(address, 0))
        return client

    def test_connections_of_one_address(self):
        for address, most in (("127.0.0.3", 4), ("127.0.0.2", 1), ("127.0.0.1", 3)):
            with self.subTest(address=address):
                clients = [self.from_address(address) for _ in range(most)]
                for client in clients:
                    self.assertTrue(client.answers())
                with self.from_address(address) as more:
                    self.assertTrue(more.closed())
                self.assertIsNotNone(self.node.told("connection refused", address, "max.connections.per.ip"))
                self.assertTrue(clients[0].answers())
                clients.pop().socket.close()
                time.sleep(0.2)
                with self.from_address(address) as again:
                    self.assertTrue(again.answers())
                for client in clients:
                    client.socket.close()

    def test_idle_connections_end_and_busy_ones_do_not(self):
        with self.from_address("127.0.0.4") as busy, self.from_address("127.0.0.4") as idle, \
                self.from_address("127.0.0.4") as half:
            half.send(struct.pack(">i", 100))
            for _ in range(10):
                self.assertTrue(busy.answers())
                time.sleep(0.2)
            for client in (idle, half):
                client.socket.settimeout(0.2)
                self.assertTrue(client.closed())
            self.assertTrue(busy.answers())
