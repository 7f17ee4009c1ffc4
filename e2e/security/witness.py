"""Somebody who uses the node while others ill-treat it."""
import threading
import time


class Witness:
    """Asks again and again in a thread of its own; `ask` is called with nothing and must not fail, nor take long."""

    def __init__(self, ask, patience=3):
        self.ask, self.patience = ask, patience
        self.asked, self.longest, self.error = 0, 0, None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.ending.is_set() and self.error is None:
            began = time.monotonic()
            try:
                self.ask()
            except Exception as error:  # whatever it was, the test tells
                self.error = error
            self.longest = max(self.longest, time.monotonic() - began)
            self.asked += 1
            self.ending.wait(0.01)

    def __enter__(self):
        self.ask()
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.ending.set()
        self.thread.join()
        if kind is None:
            assert self.error is None, f"after {self.asked} times: {self.error!r}"
            assert self.asked > 0 and self.longest < self.patience, f"{self.asked} times, the longest took {self.longest} s"
