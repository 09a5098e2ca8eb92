#!/usr/bin/env python3
"""Writes messages of SOCKS5 clients that no program of the lab sends, with what is expected: {"text": …, "length": bytes of the
message} or {"error": …}."""
import json, os, socket, struct

HERE = os.path.dirname(os.path.abspath(__file__))
V6 = socket.inet_pton(socket.AF_INET6, '2001:db8::7')
MAPPED = socket.inet_pton(socket.AF_INET6, '::ffff:192.0.2.7')
PORT = struct.pack('>H', 443)


def write(folder, name, data, expected):
    with open(f'{HERE}/{folder}/synthetic-{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{folder}/synthetic-{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def good(folder, name, data, text): write(folder, name, data, {'text': text, 'length': len(data)})
def bad(folder, name, data, error): write(folder, name, data, {'error': 'SOCKS5: ' + error})
def named(host): return b'\3' + bytes([len(host)]) + host + PORT


good('greeting', 'no-methods', b'\5\0', 'methods ')
good('greeting', 'all-methods', b'\5\xff' + bytes(range(255)), 'methods ' + bytes(range(255)).hex(' '))
bad('greeting', 'socks4', b'\4\1\1\xbb\xc0\0\2\7\0', 'version')
bad('greeting', 'http', b'GET / HTTP/1.1\r\n', 'version')
bad('greeting', 'tls', b'\x16\3\1\2\0\1\0', 'version')

good('credentials', 'empty', b'\1\0\0', ' ')
good('credentials', 'longest', b'\1\xff' + b'u' * 255 + b'\xff' + b'p' * 255, 'u' * 255 + ' ' + 'p' * 255)
good('credentials', 'zero-bytes', b'\1\2a\0\2\0b', 'a\0 \0b')
bad('credentials', 'version-5', b'\5\1a\1b', 'version of the user/password message')

good('request', 'bind', b'\5\2\0\1\xc0\0\2\7' + PORT, '2 192.0.2.7:443')
good('request', 'unknown-command', b'\5\xf0\0\1\xc0\0\2\7' + PORT, '240 192.0.2.7:443')
good('request', 'bind-no-name', b'\5\2\0' + named(b'a b'), '2 0.0.0.0:443')
good('request', 'reserved-set', b'\5\1\xff\4' + V6 + PORT, '1 [2001:db8::7]:443')
good('request', 'mapped', b'\5\1\0\4' + MAPPED + PORT, '1 192.0.2.7:443')
good('request', 'associate', b'\5\3\0\1' + bytes(6), '3 0.0.0.0:0')
good('request', 'name-case-and-dot', b'\5\1\0' + named(b'WWW.Example.COM.'), '1 www.example.com:443')
good('request', 'name-is-ip4', b'\5\1\0' + named(b'192.0.2.7'), '1 192.0.2.7:443')
good('request', 'name-is-ip6', b'\5\1\0' + named(b'2001:db8::7'), '1 [2001:db8::7]:443')
good('request', 'name-is-mapped', b'\5\1\0' + named(b'::ffff:192.0.2.7'), '1 192.0.2.7:443')
good('request', 'name-longest', b'\5\1\0' + named(b'.'.join([b'a' * 62] * 4)), '1 ' + '.'.join(['a' * 62] * 4) + ':443')
bad('request', 'name-too-long', b'\5\1\0' + named(b'.'.join([b'a' * 63] * 4)), 'not a host name')
bad('request', 'name-empty', b'\5\1\0' + named(b''), 'not a host name')
bad('request', 'name-brackets', b'\5\1\0' + named(b'[2001:db8::7]'), 'not a host name')
bad('request', 'name-zero-byte', b'\5\1\0' + named(b'a\0.example.com'), 'not a host name')
bad('request', 'name-utf8', b'\5\1\0' + named('bücher.example'.encode()), 'not a host name')
bad('request', 'name-aton', b'\5\1\0' + named(b'0x7f.1'), 'not a host name')
bad('request', 'name-scope', b'\5\1\0' + named(b'fe80::1%eth0'), 'not a host name')
bad('request', 'version-4', b'\4\1\0\1\xc0\0\2\7' + PORT, 'version')
bad('request', 'address-type', b'\5\1\0\2\xc0\0\2\7' + PORT, 'address type')

write('datagram', 'ip6', b'\0\0\0\4' + V6 + PORT + b'data', {'text': '0 [2001:db8::7]:443', 'length': 22})
good('datagram', 'empty', b'\0\0\0\1\xc0\0\2\7' + PORT, '0 192.0.2.7:443')
good('datagram', 'fragment', b'\0\0\x81' + named(b'a.example'), '129 a.example:443')
bad('datagram', 'address-type', b'\0\0\0\0\xc0\0\2\7' + PORT, 'address type')
bad('datagram', 'name', b'\0\0\0' + named(b'a b'), 'not a host name')
