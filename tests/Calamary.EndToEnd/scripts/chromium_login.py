"""Chromium behind a proxy that asks for a password: answers the dialogue over the debugging pipe, prints how often it was asked and the page."""
import sys

from browser import Browser

proxy, url, home, user, password = sys.argv[1:]
browser = Browser(home, "--disable-quic", f"--proxy-server={proxy}")
asked = 0


def handle(message):
    global asked
    session, parameters = message.get("sessionId"), message.get("params", {})
    if message.get("method") == "Fetch.requestPaused":
        browser.send("Fetch.continueRequest", session, requestId=parameters["requestId"])
    elif message.get("method") == "Fetch.authRequired":
        asked += 1
        answer = {"response": "ProvideCredentials", "username": user, "password": password} if asked < 3 else {"response": "CancelAuth"}
        browser.send("Fetch.continueWithAuth", session, requestId=parameters["requestId"], authChallengeResponse=answer)


browser.handle = handle
session = browser.open_page()
browser.call("Fetch.enable", session, handleAuthRequests=True)
browser.send("Page.navigate", session, url=url)
while (message := browser.receive()).get("method") != "Page.loadEventFired":
    handle(message)
print(asked, browser.text(session))
browser.close()
