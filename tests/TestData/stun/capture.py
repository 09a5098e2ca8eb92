#!/usr/bin/env python3
"""Captures the first datagrams (and, over TCP, the first message) of STUN and TURN clients, which get no answer. STUNTOOLS names a folder
with the unpacked package coturn where it is not installed."""
import json, os, select, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = os.environ.get('STUNTOOLS', '/')


def keep(name, data, expected):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def start(command, port):
    return subprocess.Popen(command.replace('PORT', str(port)), shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, start_new_session=True)


def end(process):
    try:
        os.killpg(process.pid, 9)
    except ProcessLookupError:
        pass
    process.wait()


def udp(name, command):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(('127.0.0.1', 0))
        process = start(command, server.getsockname()[1])
        data, first, until = b'', None, time.time() + 15
        while (left := until - time.time()) > 0 and select.select([server], [], [], left)[0]:
            packet, peer = server.recvfrom(65535)
            if first is None:
                first, until = peer, time.time() + 1
            if peer == first:
                data += len(packet).to_bytes(2, 'big') + packet
        end(process)
    if data:
        keep(name, data, {})
    else:
        print(name, 'sent nothing', file=sys.stderr)


def tcp(name, command):
    with socket.create_server(('127.0.0.1', 0)) as server:
        server.settimeout(10)
        process = start(command, server.getsockname()[1])
        try:
            conn, _ = server.accept()
            conn.settimeout(3)
            data = conn.recv(65536)
            keep('stream/' + name, data, {'length': 20 + int.from_bytes(data[2:4], 'big')})
        except OSError as e:
            print(name, e, file=sys.stderr)
        end(process)


udp('coturn-stunclient', f'{TOOLS}/usr/bin/turnutils_stunclient -p PORT 127.0.0.1')
udp('coturn-uclient', f'{TOOLS}/usr/bin/turnutils_uclient -e 127.0.0.1 -p PORT -u user -w secret 127.0.0.1')
udp('coturn-uclient-mobile', f'{TOOLS}/usr/bin/turnutils_uclient -e 127.0.0.1 -M -F -p PORT -u user -w secret 127.0.0.1')
udp('coturn-natdiscovery', f'{TOOLS}/usr/bin/turnutils_natdiscovery -m -f -p PORT 127.0.0.1')
udp('vovida-classic', 'stun 127.0.0.1:PORT')
PAGE = ('data:text/html,<script>var c=new RTCPeerConnection({iceServers:[{urls:"%s",username:"u",credential:"p"}]});'
        'c.createDataChannel("x");c.createOffer().then(o=>c.setLocalDescription(o))</script>')
CHROMIUM = "chromium --headless --no-sandbox --disable-gpu --user-data-dir=/tmp/capture-stun --allow-loopback-in-peer-connection '" + PAGE + "'"
udp('chromium-stun', CHROMIUM % 'stun:127.0.0.1:PORT')
udp('chromium-turn', CHROMIUM % 'turn:127.0.0.1:PORT?transport=udp')
tcp('chromium-turn', CHROMIUM % 'turn:127.0.0.1:PORT?transport=tcp')
tcp('coturn-uclient', f'{TOOLS}/usr/bin/turnutils_uclient -e 127.0.0.1 -t -p PORT -u user -w secret 127.0.0.1')
