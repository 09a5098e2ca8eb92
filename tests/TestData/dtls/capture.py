#!/usr/bin/env python3
"""Captures the first datagrams of DTLS clients, which get no answer, or a server that asks for the hello again with a cookie."""
import os, select, socket, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))


def capture(name, command, answer=None):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(('127.0.0.1', 0))
        process = subprocess.Popen(command.replace('PORT', str(server.getsockname()[1])), shell=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        datagrams, until = [], time.time() + 10
        while (left := until - time.time()) > 0 and select.select([server], [], [], left)[0]:
            packet, peer = server.recvfrom(65535)
            if not datagrams:
                until = time.time() + 1.5
                if answer:
                    server.sendto(answer, peer)
            datagrams.append(packet)
        try:
            os.killpg(process.pid, 9)
        except ProcessLookupError:
            pass
        process.wait()
    if answer:
        datagrams = datagrams[1:]
    if not datagrams:
        print(name, 'sent nothing', file=sys.stderr)
        return
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(b''.join(len(d).to_bytes(2, 'big') + d for d in datagrams))
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write('{}\n')


# HelloVerifyRequest (RFC 6347 §4.2.1) with a cookie of 16 bytes.
VERIFY = bytes.fromhex('16feff0000000000000000001f' '030000130000000000000013' 'feff10') + bytes(range(16))
OPENSSL = 'openssl s_client -connect 127.0.0.1:PORT '
capture('openssl', OPENSSL + '-dtls -servername dtls.example')
capture('openssl-12', OPENSSL + '-dtls1_2 -alpn h2,webrtc')
capture('openssl-10', OPENSSL + '-dtls1 -cipher DEFAULT@SECLEVEL=0')
capture('openssl-fragments', OPENSSL + '-dtls -mtu 256 -servername ' + 'a' * 63 + '.' + 'b' * 63 + '.example')
capture('openssl-cookie', OPENSSL + '-dtls', VERIFY)
capture('gnutls', 'gnutls-cli --udp --insecure -p PORT 127.0.0.1')
capture('gnutls-10', 'gnutls-cli --udp --insecure --priority NORMAL:-VERS-ALL:+VERS-DTLS1.0:%COMPAT -p PORT 127.0.0.1')
capture('gnutls-cookie', 'gnutls-cli --udp --insecure -p PORT 127.0.0.1', VERIFY)
