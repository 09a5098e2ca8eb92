"""Three network namespaces in a row, client - proxy - server, and the processes in them."""
import ctypes
import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The server's addresses (RFC 2544 network). The redirect maps all that are proxied to one address of the proxy, so a client's
# port used again towards another one would collide there with TIME_WAIT, and SYNs would be lost: each has a client address to itself.
PROXIED = {"connect": "198.18.1.8", "bulk": "198.18.1.9", "idle": "198.18.1.10"}
DIRECT = "198.18.1.12"
PREFIX = "proxybench"


def sh(*command):
    subprocess.run(command, check=True)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing survives a killed run


class Lab:
    def __init__(self):
        self.children = []
        self.log = tempfile.TemporaryFile()

    def name(self, end):
        return f"{PREFIX}-{os.getpid()}-{end}"

    def __enter__(self):
        remove_stale()
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def build(self):
        for end in ("client", "proxy", "server"):
            sh("ip", "netns", "add", self.name(end))
            self.ip(end, "link", "set", "lo", "up")
        for end, subnet in (("client", 0), ("server", 1)):
            # In the proxy's namespace a link has the name of the other end.
            self.ip("proxy", "link", "add", end, "type", "veth", "peer", "name", "proxy", "netns", self.name(end))
            self.ip("proxy", "addr", "add", f"198.18.{subnet}.1/24", "dev", end)
            self.ip("proxy", "link", "set", end, "up")
            self.ip(end, "addr", "add", f"198.18.{subnet}.2/24", "dev", "proxy")
            self.ip(end, "link", "set", "proxy", "up")
            self.ip(end, "route", "add", "default", "via", f"198.18.{subnet}.1")
        for address in (*PROXIED.values(), DIRECT):
            self.ip("server", "addr", "add", f"{address}/24", "dev", "proxy")
        for own, address in enumerate(PROXIED.values(), 8):
            self.ip("client", "addr", "add", f"198.18.0.{own}/24", "dev", "proxy")
            self.ip("client", "route", "add", address, "via", "198.18.0.1", "src", f"198.18.0.{own}")
        self.sysctl("client", "net.ipv4.ip_local_port_range=1024 65535")
        self.sysctl("proxy", "net.ipv4.ip_local_port_range=1024 65535", "net.ipv4.ip_local_reserved_ports=4128", "net.ipv4.ip_forward=1")
        self.divert()

    def divert(self):
        """Makes what is for the proxied addresses go to the proxy's port."""
        sh(*self.inside("proxy", "nft", "-f", str(HERE / "proxy.nft")))
        # Entries of past connections would fill the table and meet ports that are used again.
        self.sysctl("proxy", *(f"net.netfilter.nf_conntrack_tcp_timeout_{state}=2"
                               for state in ("time_wait", "fin_wait", "close_wait", "last_ack", "close")))

    def ip(self, end, *arguments):
        sh("ip", "-n", self.name(end), *arguments)

    def sysctl(self, end, *settings):
        sh(*self.inside(end, "sysctl", "-q", "-w", *settings))

    def inside(self, end, *command):
        return ["ip", "netns", "exec", self.name(end), *command]

    def start(self, end, *command, **options):
        """Starts a process; its pid is the command's own, as `ip netns exec` becomes the command."""
        options.setdefault("stdout", subprocess.DEVNULL)
        process = subprocess.Popen(self.inside(end, *command), stderr=self.log, preexec_fn=die_with_parent, text=True, **options)
        self.children.append(process)
        return process

    def stop(self, process):
        process.kill()
        process.wait()
        self.children.remove(process)

    def retransmits(self):
        """TCP segments that the client has sent again."""
        names, values = subprocess.run(self.inside("client", "grep", "^Tcp:", "/proc/net/snmp"),
                                       capture_output=True, text=True, check=True).stdout.splitlines()
        return int(values.split()[names.split().index("RetransSegs")])

    def messages(self):
        """What the processes said on stderr."""
        return os.pread(self.log.fileno(), 4000, 0).decode(errors="replace")

    def __exit__(self, *_):
        for process in list(self.children):
            self.stop(process)
        for end in ("client", "proxy", "server"):
            subprocess.run(["ip", "netns", "del", self.name(end)], stderr=subprocess.DEVNULL)
        self.log.close()


def remove_stale():
    """Namespaces of runs that were killed and could not clean up."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout
    for name, pid in re.findall(rf"^({PREFIX}-(\d+)-\w+)", listed, re.M):
        if not Path(f"/proc/{pid}").exists():
            sh("ip", "netns", "del", name)
