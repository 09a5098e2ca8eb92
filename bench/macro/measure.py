"""What a process and the machine have used."""
import time
from pathlib import Path


def process_cpu(pid):
    """CPU seconds of all threads, also those that have ended: the process's CPU clock, as clock_getcpuclockid(3) names it."""
    return time.clock_gettime((~pid << 3) | 2)


def machine_busy():
    """CPU seconds that all cores together were not idle (10 ms ticks)."""
    user, nice, system, idle, iowait, irq, softirq, steal, *_ = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + irq + softirq + steal) / 100


def memory(pid):
    """Bytes of PSS and RSS."""
    rows = dict(line.split(":") for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return [int(rows[row].split()[0]) * 1024 for row in ("Pss", "Rss")]


class Usage:
    """CPU between its making and stop(), of the proxy and of what belongs to no end of the measurement."""

    def __init__(self, proxy, server):
        self.proxy, self.server = proxy, server
        self.before = self.read()

    def read(self):
        return [process_cpu(self.proxy) if self.proxy else 0, process_cpu(self.server), machine_busy(), time.monotonic()]

    def stop(self, client_cpu):
        proxy, server, busy, wall = (now - then for now, then in zip(self.read(), self.before))
        self.proxy_cpu = proxy
        self.machine_cpu = busy
        self.others = max(0, busy - proxy - server - client_cpu) / wall
