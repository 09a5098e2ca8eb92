"""The proxies that intercept: what they need in a directory, and how they are started."""
import shutil
import subprocess
from string import Template

from lab import HERE, PROXIED, sh

CERTGEN = "/usr/lib/squid/security_file_certgen"
# What each is asked to transfer in the bulk phase, in parts of what the others are.
BULK = {"mitmproxy": 1 / 8}


def prepare(directory, names):
    """The interception CA, ECDSA P-256, and the configurations, which find the server's CA as server-ca.crt."""
    directory.chmod(0o755)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3",
                    "-subj", "/CN=Bench interception CA", "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
                    "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", directory / "intercept.key",
                    "-out", directory / "intercept.crt"], check=True, stderr=subprocess.DEVNULL)
    both = (directory / "intercept.key").read_text() + (directory / "intercept.crt").read_text()
    (directory / "intercept.pem").write_text(both)
    (directory / "mitmproxy").mkdir()
    (directory / "mitmproxy/mitmproxy-ca.pem").write_text(both)
    # Squid looks up the names of the hellos, and those of the clients' addresses.
    (directory / "hosts").write_text("".join(f"{PROXIED['connect']} {name}.example.test\n" for name in (*(f"n{i}" for i in range(names)), "untrusted"))
                                     + "".join(f"198.18.0.{own} client{own}.example.test\n" for own in range(8, 11)))
    for name in ("calamary-intercept.yml", "squid-intercept.conf"):
        (directory / name).write_text(Template((HERE / name).read_text()).substitute(directory=directory))


def start(lab, target, directory, calamary):
    if target == "direct":
        return None
    if target == "calamary":
        return lab.start("proxy", str(calamary), "-f", str(directory / "calamary-intercept.yml"))
    if target == "squid":
        # Squid's own user writes there.
        shutil.rmtree(directory / "certificates", ignore_errors=True)
        subprocess.run([CERTGEN, "-c", "-s", directory / "certificates", "-M", "256MB"], check=True, stdout=subprocess.DEVNULL)
        sh("chown", "-R", "proxy:", directory / "certificates")
        (directory / "squid.log").touch()
        shutil.chown(directory / "squid.log", "proxy")
        return lab.start("proxy", "squid", "-N", "-f", str(directory / "squid-intercept.conf"))
    return lab.start("proxy", "mitmdump", "--mode", "transparent", "--listen-port", "4128", "--quiet", "--set", f"confdir={directory}/mitmproxy",
                     "--set", f"ssl_verify_upstream_trusted_ca={directory}/server-ca.crt", "--set", "stream_large_bodies=1m")


def trusts(target, directory):
    """The only authority whose certificates the client takes."""
    return directory / ("server-ca.crt" if target == "direct" else "intercept.crt")
