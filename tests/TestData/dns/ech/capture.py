#!/usr/bin/env python3
"""Captures answers with ECH configurations from name servers. DNSTOOLS names a folder with the unpacked packages knot, nsd and bind9; dnspython
must be importable."""
import base64, json, os, signal, socket, subprocess, sys, tempfile, time

TOOLS = os.environ.get('DNSTOOLS', '/')
sys.path.append(f'{TOOLS}/usr/lib/python3/dist-packages')
import dns.edns, dns.flags, dns.message  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ECH = base64.b64encode(bytes.fromhex('0045fe0d0041') + bytes(range(65))).decode()
ZONE = f'''$ORIGIN example.com.
$TTL 300
@ SOA ns.example.com. admin.example.com. 1 3600 600 86400 300
@ NS ns
@ NS ns.other.example.
@ MX 10 mail
@ A 192.0.2.1
@ HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.1 ech="{ECH}"
@ HTTPS 2 svc mandatory=alpn,ech alpn=h2 ech="{ECH}"
@ HTTPS 3 plain.example.com. alpn=h2
ns A 192.0.2.53
ns AAAA 2001:db8::53
mail A 192.0.2.25
www CNAME svc
svc A 192.0.2.2
svc AAAA 2001:db8::2
svc HTTPS 1 . mandatory=ech ech="{ECH}" ipv6hint=2001:db8::2
alias HTTPS 0 svc.example.com.
_dns SVCB 1 ns alpn=dot ech="{ECH}"
_srv._tcp SRV 0 0 443 svc
plain HTTPS 1 . alpn=h2
'''


def named(folder, port):
    with open(f'{folder}/named.conf', 'w') as f:
        f.write(f'options {{ directory "{folder}"; listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; pid-file none;'
                'session-keyfile none; recursion no; minimal-responses no; minimal-any no; allow-transfer { any; }; dnssec-validation no; };'
                'controls { };'
                'dnssec-policy p { keys { csk lifetime unlimited algorithm ecdsap256sha256; }; };'
                f'zone "example.com" {{ type primary; file "{folder}/zone"; dnssec-policy p; inline-signing yes; }};')
    return [f'{TOOLS}/usr/sbin/named', '-g', '-c', f'{folder}/named.conf', '-n', '1']


def knot(folder, port):
    with open(f'{folder}/knot.conf', 'w') as f:
        f.write(f'server:\n  listen: 127.0.0.1@{port}\n  rundir: {folder}\ndatabase:\n  storage: {folder}\n'
                f'acl:\n  - id: all\n    action: transfer\ntemplate:\n  - id: default\n    storage: {folder}\n'
                f'zone:\n  - domain: example.com\n    file: {folder}/zone\n    acl: all\n    dnssec-signing: on\n    zonefile-sync: -1\n    journal-content: all\n')
    return [f'{TOOLS}/usr/sbin/knotd', '-c', f'{folder}/knot.conf']


def nsd(folder, port):
    with open(f'{folder}/nsd.conf', 'w') as f:
        f.write(f'server:\n  ip-address: 127.0.0.1@{port}\n  username: ""\n  chroot: ""\n  pidfile: ""\n  database: ""\n  zonesdir: {folder}\n  zonelistfile: {folder}/list\n'
                f'  xfrdfile: {folder}/xfrd\n  xfrdir: {folder}\n  logfile: {folder}/log\nremote-control:\n  control-enable: no\n'
                f'zone:\n  name: example.com\n  zonefile: {folder}/zone\n  provide-xfr: 127.0.0.1 NOKEY\n')
    return [f'{TOOLS}/usr/sbin/nsd', '-d', '-c', f'{folder}/nsd.conf']


def ask(query, port):
    with socket.create_connection(('127.0.0.1', port), 3) as connection:
        connection.sendall(len(query).to_bytes(2, 'big') + query)
        answer = connection.makefile('rb')
        return answer.read(int.from_bytes(answer.read(2), 'big'))


def keep(name, data):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps({'outcome': 'Stripped' if base64.b64decode(ECH) in data else 'Unchanged'}) + '\n')


for server, port in [(named, 53901), (knot, 53902), (nsd, 53903)]:
    with tempfile.TemporaryDirectory() as folder:
        with open(f'{folder}/zone', 'w') as f:
            f.write(ZONE)
        process = subprocess.Popen(server(folder, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(4)
        for name, qname, qtype, options in [
                ('apex', 'example.com', 'HTTPS', {}),
                ('apex-dnssec', 'example.com', 'HTTPS', {'want_dnssec': True}),
                ('cname', 'www.example.com', 'HTTPS', {'want_dnssec': True}),
                ('alias', 'alias.example.com', 'HTTPS', {}),
                ('svcb', '_dns.example.com', 'SVCB', {}),
                ('any', 'example.com', 'ANY', {}),
                ('plain', 'plain.example.com', 'HTTPS', {}),
                ('axfr', 'example.com', 'AXFR', {}),
                ('srv', '_srv._tcp.example.com', 'SRV', {}),
                ('padding', 'svc.example.com', 'HTTPS', {'use_edns': 0, 'options': [dns.edns.GenericOption(12, b'')]})]:
            query = dns.message.make_query(qname, qtype, **options)
            query.flags |= dns.flags.AD
            try:
                keep(f'{server.__name__}-{name}', ask(query.to_wire(), port))
            except OSError as e:
                print(server.__name__, name, repr(e), file=sys.stderr)
        process.send_signal(signal.SIGTERM)
        process.wait()
