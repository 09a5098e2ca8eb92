"""Chromium behind a proxy that asks for a password: answers the dialogue over the debugging pipe, prints how often it was asked and the page."""
import json
import os
import subprocess
import sys

proxy, url, home, user, password = sys.argv[1:]
to_browser, our_end = os.pipe()
from_browser, their_end = os.pipe()


def connect():
    # The browser reads descriptor 3 and writes to 4; a copy first, as these may be ours already.
    read, write = os.dup(to_browser), os.dup(their_end)
    os.dup2(read, 3)
    os.dup2(write, 4)


browser = subprocess.Popen(
    ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
     "--disable-background-networking", "--disable-component-update", "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
     f"--user-data-dir={home}/data", f"--proxy-server={proxy}", "--remote-debugging-pipe"],
    preexec_fn=connect, close_fds=False, env={**os.environ, "HOME": home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
pipe = os.fdopen(from_browser, "rb", buffering=0)
buffer = b""
number = 0
asked = 0


def send(method, session=None, **parameters):
    global number
    number += 1
    message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
    os.write(our_end, json.dumps(message).encode() + b"\0")
    return number


def receive():
    global buffer
    while b"\0" not in buffer:
        data = pipe.read(65536)
        if not data:
            raise EOFError
        buffer += data
    message, buffer = buffer.split(b"\0", 1)
    return json.loads(message)


def handle(message):
    global asked
    session, parameters = message.get("sessionId"), message.get("params", {})
    if message.get("method") == "Fetch.requestPaused":
        send("Fetch.continueRequest", session, requestId=parameters["requestId"])
    elif message.get("method") == "Fetch.authRequired":
        asked += 1
        answer = {"response": "ProvideCredentials", "username": user, "password": password} if asked < 3 else {"response": "CancelAuth"}
        send("Fetch.continueWithAuth", session, requestId=parameters["requestId"], authChallengeResponse=answer)


def call(method, session=None, **parameters):
    waited = send(method, session, **parameters)
    while (message := receive()).get("id") != waited:
        handle(message)
    return message["result"]


target = call("Target.createTarget", url="about:blank")["targetId"]
session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
call("Fetch.enable", session, handleAuthRequests=True)
call("Page.enable", session)
send("Page.navigate", session, url=url)
while (message := receive()).get("method") != "Page.loadEventFired":
    handle(message)
page = call("Runtime.evaluate", session, expression="document.body.innerText")["result"]["value"]
print(asked, page.strip())
browser.kill()
