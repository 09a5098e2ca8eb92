"""What the runners need before they can measure, and what they say about it."""
import os
import platform
import resource
import shutil
import subprocess

from lab import HERE, sh

ROOT = HERE.parent.parent
PUBLISHED = ROOT / "artifacts/bench"


def install(program, package):
    if not shutil.which(program):
        print(f"installing {package}", flush=True)
        sh("apt-get", "install", "-y", "-qq", package)


def publish(project, name):
    sh("dotnet", "publish", str(ROOT / project), "-c", "Release", "-v", "q", "--nologo", "-o", str(PUBLISHED / name))
    return PUBLISHED / name


def descriptors(number):
    """As many as that for this process and those it starts, or as many as the machine gives."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True).stdout.split("\n")[0]


def machine():
    processor = next((line.split(": ")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores ({processor}), Linux {platform.release()}, load {os.getloadavg()[0]:.2f}"


def calamary(binary):
    commit = first_line("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    return f"Calamary {first_line(str(binary), '--version')} {binary} (tree {commit})"
