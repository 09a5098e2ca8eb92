"""The measurements of interception. Each takes a Path and returns {metric: value}."""
import time
from dataclasses import dataclass
from pathlib import Path as File

import lab as net
import measure
import phases
from phases import PhaseFailed


@dataclass
class Path(phases.Path):
    authority: File
    bulk: bool = False

    def target(self, _):
        return net.DIRECT if not self.proxy else net.PROXIED["bulk" if self.bulk else "connect"]


def get(path, **options):
    return phases.load(path, "tls-get", authority=path.authority, **options)


def one(path, **options):
    return get(path, count=1, concurrency=1, seconds=1, **options)[0]["completed"]


def intercepts(path):
    """Waits for the proxy, then makes sure that it decrypts (the client trusts only the interception CA) and verifies the server."""
    deadline = time.monotonic() + 20
    while one(path) != 1:
        if time.monotonic() > deadline or path.proxy and path.proxy.poll() is not None:
            raise PhaseFailed(f"no certificate of {path.authority.name} for the client\n" + path.lab.messages())
        time.sleep(0.2)
    if one(path, sni="untrusted.example.test") != 0:
        raise PhaseFailed("a server that nobody trusts looks valid")


def cpu(path, usage):
    """Without a proxy that of the two ends: a proxy is one to either side, and does what they do at least."""
    return usage.proxy_cpu if path.proxy else usage.ends_cpu


def counted(path, name, count, **options):
    """That many connections, a full handshake on both sides and 1 KB each, or those that the time suffices for. Failed ones are a row,
    not the end: a peer may have some."""
    figures, usage = get(path, count=count, **options)
    for error, number in figures["errors"].items():
        print(f"[{number} × {error}]", end=" ", flush=True)
    completed = figures["completed"]
    rows = {
        f"{name}: handshakes/s": completed / figures["seconds"],
        f"{name}: CPU µs/handshake": cpu(path, usage) / max(1, completed) * 1e6,
        f"{name}: p50 ms": figures["p50_us"] / 1e3,
        f"{name}: p99 ms": figures["p99_us"] / 1e3,
        f"{name}: completed": completed,
        f"{name}: failed": sum(figures["errors"].values()),
        f"other CPU, {name}": usage.others,
    }
    return rows | ({f"{name}: PSS MB after": measure.family_pss(path.proxy.pid) / 1e6} if path.proxy else {})


def one_name(path, count, seconds):
    fresh = {"PSS MB, fresh": measure.family_pss(path.proxy.pid) / 1e6} if path.proxy else {}
    get(path, count=200)
    return fresh | counted(path, "one name", count, seconds=seconds)


def many_names(path, names, seconds):
    """Each connection to another name, which none before had: a leaf for each."""
    return counted(path, "names", names, names=names, seconds=seconds)


def bulk(path, size, seconds):
    path.bulk = True
    figures, usage = get(path, count=4, concurrency=4, bytes=size, seconds=seconds)
    if figures["completed"] != 4:
        raise PhaseFailed(f"{figures['completed']} of 4 downloads, errors {figures['errors']}")
    gigabytes = 4 * size / 1e9
    return {"bulk GB/s": gigabytes / figures["seconds"], "CPU s/GB": cpu(path, usage) / gigabytes, "other CPU, bulk": usage.others}
