#!/usr/bin/env python3
"""Writes STUN and TURN messages, what breaks their rules, and what is none. stream/ has them as they go over TCP."""
import json, os, struct, zlib

HERE = os.path.dirname(os.path.abspath(__file__))
COOKIE = 0x2112A442


def write(name, data, expected):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def datagram(name, data, expected):
    write('synthetic-' + name, len(data).to_bytes(2, 'big') + data, expected)


def both(name, data, expected=None):
    datagram(name, data, expected or {})
    write('stream/synthetic-' + name, data, expected or {'length': 20 + int.from_bytes(data[2:4], 'big')})


def message(kind, body=b'', cookie=COOKIE, length=None):
    return struct.pack('>HHI', kind, len(body) if length is None else length, cookie) + bytes(range(12)) + body


def attribute(kind, value):
    return struct.pack('>HH', kind, len(value)) + value + bytes(-len(value) % 4)


def fingerprinted(data, mask=0x5354554E):
    data = data[:2] + struct.pack('>H', len(data) - 20 + 8) + data[4:]
    return data + struct.pack('>HHI', 0x8028, 4, zlib.crc32(data) ^ mask)


NONE, ERROR = {'nomatch': True}, lambda what: {'error': 'STUN: ' + what}
SOFTWARE = attribute(0x8022, b'abcde')
for kind, name in [(1, 'binding'), (3, 'allocate'), (4, 'refresh'), (8, 'create-permission'), (9, 'channel-bind'), (0xA, 'connect'),
                   (0xB, 'connection-bind'), (0x11, 'binding-indication'), (0x16, 'send')]:
    both(name, message(kind, SOFTWARE))
both('empty', message(1))
both('fingerprint', fingerprinted(message(1, SOFTWARE)))
both('zero-length-attribute', message(3, attribute(0x001A, b'') + attribute(0x0019, b'\x11\0\0\0')))
both('fingerprint-wrong', fingerprinted(message(1, SOFTWARE), 0), ERROR('fingerprint'))
both('fingerprint-not-last', message(1, fingerprinted(message(1))[20:] + SOFTWARE), ERROR('fingerprint'))
both('attribute-over-end', message(1, b'\x80\x22\0\x05abcd'), ERROR('attributes'))
both('attribute-cut', message(1, SOFTWARE[:-4]), ERROR('attributes'))
both('not-padded', message(1, b'abc'), NONE)
both('not-success', message(0x0101, SOFTWARE), NONE)
both('not-data-indication', message(0x0017, SOFTWARE), NONE)
both('not-shared-secret', message(2), NONE)
both('not-high-bits', message(0x4001), NONE)
both('not-http', b'GET / HTTP/1.1\r\nHost: a\r\n\r\n', NONE)
both('not-zeros', bytes(40), NONE)
datagram('cut', message(1, SOFTWARE)[:-4], ERROR('message length'))
datagram('trailing', message(1, SOFTWARE) + bytes(4), ERROR('message length'))
datagram('not-nothing', b'', NONE)
datagram('not-short', message(1)[:19], NONE)
CHANGE = attribute(3, bytes(4))
datagram('classic', message(1, CHANGE, 0x01020304), {})
datagram('classic-change-both', message(1, attribute(3, b'\0\0\0\6'), 0x01020304), {})
datagram('classic-user', message(1, attribute(6, b'abcd') + CHANGE, 0x01020304), {})
datagram('not-classic-empty', message(1, b'', 0x01020304), NONE)
datagram('not-classic-flags', message(1, attribute(3, b'\0\0\0\1'), 0x01020304), NONE)
datagram('not-classic-twice', message(1, CHANGE + CHANGE, 0x01020304), NONE)
datagram('not-classic-attribute', message(1, CHANGE + SOFTWARE, 0x01020304), NONE)
datagram('not-classic-length', message(1, CHANGE, 0x01020304, 12), NONE)
datagram('not-classic-allocate', message(3, CHANGE, 0x01020304), NONE)
write('stream/synthetic-not-classic', message(1, CHANGE, 0x01020304), NONE)
write('stream/synthetic-not-postgres', b'\0\0\0\x08\x04\xd2\x16\x2f', NONE)
