"""SASL by hand: the frames, PLAIN, SCRAM and OAUTHBEARER as a client sends them, so that they can be broken by hand."""
import base64
import hashlib
import hmac
import json
import socket
import struct
import time

API_VERSIONS, METADATA, HANDSHAKE, AUTHENTICATE = 18, 3, 17, 36
CREATE_TOKEN, RENEW_TOKEN, EXPIRE_TOKEN, DESCRIBE_TOKEN, DESCRIBE_SCRAM, ALTER_SCRAM = 38, 39, 40, 41, 50, 51


def text(value):
    return struct.pack(">h", -1) if value is None else struct.pack(">h", len(value.encode())) + value.encode()


def sized(value):
    return struct.pack(">i", len(value)) + value


def take_text(data, at):
    size = struct.unpack_from(">h", data, at)[0]
    return (None, at + 2) if size < 0 else (data[at + 2:at + 2 + size].decode(), at + 2 + size)


class Closed(Exception):
    pass


class Wire:
    """One connection; requests in versions without tagged fields."""

    def __init__(self, host, port, patience=10):
        self.socket = socket.create_connection((host, port), timeout=patience)
        self.correlation = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, frame):
        self.socket.sendall(sized(frame))

    def receive(self, size):
        data = b""
        while len(data) < size:
            try:
                more = self.socket.recv(size - len(data))
            except ConnectionError:
                more = b""
            if not more:
                raise Closed()
            data += more
        return data

    def frame(self):
        return self.receive(struct.unpack(">i", self.receive(4))[0])

    def ask(self, key, version, body):
        self.correlation += 1
        self.send(struct.pack(">hhi", key, version, self.correlation) + text("wire") + body)
        answer = self.frame()
        assert struct.unpack_from(">i", answer)[0] == self.correlation, answer
        return answer[4:]

    def handshake(self, mechanism, version=1):
        """(error, mechanisms)"""
        answer = self.ask(HANDSHAKE, version, text(mechanism))
        error, count = struct.unpack_from(">hi", answer)
        mechanisms, at = [], 6
        for _ in range(count):
            name, at = take_text(answer, at)
            mechanisms.append(name)
        return error, mechanisms

    def authenticate(self, token, version=1):
        """(error, message, bytes, session lifetime)"""
        answer = self.ask(AUTHENTICATE, version, sized(token))
        error = struct.unpack_from(">h", answer)[0]
        message, at = take_text(answer, 2)
        size = struct.unpack_from(">i", answer, at)[0]
        challenge = answer[at + 4:at + 4 + max(size, 0)]
        lifetime = struct.unpack_from(">q", answer, at + 4 + max(size, 0))[0] if version >= 1 else None
        return error, message, challenge, lifetime

    def metadata(self):
        return self.ask(METADATA, 1, struct.pack(">i", 0))


def plain(user, password, authorization=""):
    return f"{authorization}\0{user}\0{password}".encode()


class Scram:
    def __init__(self, user, password, digest="sha256", extensions="", header="n,,"):
        self.password, self.digest, self.header = password.encode(), digest, header
        self.nonce = base64.b64encode(str(time.time()).encode()).decode()
        self.bare = f"n={user.replace('=', '=3D').replace(',', '=2C')},r={self.nonce}{extensions}"

    def first(self):
        return (self.header + self.bare).encode()

    def final(self, server_first):
        fields = dict(part.split("=", 1) for part in server_first.decode().split(","))
        salted = hashlib.pbkdf2_hmac(self.digest, self.password, base64.b64decode(fields["s"]), int(fields["i"]))
        without = f"c={base64.b64encode(self.header.encode()).decode()},r={fields['r']}"
        signed = f"{self.bare},{server_first.decode()},{without}".encode()
        client_key = hmac.digest(salted, b"Client Key", self.digest)
        signature = hmac.digest(hashlib.new(self.digest, client_key).digest(), signed, self.digest)
        self.expected = base64.b64encode(hmac.digest(hmac.digest(salted, b"Server Key", self.digest), signed, self.digest))
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        return f"{without},p={base64.b64encode(proof).decode()}".encode()


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unsecured_token(lifetime=3600, **claims):
    now = int(time.time())
    claims = {"sub": "alice", "iat": now, "exp": now + lifetime} | claims
    return f'{url64(json.dumps({"alg": "none"}).encode())}.{url64(json.dumps(claims).encode())}.'


def bearer(token, authorization=""):
    header = f"n,a={authorization}," if authorization else "n,,"
    return f"{header}\x01auth=Bearer {token}\x01\x01".encode()
