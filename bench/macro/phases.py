"""The four measurements. Each takes a Path (lab, server, proxy or None) and returns {metric: value}."""
import json
import os
import subprocess
import time
from dataclasses import dataclass

import lab as net
import measure

LOAD = "artifacts/bench/load/calamary-load"


@dataclass
class Path:
    lab: net.Lab
    server: subprocess.Popen
    proxy: subprocess.Popen | None

    def target(self, kind):
        return net.PROXIED[kind] if self.proxy else net.DIRECT


class PhaseFailed(Exception):
    pass


def command(path, kind, **options):
    arguments = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", str(value))]
    return [LOAD, kind, "--target", path.target(kind), *arguments]


def load(path, kind, **options):
    """Runs the load to its end; (its figures, CPU used)."""
    retransmits = path.lab.retransmits()
    usage = measure.Usage(path.proxy and path.proxy.pid, path.server.pid)
    children = os.times()
    process = path.lab.start("client", *command(path, kind, **options), stdout=subprocess.PIPE)
    output = process.communicate()[0]
    path.lab.children.remove(process)
    after = os.times()
    client_cpu = after.children_user + after.children_system - children.children_user - children.children_system
    if not output:
        raise PhaseFailed(f"the load program ended with {process.returncode}\n" + path.lab.messages())
    usage.stop(client_cpu)
    return json.loads(output) | {"retransmits": path.lab.retransmits() - retransmits}, usage


def checked(figures):
    if figures["errors"] or not figures["completed"]:
        raise PhaseFailed(f"{figures['completed']} completed, errors {figures['errors']}")
    return figures


def policy(path):
    """Waits for the proxy, then makes sure that it filters: otherwise the comparison means nothing."""
    deadline = time.monotonic() + 10
    while load(path, "connect", count=1, concurrency=1, seconds=1)[0]["completed"] != 1:
        if time.monotonic() > deadline or path.proxy.poll() is not None:
            raise PhaseFailed("the proxy forwards nothing\n" + path.lab.messages())
        time.sleep(0.1)
    for name, accepted in (("example.test", 1), ("a.b.example.test", 1), ("example.test.evil.test", 0), ("evilexample.test", 0)):
        if load(path, "connect", count=1, concurrency=1, seconds=1, sni=name)[0]["completed"] != accepted:
            raise PhaseFailed(f"SNI {name} should be {'accepted' if accepted else 'denied'}")


def connections(path, seconds, concurrency):
    load(path, "connect", seconds=1, concurrency=concurrency)
    figures, usage = load(path, "connect", seconds=seconds, concurrency=concurrency)
    checked(figures)
    return {
        "connections/s": figures["completed"] / figures["seconds"],
        "CPU µs/connection": usage.proxy_cpu / figures["completed"] * 1e6,
        "loaded p99 µs": figures["p99_us"],
        "retransmits, connections": figures["retransmits"],
        "other CPU, connections": usage.others,
    }


def latency(path, seconds):
    figures, usage = load(path, "connect", seconds=seconds, concurrency=1, pause=1)
    checked(figures)
    return {
        "latency p50 µs": figures["p50_us"],
        "latency p99 µs": figures["p99_us"],
        "retransmits, latency": figures["retransmits"],
        "other CPU, latency": usage.others,
    }


def bulk(path, bulk_bytes, streams):
    figures, usage = load(path, "bulk", bulk_bytes=bulk_bytes, concurrency=streams)
    checked(figures)
    gigabytes = bulk_bytes * streams / 1e9
    return {
        "bulk GB/s": gigabytes / figures["seconds"],
        "CPU s/GB": usage.proxy_cpu / gigabytes,
        "other CPU, bulk": usage.others,
    }


def idle(path, flows):
    """On a proxy that has served little: pools that earlier phases filled would hide what a flow costs."""
    checked(load(path, "connect", count=500, concurrency=16)[0])
    time.sleep(0.3)
    before = measure.memory(path.proxy.pid)
    process = path.lab.start("client", *command(path, "idle", count=flows), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if process.stdout.readline().strip() != "ready":
        raise PhaseFailed("the idle flows did not open: " + process.communicate()[0])
    time.sleep(1)
    pss, rss = (now - then for now, then in zip(measure.memory(path.proxy.pid), before))
    output = process.communicate("")[0]
    path.lab.children.remove(process)
    checked(json.loads(output))
    return {"PSS bytes/idle flow": pss / flows, "RSS bytes/idle flow": rss / flows, "PSS MB, 500 connections served": before[0] / 1e6}
