"""The report that every scripted client prints."""
import hashlib
import json
import time


class Outcome:
    def __init__(self):
        self.started = time.monotonic()
        self.first = -1.0
        self.received = 0
        self.head = b""
        self.hash = hashlib.sha256()

    def add(self, data):
        if self.first < 0:
            self.first = time.monotonic() - self.started
        self.received += len(data)
        self.head += data[:max(0, 1024 - len(self.head))]
        self.hash.update(data)

    def report(self, end):
        print(json.dumps({
            "end": end, "received": self.received, "seconds": time.monotonic() - self.started, "firstByte": self.first,
            "text": self.head.decode("latin-1"), "sha256": self.hash.hexdigest()}))
