"""What a process and the machine have used."""
import time
from pathlib import Path


def process_cpu(pid):
    """CPU seconds of all threads, also those that have ended: the process's CPU clock, as clock_getcpuclockid(3) names it."""
    return time.clock_gettime((~pid << 3) | 2)


def family(pid):
    """The process and all that descend from it."""
    children = " ".join(task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children")).split()
    return [pid, *(relative for child in children for relative in family(int(child)))]


def family_cpu(pid):
    return {member: process_cpu(member) for member in family(pid)}


def machine_busy():
    """CPU seconds that all cores together were not idle (10 ms ticks)."""
    user, nice, system, idle, iowait, irq, softirq, steal, *_ = map(int, Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + irq + softirq + steal) / 100


def memory(pid):
    """Bytes of PSS and RSS."""
    rows = dict(line.split(":") for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return [int(rows[row].split()[0]) * 1024 for row in ("Pss", "Rss")]


def family_pss(pid):
    return sum(memory(member)[0] for member in family(pid))


class Usage:
    """CPU between its making and stop(), of the proxy with its helpers and of what belongs to no end of the measurement."""

    def __init__(self, proxy, server):
        self.proxy, self.server = proxy, server
        self.before = self.read()

    def read(self):
        return [family_cpu(self.proxy) if self.proxy else {}, process_cpu(self.server), machine_busy(), time.monotonic()]

    def stop(self, client_cpu):
        (now, *rest), (then, *rest_before) = self.read(), self.before
        proxy = sum(cpu - then.get(member, 0) for member, cpu in now.items())
        server, busy, wall = (now - then for now, then in zip(rest, rest_before))
        self.proxy_cpu = proxy
        self.ends_cpu = server + client_cpu
        self.machine_cpu = busy
        self.others = max(0, busy - proxy - server - client_cpu) / wall
