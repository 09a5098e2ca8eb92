#!/usr/bin/env python3
"""Writes answers with SVCB and HTTPS records: NAME.bin, and what is to come of it in NAME.json. NAME.out, what is left of a stripped
one, comes from the tests (see EchVector) and is checked with dnspython by verify.py."""
import json, os, struct

HERE = os.path.dirname(os.path.abspath(__file__))
CONFIG = bytes.fromhex('0045fe0d0041') + bytes(range(65))


def put(name, outcome, data):
    with open(f'{HERE}/synthetic-{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/synthetic-{name}.json', 'w') as f:
        f.write(json.dumps({'outcome': outcome}) + '\n')


def strip(name, data): put(name, 'Stripped', data)
def keep(name, data): put(name, 'Unchanged', data)
def bad(name, data): put(name, 'Malformed', data)


def wire(text): return b''.join(bytes([len(p)]) + p.encode() for p in text.split('.') if p) + b'\0'


def header(answers=1, authorities=0, additionals=0, flags=0x81A0, questions=1):
    return struct.pack('>HHHHHH', 0x1234, flags, questions, answers, authorities, additionals)


QUESTION = wire('www.example.com') + struct.pack('>HH', 65, 1)
OWNER, COM = b'\xc0\x0c', b'\xc0\x10'


def record(owner, kind, data): return owner + struct.pack('>HHIH', kind, 1, 300, len(data)) + data
def param(key, value=b''): return struct.pack('>HH', key, len(value)) + value
def keys(*values): return param(0, b''.join(struct.pack('>H', v) for v in values))
def https(*params, target=b'\0', priority=1, owner=OWNER, kind=65): return record(owner, kind, struct.pack('>H', priority) + target + b''.join(params))


ALPN, PORT, HINT, ECH = param(1, b'\2h2\2h3'), param(3, b'\x20\xfb'), param(4, b'\xc0\0\2\1'), param(5, CONFIG)
A = record(OWNER, 1, b'\xc0\0\2\1')


def message(*records, authorities=(), additionals=(), tail=b'', **fields):
    return header(len(records), len(authorities), len(additionals), **fields) + QUESTION + b''.join([*records, *authorities, *additionals]) + tail


def pointer(data, marker):
    """A pointer to where the marker begins in what will be the message."""
    at = data.index(marker)
    return struct.pack('>H', 0xC000 | at)


OPT = record(b'\0', 41, struct.pack('>HH', 12, 20) + bytes(20))
strip('only-ech', message(https(ECH)))
strip('ech-between', message(https(ALPN, PORT, ECH, param(6, bytes(16)))))
strip('svcb', message(https(ALPN, ECH, kind=64)))
strip('several', message(https(ALPN, ECH), https(ECH, target=wire('b.example'), priority=2), A, https(ALPN, priority=3)))
strip('sections', message(https(ECH), authorities=[https(ECH)], additionals=[https(ECH), OPT]))
strip('mandatory-only-ech', message(https(keys(5), ALPN, ECH)))
strip('mandatory-with-ech', message(https(keys(1, 5), ALPN, ECH)))
strip('mandatory-first', message(https(keys(5, 65000), ECH, param(65000, b'x'))))
strip('mandatory-twice-ech', message(https(keys(5, 1, 5), ALPN, ECH)))
strip('mandatory-empty', message(https(keys(), ECH)))
strip('alias-mode', message(https(ECH, target=wire('b.example'), priority=0)))
strip('out-of-order', message(https(ECH, ALPN)))
strip('twice', message(https(ALPN, ECH, ECH)))
strip('empty-ech', message(https(param(5))))
strip('grown-key', message(https(ALPN, ECH, param(65535, bytes(300)))))
strip('compressed-target', message(https(ALPN, ECH, target=b'\3svc' + COM)))
strip('truncated', message(https(ECH), flags=0x83A0))
strip('no-question', header(1, questions=0) + https(ECH, owner=wire('www.example.com')))
strip('trailing', message(https(ECH), tail=b'\1\2\3'))
strip('class-any', header() + QUESTION + wire('a.b') + struct.pack('>HHIH', 65, 255, 0, 3 + len(ECH)) + b'\0\1\0' + ECH)

# Names behind what is cut, pointing in front of it, behind it, and to names whose own pointers move.
front = message(https(ALPN, ECH))
first = record(wire('mail.example.net'), 15, b'\0\x0a' + wire('mx.other.example'))
body = front + first
net, mx = pointer(body, wire('example.net')), pointer(body, wire('mx.other.example'))
body += record(b'\3ftp' + net, 5, b'\4host' + mx)
ftp = pointer(body, b'\3ftp' + net)
body += record(ftp, 2, b'\2ns' + ftp)
body += record(COM, 6, b'\2ns' + net + b'\1h' + mx + bytes(20))
body += https(keys(5), ECH, owner=ftp)
late = record(wire('late.example'), 33, bytes(6) + b'\1x' + ftp)
body += late
name = pointer(body, wire('late.example'))
body += record(name, 35, b'\0\1\0\2' + b'\1u' + b'\3a+b' + b'\0' + b'\1n' + name)
body += record(name, 26, b'\0\1' + b'\1p' + name + mx)
body += record(name, 14, mx + name)
body += record(name, 17, name + mx)
body += record(name, 18, b'\0\1' + b'\1f' + name)
body += record(name, 39, b'\1d' + name)
body += record(name, 12, name)
body += record(name, 46, b'\0\x41\x0d\2' + bytes(12) + b'\x12\x34' + name + bytes(64))
body += record(name, 47, name + b'\0\1\x40')
body += record(name, 16, b'\x05\xc0\xff\xc0\0\xc0')
body += record(name, 65280, b'\xc0\xff\xc0\0')
count = 18
body = header(count - 4, 2, 2) + body[12:]
strip('compression', body)

many = b''.join(https(keys(5, 1), ALPN, ECH, priority=i + 1) + A for i in range(200))
strip('many', header(400) + QUESTION + many)
far = QUESTION + b''.join(record(OWNER, 16, b'\xff' + bytes(255)) for _ in range(58)) + https(ECH) + record(wire('far.example'), 1, bytes(4))
strip('far', header(61) + far + record(pointer(header() + far, wire('far.example')), 1, bytes(4)))

keep('no-ech', message(https(ALPN, HINT)))
keep('addresses', message(A, A))
keep('no-data', message(authorities=[record(COM, 6, COM + COM + bytes(20))]))
keep('mandatory-without-ech', message(https(keys(5), ALPN)))
keep('empty-data', message(record(OWNER, 65, b'')))
keep('ech-in-text', message(record(OWNER, 16, b'\0\1\0' + ECH)))
keep('query', header(0, 0, 1, 0x0120) + QUESTION + OPT)
keep('odd-pointers', message(record(b'\xc0\xff', 5, b'\xc0\xff')))
keep('trailing-unread', message(A, tail=https(ECH)))

whole = message(https(ALPN, ECH), A)
bad('header-cut', whole[:11])
bad('nothing', b'')
bad('question-cut', header() + QUESTION[:-1])
bad('record-missing', header(2) + QUESTION + https(ECH))
bad('record-cut', whole[:-1])
bad('truncated-in-record', message(https(ECH), A, flags=0x83A0)[:-5])
bad('param-cut', message(https(ECH[:-1])))
bad('param-header-cut', message(https(ECH, b'\0\1\0')))
bad('param-over-end', message(record(OWNER, 65, b'\0\1\0' + struct.pack('>HH', 5, 200) + b'abc'), A))
bad('mandatory-odd', message(https(param(0, b'\0\5\0'), ECH)))
bad('target-cut', message(record(OWNER, 65, b'\0\1\x05ab')))
bad('priority-cut', message(record(OWNER, 65, b'\0')))
bad('pointer-into-ech', message(https(ECH), record(struct.pack('>H', 0xC000 | whole.index(CONFIG) + 10), 1, bytes(4))))
bad('pointer-forward', message(https(ECH), record(b'\xcf\xff', 1, bytes(4))))
bad('pointer-to-itself', message(https(ECH), record(struct.pack('>H', 0xC000 | len(message(https(ECH)))), 1, bytes(4))))
bad('pointer-to-header', message(https(ECH), record(b'\xc0\2', 1, bytes(4))))
bad('pointer-in-data-forward', message(https(ECH), record(OWNER, 5, b'\xcf\xff')))
bad('name-over-data', message(https(ECH), record(OWNER, 15, b'\0\x0a\5ab'), A))
bad('name-data-short', message(https(ECH), record(OWNER, 15, b'\0'), A))
bad('owner-extended-label', message(https(ECH, owner=b'\x41\1\0')))
