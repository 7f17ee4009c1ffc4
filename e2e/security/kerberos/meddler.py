"""Between a client and a node: what the client sends to authenticate can be looked at, changed or kept back."""
import socket
import struct
import threading

AUTHENTICATE = 36


class Meddler:
    """`change` gets the number of each SaslAuthenticate of a connection and its frame, and gives the frame to send on; with
    nothing, the connection ends."""

    def __init__(self, port, change):
        self.node_port, self.change = port, change
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        node = socket.create_connection(("127.0.0.1", self.node_port))
        threading.Thread(target=self.copy, args=(node, client), daemon=True).start()
        with client, node:
            seen = 0
            while frame := self.frame(client):
                if struct.unpack_from(">h", frame)[0] == AUTHENTICATE:
                    frame = self.change(seen, frame)
                    seen += 1
                if frame is None:
                    return
                node.sendall(struct.pack(">i", len(frame)) + frame)

    @staticmethod
    def frame(client):
        def exactly(size):
            got = b""
            while len(got) < size:
                more = client.recv(size - len(got))
                if not more:
                    return b""
                got += more
            return got
        try:
            size = exactly(4)
            return exactly(struct.unpack(">i", size)[0]) if size else b""
        except OSError:
            return b""

    @staticmethod
    def copy(node, client):
        try:
            while data := node.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
