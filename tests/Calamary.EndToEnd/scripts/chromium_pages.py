"""Loads a page several times in one browser; prints protocol, seconds and text (or the error) of each: chromium_pages.py HOME URL LOADS [OPTION...]."""
import sys
import time

from browser import Browser

home, url, loads = sys.argv[1], sys.argv[2], int(sys.argv[3])
LIMIT = 15
browser = Browser(home, *sys.argv[4:])
session = browser.open_page()
browser.call("Network.enable", session)


def load():
    started = time.monotonic()
    protocol, came = "-", 0.0
    waited = browser.send("Page.navigate", session, url=url)
    try:
        while True:
            message = browser.receive(started + LIMIT)
            method, parameters = message.get("method"), message.get("params", {})
            if message.get("id") == waited and "errorText" in message.get("result", {}):
                return protocol, time.monotonic() - started, message["result"]["errorText"]
            if method == "Network.responseReceived" and parameters["type"] == "Document":
                protocol, came = parameters["response"].get("protocol", "-"), time.monotonic() - started
            if method == "Page.loadEventFired":
                return protocol, came, browser.text(session)
    except TimeoutError:
        return protocol, time.monotonic() - started, "timeout"


for number in range(loads):
    if number:
        # What the last answer says of HTTP/3 is to be known.
        time.sleep(0.3)
    protocol, seconds, text = load()
    print(protocol, f"{seconds:.3f}", text, flush=True)
browser.close()
