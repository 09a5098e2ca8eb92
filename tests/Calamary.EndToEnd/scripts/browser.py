"""Chromium, driven over its debugging pipe."""
import json
import os
import select
import signal
import subprocess
import time

OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable"]


class Browser:
    def __init__(self, home, *options):
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()

        def connect():
            # The browser reads descriptor 3 and writes to 4; a copy first, as these may be ours already.
            read, write = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            ["chromium", *OPTIONS, f"--user-data-dir={home}/data", "--remote-debugging-pipe", *options], preexec_fn=connect, close_fds=False,
            env={**os.environ, "HOME": home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(from_browser)
        self.buffer = b""
        self.number = 0
        self.handle = lambda message: None

    def send(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self.output, json.dumps(message).encode() + b"\0")
        return self.number

    def receive(self, deadline=None):
        while b"\0" not in self.buffer:
            if deadline and not select.select([self.input], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            data = os.read(self.input, 65536)
            if not data:
                raise EOFError
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        waited = self.send(method, session, **parameters)
        while (message := self.receive()).get("id") != waited:
            self.handle(message)
        return message["result"]

    def open_page(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable", session)
        return session

    def text(self, session):
        return self.call("Runtime.evaluate", session, expression="document.body.innerText")["result"].get("value", "").strip()

    def close(self):
        """Ends it in an orderly way, so that the profile is written."""
        self.send("Browser.close")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
