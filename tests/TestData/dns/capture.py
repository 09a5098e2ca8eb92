#!/usr/bin/env python3
"""Captures the queries of the programs on this machine: NAME.bin here (datagrams, each behind its length), stream/NAME.bin (TCP as it is).
Runs in network and mount namespaces of its own, where 127.0.0.1:53 is the only name server and never answers. DNSTOOLS names a folder with
unpacked packages (busybox, dnsmasq-base, python3-dnspython) for those that are not installed."""
import json, os, select, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.environ.get('DNSTOOLS', '/')
TYPES = {'A': 1, 'NS': 2, 'SOA': 6, 'PTR': 12, 'MX': 15, 'TXT': 16, 'AAAA': 28, 'SRV': 33, 'DS': 43, 'DNSKEY': 48, 'HTTPS': 65, 'SVCB': 64,
         'IXFR': 251, 'AXFR': 252, 'ANY': 255}


def write(name, data, qname, qtype):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps({'name': qname, 'type': TYPES[qtype]}) + '\n')


def run(command):
    return subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            start_new_session=True)


def end(process):
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        pass
    process.wait()


def udp(name, qname, qtype, command):
    """Keeps what the first port sends in half a second; a resolver may ask for A and AAAA from one port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(('127.0.0.1', 53))
        process = run(command)
        datagrams, first, until = [], None, time.time() + 8
        while (left := until - time.time()) > 0 and select.select([server], [], [], left)[0]:
            data, peer = server.recvfrom(65535)
            if first is None:
                first, until = peer, time.time() + 0.5
            if peer == first:
                datagrams.append(data)
        end(process)
    if not datagrams:
        print(name, 'sent nothing', file=sys.stderr)
        return
    write(name, b''.join(len(d).to_bytes(2, 'big') + d for d in datagrams), qname, qtype)


def tcp(name, qname, qtype, command):
    with socket.create_server(('127.0.0.1', 53)) as server:
        server.settimeout(8)
        process = run(command)
        try:
            conn, _ = server.accept()
            conn.settimeout(2)
            data = conn.recv(65536)
            while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2], 'big'):
                data += conn.recv(65536)
            conn.close()
            write('stream/' + name, data, qname, qtype)
        except OSError as e:
            print(name, e, file=sys.stderr)
        end(process)


if os.environ.get('CAPTURE_INSIDE') is None:
    with open('/tmp/capture-resolv.conf', 'w') as f:
        f.write('nameserver 127.0.0.1\noptions timeout:2 attempts:1\n')
    with open('/tmp/capture-nsswitch.conf', 'w') as f:
        f.write('hosts: dns\n')
    sys.exit(subprocess.run(['unshare', '-nm', 'sh', '-c', 'ip link set lo up && mount --bind /tmp/capture-resolv.conf /etc/resolv.conf && '
                             'mount --bind /tmp/capture-nsswitch.conf /etc/nsswitch.conf && exec "$@"', 'sh', sys.executable, *sys.argv],
                            env=os.environ | {'CAPTURE_INSIDE': '1'}).returncode)

DIG = 'dig @127.0.0.1 +tries=1 +time=3 '
for name, qname, qtype, options in [
        ('dig-a', 'www.example.com', 'A', 'www.example.com'),
        ('dig-https', 'www.example.com', 'HTTPS', '-t HTTPS www.example.com'),
        ('dig-noedns', 'example.com', 'MX', '+noedns example.com MX'),
        ('dig-dnssec', 'example.com', 'AAAA', '+dnssec +cdflag +adflag example.com AAAA'),
        ('dig-nocookie', 'example.com', 'NS', '+nocookie +bufsize=512 example.com NS'),
        ('dig-padding', 'example.com', 'A', '+padding=128 +subnet=192.0.2.0/24 +nsid +expire +keepalive example.com'),
        ('dig-mixed-case', 'www.example.com', 'A', 'wWw.ExAmPlE.cOm.'),
        ('dig-flags', 'example.com', 'A', '+aaflag +zflag +norecurse example.com'),
        ('dig-any', 'example.com', 'ANY', '+notcp example.com ANY'),
        ('dig-ptr', '1.2.0.192.in-addr.arpa', 'PTR', '-x 192.0.2.1'),
        ('dig-ptr6', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa', 'PTR', '-x 2001:db8::1'),
        ('dig-root', None, 'NS', '. NS'),
        ('dig-chaos', 'version.bind', 'TXT', 'version.bind CH TXT'),
        ('dig-srv', '_sip._tcp.example.com', 'SRV', '_sip._tcp.example.com SRV'),
        ('dig-odd-name', r'a\032b.example.com', 'A', "'a b.example.com'"),
        ('dig-dot-in-label', r'a\046b.example.com', 'A', r"'a\.b.example.com'"),
        ('dig-address-name', '192.0.2.1', 'A', '192.0.2.1'),
        ('dig-notify', 'example.com', 'SOA', '+opcode=notify example.com SOA'),
        ('dig-tsig', 'example.com', 'SOA', '-y hmac-sha256:key.example:c2VjcmV0 example.com SOA'),
        ('dig-ednsopt', 'example.com', 'A', '+ednsopt=65001:010203 +edns=0 +ednsflags=0x0080 example.com'),
        ('dig-ixfr', 'example.com', 'IXFR', '+notcp example.com IXFR=2023010101'),
        ('dig-long', '.'.join(['a' * 63, 'b' * 63, 'c' * 63, 'd' * 61]), 'A', '.'.join(['a' * 63, 'b' * 63, 'c' * 63, 'd' * 61]))]:
    udp(name, qname, qtype, DIG + options)
udp('host', 'www.example.com', 'A', 'host -W 1 www.example.com. 127.0.0.1')
udp('nslookup', 'www.example.com', 'A', 'nslookup www.example.com. 127.0.0.1')
udp('nslookup-mx', 'example.com', 'MX', 'nslookup -type=mx example.com. 127.0.0.1')
udp('delv', 'example.com', 'A', 'delv @127.0.0.1 example.com')
udp('kdig', 'example.com', 'A', 'kdig @127.0.0.1 example.com')
udp('kdig-edns', 'example.com', 'SVCB', 'kdig @127.0.0.1 +edns +dnssec +cookie +padding=64 +nsid example.com SVCB')
udp('khost', 'www.example.com', 'A', 'khost www.example.com. 127.0.0.1')
udp('drill', 'example.com', 'A', 'drill @127.0.0.1 example.com')
udp('drill-dnssec', 'example.com', 'DNSKEY', 'drill -D @127.0.0.1 example.com DNSKEY')
udp('unbound-host', 'example.com', 'A', 'unbound-host -r -t A example.com.')
udp('glibc', 'www.example.com', 'A', 'getent ahosts www.example.com')
udp('glibc-edns', 'www.example.com', 'A', 'RES_OPTIONS="edns0 trust-ad" getent ahostsv4 www.example.com')
udp('python', 'python.example', 'A', '''python3 -c 'import socket; socket.getaddrinfo("Python.Example.", 80)' ''')
udp('curl', 'curl.example', 'A', 'curl -s http://curl.example/')
udp('node-cares', 'node.example', 'AAAA', '''node -e 'require("dns").resolve6("node.example", () => {})' ''')
udp('node-cares-srv', '_x._tcp.node.example', 'SRV', '''node -e 'require("dns").resolveSrv("_x._tcp.node.example", () => {})' ''')
udp('busybox', 'busybox.example', 'A', f'{TOOLS}/bin/busybox nslookup busybox.example. 127.0.0.1')
udp('dnspython', 'example.com', 'HTTPS', f'PYTHONPATH={TOOLS}/usr/lib/python3/dist-packages python3 -c '
    '''"import dns.query, dns.message; dns.query.udp(dns.message.make_query('example.com', 'HTTPS', want_dnssec=True), '127.0.0.1')" ''')
udp('dnsmasq', 'www.example.com', 'A', f'{TOOLS}/usr/sbin/dnsmasq -d -C /dev/null -p 5300 --no-resolv -S 127.0.0.1 -u root & sleep 1; '
    'dig -p 5300 @127.0.0.1 www.example.com')
udp('nsupdate', 'example.com', 'SOA', r'printf "server 127.0.0.1\nzone example.com\nprereq nxdomain new.example.com\n'
    r'update add new.example.com 300 A 192.0.2.1\nupdate delete old.example.com\nsend\n" | nsupdate')
udp('nsupdate-tsig', 'example.com', 'SOA', r'printf "server 127.0.0.1\nzone example.com\n'
    r'update add new.example.com 300 TXT x\nsend\n" | nsupdate -y hmac-sha256:key.example:c2VjcmV0')

tcp('dig', 'www.example.com', 'A', DIG + '+tcp www.example.com')
tcp('dig-axfr', 'example.com', 'AXFR', DIG + 'example.com AXFR')
tcp('dig-ixfr', 'example.com', 'IXFR', DIG + 'example.com IXFR=2023010101')
tcp('dig-axfr-tsig', 'example.com', 'AXFR', DIG + '-y hmac-sha256:key.example:c2VjcmV0 example.com AXFR')
tcp('dig-keepopen', 'www.example.com', 'A', DIG + '+tcp +keepopen +dnssec www.example.com A example.com')
tcp('host', 'www.example.com', 'A', 'host -T -t A www.example.com. 127.0.0.1')
tcp('kdig', 'example.com', 'HTTPS', 'kdig @127.0.0.1 +tcp +edns +padding=128 example.com HTTPS')
tcp('drill', 'example.com', 'A', 'drill -t @127.0.0.1 example.com')
tcp('glibc', 'www.example.com', 'A', 'RES_OPTIONS=use-vc getent ahosts www.example.com')
tcp('dnspython', 'example.com', 'SVCB', f'PYTHONPATH={TOOLS}/usr/lib/python3/dist-packages python3 -c '
    '''"import dns.query, dns.message; dns.query.tcp(dns.message.make_query('example.com', 'SVCB'), '127.0.0.1')" ''')
tcp('nsupdate', 'example.com', 'SOA', r'printf "server 127.0.0.1\nzone example.com\nupdate add new.example.com 300 A 192.0.2.1\nsend\n" | nsupdate -v')
