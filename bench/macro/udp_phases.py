"""The measurements of the UDP relay. Each takes a Path and returns {metric: value}."""
import json
import os
import subprocess
import time

import lab as net
import measure
import phases
from phases import PhaseFailed

TOLERATED_LOSS = 0.005
# Geometric halvings between the highest rate that passed and the lowest that did not: within five percent.
HALVINGS = 4


class Path(phases.Path):
    """With the datagrams that went wrong: damaged, duplicate, from a wrong address, or in a wrong association."""
    faults = 0

    def checked(self, figures):
        if not figures["completed"]:
            return phases.checked(figures)
        self.faults += sum(figures["errors"].values())
        return figures

    def target(self, kind):
        return net.PROXIED["connect"] if self.proxy else net.DIRECT


def load(path, kind, **options):
    return phases.load(path, f"udp-{kind}", **options)


def works(path):
    """Waits for the proxy."""
    deadline = time.monotonic() + 10
    while load(path, "ping", count=1)[0]["completed"] != 1:
        if time.monotonic() > deadline or path.proxy and path.proxy.poll() is not None:
            raise PhaseFailed("nothing is forwarded\n" + path.lab.messages())
        time.sleep(0.1)


def cpu(name, usage, datagrams):
    """Of the proxy, where there is one, and of all three ends with the kernel's own work."""
    machine = {f"{name}, machine": usage.machine_cpu / datagrams * 1e6}
    return machine if not usage.proxy else {name: usage.proxy_cpu / datagrams * 1e6} | machine


def ping(path, size, seconds):
    """64 requests under way in one association; request and answer are a datagram each."""
    load(path, "ping", size=size, seconds=1)
    figures, usage = load(path, "ping", size=size, seconds=seconds)
    datagrams = path.checked(figures)["completed"] * 2
    return {
        f"ping {size} B: datagrams/s": datagrams / figures["seconds"],
        **cpu(f"ping {size} B: CPU µs/datagram", usage, datagrams),
        f"ping {size} B: lost": figures["lost"],
        f"other CPU, ping {size} B": usage.others,
    }


def latency(path, seconds):
    figures = path.checked(load(path, "ping", window=1, seconds=seconds)[0])
    return {"round trip p50 µs": figures["p50_us"], "round trip p99 µs": figures["p99_us"]}


def stream(path, way, rate, milliseconds, associations=1):
    """(figures, CPU used, share of the datagrams that got lost); opening the associations is not in them"""
    process = path.lab.start("client", *phases.command(path, f"udp-{way}", rate=rate, milliseconds=milliseconds, associations=associations),
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if process.stdout.readline() != "ready\n":
        raise PhaseFailed("the load program ended\n" + path.lab.messages())
    opening, children = measure.process_cpu(process.pid), os.times()
    usage = measure.Usage(path.proxy and path.proxy.pid, path.server.pid)
    output = process.communicate("\n")[0]
    path.lab.children.remove(process)
    after = os.times()
    usage.stop(after.children_user + after.children_system - children.children_user - children.children_system - opening)
    figures = json.loads(output)
    if not figures["sent"]:
        raise PhaseFailed(f"nothing was sent, errors {figures['errors']}")
    path.checked(figures | {"completed": figures["sent"]})
    return figures, usage, 1 - figures["completed"] / figures["sent"]


def paced(path, way, rate, milliseconds, associations=1):
    """1,200-byte datagrams one way at a fixed rate."""
    figures, usage, loss = stream(path, way, rate, milliseconds, associations)
    name = f"{way} {rate:,}/s" if associations == 1 else f"{way} {rate:,}/s in {associations:,}"
    return {
        **cpu(f"{name}: CPU µs/datagram", usage, max(1, figures["completed"])),
        f"{name}: lost %": loss * 100,
        f"{name}: reordered": figures["reordered"],
        f"{name}: moved": figures["moved"],
        f"other CPU, {name}": usage.others,
    }


def highest_rate(path, way, rate, milliseconds):
    """The most that arrives with less than half a percent lost. A rate fails when it does twice: once may be the machine."""
    best = 0

    def passes(offered):
        nonlocal best
        for _ in range(2):
            figures, _, loss = stream(path, way, round(offered), milliseconds)
            sent = figures["sent"] / figures["seconds"]
            if loss < TOLERATED_LOSS:
                best = max(best, sent * (1 - loss))
                # The sender could not offer more: then this is its own limit.
                return sent > 0.9 * offered
        return False

    low = high = rate
    while not passes(low):
        high, low = low, low / 2
        if low < 1000:
            return {f"{way}, highest rate/s": best}
    if low == high:
        high = low * 2
        while passes(high):
            low, high = high, high * 2
    for _ in range(HALVINGS):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if passes(middle) else (low, middle)
    return {f"{way}, highest rate/s": best}


def queries(path, name, count):
    """One query and one answer, a new association each."""
    load(path, "query", count=count // 10, first_port=55000)
    figures, usage = load(path, "query", count=count)
    completed = path.checked(figures)["completed"]
    return {
        f"{name}: new associations/s": completed / figures["seconds"],
        **cpu(f"{name}: CPU µs/association", usage, count),
        f"{name}: lost": figures["lost"],
        f"{name}: p50 µs": figures["p50_us"],
        f"{name}: p99 µs": figures["p99_us"],
        f"other CPU, {name}": usage.others,
    }


def queries_with_end(path, name, count):
    """The same, and what it costs the proxy to forget the associations: until it holds no more descriptors than before."""
    if not path.proxy:
        return queries(path, name, count)
    before, held = measure.process_cpu(path.proxy.pid), descriptors(path)
    figures = queries(path, name, count)
    deadline = time.monotonic() + 90
    while descriptors(path) > held + 10 and time.monotonic() < deadline:
        time.sleep(0.5)
    total = measure.process_cpu(path.proxy.pid) - before
    kept = descriptors(path) - held
    if kept > 10:
        raise PhaseFailed(f"{kept} descriptors are still open after {count} associations should have ended")
    return figures | {f"{name}: CPU µs/association with its end": total / (count + count // 10) * 1e6}


def filters(path):
    """Waits for the proxy, then makes sure that questions are judged: otherwise the comparison means nothing."""
    deadline = time.monotonic() + 10
    ports = iter(range(60000, 61000))
    while load(path, "query", count=1, first_port=next(ports))[0]["completed"] != 1:
        if time.monotonic() > deadline or path.proxy.poll() is not None:
            raise PhaseFailed("no query is answered\n" + path.lab.messages())
    for domain, accepted in (("example.test", 1), ("example.test.evil.test", 0), ("evilexample.test", 0)):
        if load(path, "query", count=1, domain=domain, first_port=next(ports))[0]["completed"] != accepted:
            raise PhaseFailed(f"a question in {domain} should be {'accepted' if accepted else 'denied'}")
    return {}


def idle(path, associations):
    """Memory of a proxy that has served little. Associations end after 20 s."""
    path.checked(load(path, "ping", count=1000)[0])
    before, held = measure.memory(path.proxy.pid), descriptors(path)
    began = time.monotonic()
    process = path.lab.start("client", *phases.command(path, "udp-idle", associations=associations),
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    word, answered = process.stdout.readline().split()
    if word != "ready" or int(answered) < 0.9 * associations:
        raise PhaseFailed(f"{answered} of {associations} idle associations opened")
    time.sleep(1)
    pss, rss = (now - then for now, then in zip(measure.memory(path.proxy.pid), before))
    opened, took = descriptors(path) - held, time.monotonic() - began
    output = process.communicate("")[0]
    path.lab.children.remove(process)
    path.checked(json.loads(output))
    if opened < 0.9 * associations:
        raise PhaseFailed(f"after {took:.1f} s the proxy has {opened} more descriptors for {associations} associations")
    return {
        "PSS bytes/idle association": pss / associations,
        "RSS bytes/idle association": rss / associations,
        "RSS MB, little served": before[1] / 1e6,
        "RSS MB, idle associations open": (before[1] + rss) / 1e6,
        "descriptors/idle association": opened / associations,
    }


def descriptors(path):
    return len(os.listdir(f"/proc/{path.proxy.pid}/fd"))
