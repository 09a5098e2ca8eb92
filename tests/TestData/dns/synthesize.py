#!/usr/bin/env python3
"""Writes queries that no program sends, what breaks their rules, and what is none. stream/ has them behind their length, as over TCP."""
import json, os, struct

HERE = os.path.dirname(os.path.abspath(__file__))


def put(name, data, expected):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def datagram(name, data, expected): put('synthetic-' + name, len(data).to_bytes(2, 'big') + data, expected)


def both(name, data, expected):
    datagram(name, data, expected)
    put('stream/synthetic-' + name, len(data).to_bytes(2, 'big') + data, expected)


def good(name, data, qname='a.example', qtype=1): both(name, data, {'name': qname, 'type': qtype})
def bad(name, error, data): both(name, data, {'error': 'DNS: ' + error})
def none(name, data): both('not-' + name, data, {'nomatch': True})


def wire(text): return b''.join(bytes([len(p)]) + p.encode() for p in text.split('.') if p) + b'\0'


def header(flags=0x0100, questions=1, answers=0, authorities=0, additionals=0):
    return struct.pack('>HHHHHH', 0x1234, flags, questions, answers, authorities, additionals)


def question(name='a.example', kind=1, klass=1): return (name if isinstance(name, bytes) else wire(name)) + struct.pack('>HH', kind, klass)
def record(name, kind, data=b'', klass=1): return name + struct.pack('>HHIH', kind, klass, 0, len(data)) + data


OPT = record(b'\0', 41, klass=1232)
SOA = record(b'\xc0\x0c', 6, wire('ns.a.example') + b'\xc0\x0c' + bytes(20))
good('plain', header() + question())
good('opt', header(additionals=1) + question() + OPT)
good('class-any', header() + question(klass=255))
good('class-none', header() + question(klass=254))
good('type-0', header() + question(kind=0), qtype=0)
good('root', header() + question('.'), None)
good('underscore', header() + question('_443._tcp.a.example'), '_443._tcp.a.example')
good('upper', header() + question('A.EXAMPLE'))
good('nul-in-name', header() + question(b'\3a\0b\7example\0'), r'a\000b.example')
good('dot-in-label', header() + question(b'\3a.b\7example\0'), r'a\046b.example')
good('high-bytes', header() + question(b'\2\xc3\xa4\7example\0'), r'\195\164.example')
good('star', header() + question('*.a.example'), r'\042.a.example')
good('longest', header() + question('.'.join(['a' * 63, 'b' * 63, 'c' * 63, 'd' * 61])), '.'.join(['a' * 63, 'b' * 63, 'c' * 63, 'd' * 61]))
good('shortest-labels', header() + question('.'.join('a' * 127)), '.'.join('a' * 127))
good('ixfr', header(authorities=1) + question(kind=251) + SOA, qtype=251)
good('notify', header(0x2400, answers=1) + question(kind=6) + SOA, qtype=6)
good('update', header(0x2800, answers=1, authorities=2) + question(kind=6) + record(b'\xc0\x0c', 255, klass=255)
     + record(b'\1b\xc0\x0c', 1, b'\xc0\0\2\1') + record(b'\1c\xc0\x0c', 1, klass=255), qtype=6)
good('netbios-with-scope', header() + question('CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.a.example', 33),
     'ckaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.a.example', 33)
good('letters-like-netbios', header() + question('CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'), 'ckaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')
bad('trailing', 'bytes behind the message', header() + question() + b'\0')
bad('opt-twice', 'second OPT record', header(additionals=2) + question() + OPT + OPT)
bad('record-missing', 'records cut off', header(additionals=1) + question())
bad('record-cut', 'records cut off', header(additionals=1) + question() + OPT[:-1])
bad('record-data-cut', 'records cut off', header(additionals=1) + question() + record(b'\0', 41, b'abc')[:-1])
bad('authority', 'records cut off', header(authorities=1) + question() + SOA)
bad('question-cut', 'question cut off', header() + question()[:-1])
bad('name-cut', 'name of the question', header() + b'\x05abcde\x01a\x02b')
bad('name-pointer', 'name of the question', header() + question(b'\1a\xc0\x0c'))
bad('name-pointer-header', 'name of the question', header() + question(b'\1a\xc0\x04'))
bad('name-extended-label', 'name of the question', header() + question(b'\x41\x01\0'))
bad('name-too-long', 'name of the question', header() + question('.'.join(['a' * 63, 'b' * 63, 'c' * 63, 'd' * 62])))
bad('class-multicast-unicast', 'class of the question', header() + question(klass=0x8001))
bad('class-csnet', 'class of the question', header() + question(klass=2))
bad('update-without-zone', 'zone of the update', header(0x2800) + question(kind=1))
none('response', header(0x8180) + question())
none('iquery', header(0x0800) + question())
none('status', header(0x1000) + question())
none('stateful', struct.pack('>HHHHHH', 0x1234, 0x3000, 0, 0, 0, 0) + bytes.fromhex('0001000800003a9800003a98'))
none('response-code', header(0x0103) + question())
none('questions-0', header(questions=0) + question())
none('questions-2', header(questions=2) + question() + question())
none('answers', header(answers=1) + question() + record(b'\xc0\x0c', 1, b'\xc0\0\2\1'))
none('authorities', header(authorities=2) + question())
none('netbios', header(0x0110) + question('CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 33))
none('netbios-name', header(0x0110) + question('FHEPFCELFEEPEEFFFECACACACACACAAA', 32))
none('zeros', bytes(40))
datagram('not-nothing', b'', {'nomatch': True})
datagram('not-short', (header() + question('.'))[:16], {'nomatch': True})
# The second one decides nothing; it is judged when it comes.
two = [header() + question(), header() + question('b.example')]
put('synthetic-two', b''.join(len(d).to_bytes(2, 'big') + d for d in two), {'name': 'a.example', 'type': 1})


def tcp(name, data): put('stream/synthetic-not-' + name, data, {'nomatch': True})


tcp('http', b'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n')
tcp('tls', bytes.fromhex('16030102000100'))
tcp('ssh', b'SSH-2.0-OpenSSH_9.2\r\n')
tcp('smtp', b'EHLO mail.example\r\n')
tcp('socks', bytes.fromhex('050100' '05010003096c6f63616c686f73740050'))
tcp('postgres', bytes.fromhex('0000000804d2162f'))
tcp('mqtt', bytes.fromhex('102500064d5149736470'))
tcp('ftp', b'USER anonymous\r\n')
tcp('rdp', bytes.fromhex('030000130ee000000000000100080003000000'))
