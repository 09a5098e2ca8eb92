#!/usr/bin/env python3
"""Writes ClientHellos of DTLS in records and fragments, what breaks their rules, and what is none."""
import json, os, struct

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, datagrams, expected):
    with open(f'{HERE}/synthetic-{name}.bin', 'wb') as f:
        f.write(b''.join(len(d).to_bytes(2, 'big') + d for d in datagrams))
    with open(f'{HERE}/synthetic-{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def good(name, *datagrams): write(name, datagrams, {})
def none(name, *datagrams): write('not-' + name, datagrams, {'nomatch': True})
def bad(name, error, *datagrams): write(name, datagrams, {'error': 'DTLS: ' + error})


def hello(version=0xFEFD, session=b'', cookie=b'', suites=b'\x13\x01\xc0\x2b', methods=b'\0', extensions=b'\0\x17\0\0'):
    return (struct.pack('>H', version) + bytes(range(32)) + bytes([len(session)]) + session + bytes([len(cookie)]) + cookie
            + struct.pack('>H', len(suites)) + suites + bytes([len(methods)]) + methods
            + (b'' if extensions is None else struct.pack('>H', len(extensions)) + extensions))


def fragment(body, offset=0, size=None, number=0, length=None, kind=1):
    part = body[offset:] if size is None else body[offset:offset + size]
    return (bytes([kind]) + (len(body) if length is None else length).to_bytes(3, 'big') + struct.pack('>H', number)
            + offset.to_bytes(3, 'big') + len(part).to_bytes(3, 'big') + part)


def record(body, version=0xFEFF, sequence=0, epoch=0, kind=22, length=None):
    return struct.pack('>BHH', kind, version, epoch) + sequence.to_bytes(6, 'big') + struct.pack('>H', len(body) if length is None else length) + body


H = hello()
good('hello', record(fragment(H)))
good('version-12-record', record(fragment(H), 0xFEFD))
good('version-10', record(fragment(hello(0xFEFF))))
good('cookie', record(fragment(hello(cookie=bytes(20)), number=1), sequence=1))
good('no-extensions', record(fragment(hello(extensions=None))))
good('session', record(fragment(hello(session=bytes(32)))))
good('fragments', record(fragment(H, 0, 20)), record(fragment(H, 20), sequence=1))
good('second-fragment-first', record(fragment(H, 20), sequence=1), record(fragment(H, 0, 20)))
good('fragments-in-one', record(fragment(H, 0, 20)) + record(fragment(H, 20), sequence=1))
for size in (1, 2, 34, 35, 40):
    good(f'first-fragment-{size}', record(fragment(H, 0, size)))
bad('record-cut', 'record length', record(fragment(H))[:-1])
bad('trailing', 'bytes behind the record', record(fragment(H)) + b'\x16')
bad('trailing-garbage', 'bytes behind the record', record(fragment(H)) + bytes(40))
bad('number', 'fragment of the ClientHello', record(fragment(H, number=2)))
bad('fragment-empty', 'fragment of the ClientHello', record(fragment(H, 0, 0)))
bad('fragment-over-end', 'fragment of the ClientHello', record(fragment(H, 20, length=len(H) - 1)))
bad('fragment-cut', 'fragment of the ClientHello', record(fragment(H)[:-1]))
bad('fragment-header-cut', 'fragment of the ClientHello', record(fragment(H)[:11]))
bad('hello-short', 'ClientHello length', record(fragment(H[:41])))
bad('hello-long', 'ClientHello length', record(fragment(H, length=(1 << 17) + 1)))
bad('hello-version', 'ClientHello', record(fragment(hello(0x0303))))
bad('hello-session', 'ClientHello', record(fragment(hello(session=bytes(33)))))
bad('hello-suites-odd', 'ClientHello', record(fragment(hello(suites=b'\x13\x01\xc0'))))
bad('hello-suites-none', 'ClientHello', record(fragment(hello(suites=b'') + bytes(4))))
bad('hello-methods', 'ClientHello', record(fragment(hello(methods=b'\1'))))
bad('hello-extensions', 'ClientHello', record(fragment(hello(extensions=b'\0\x17\0\4'))))
bad('hello-trailing', 'ClientHello', record(fragment(H + b'\0')))
none('nothing', b'')
none('tls', b'\x16\x03\x01\0\x40\1' + bytes(59))
none('short', record(b'')[:11 - 1])
none('bad-version', record(fragment(H), 0x0100))
none('epoch', record(fragment(H), epoch=1))
none('sequence', record(fragment(H), sequence=1 << 16))
none('server-hello', record(fragment(H, kind=2)))
none('alert', record(b'\2\x28', kind=21))
none('data', record(fragment(H), kind=23))
none('empty-record', record(b''))
none('hello-second', b'\0', record(fragment(H)))
