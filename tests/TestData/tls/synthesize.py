#!/usr/bin/env python3
"""Writes the hellos that no ordinary client sends, each with the facts or the error that is expected of it."""
import json, os

HERE = os.path.dirname(os.path.abspath(__file__))
PADDING, SNI, ALPN, VERSIONS, ECH, ESNI = 21, 0, 16, 43, 0xFE0D, 0xFFCE


def u16(n): return n.to_bytes(2, 'big')
def v8(b): return bytes([len(b)]) + b
def v16(b): return u16(len(b)) + b
def ext(kind, data): return u16(kind) + v16(data)
def sni(*names, kind=0): return ext(SNI, v16(b''.join(bytes([kind]) + v16(n) for n in names)))
def alpn(*names): return ext(ALPN, v16(b''.join(v8(n) for n in names)))
def versions(*v): return ext(VERSIONS, v8(b''.join(u16(x) for x in v)))


def body(*extensions, legacy=0x0303, session=bytes(32), suites=b'\x13\x01\x0a\x0a', compression=b'\0', block=None):
    tail = v16(b''.join(extensions)) if block is None else block
    return u16(legacy) + bytes(range(32)) + v8(session) + v16(suites) + v8(compression) + tail


def message(b, length=None): return b'\x01' + (len(b) if length is None else length).to_bytes(3, 'big') + b
def record(b, kind=22, version=0x0301): return bytes([kind]) + u16(version) + v16(b)
def records(b, size): return b''.join(record(b[i:i + size]) for i in range(0, len(b), size))


def write(name, data, expected):
    with open(f'{HERE}/synthetic-{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/synthetic-{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def good(name, data, sni=None, kind=None, alpn=[], version='1.2', ech=False):
    write(name, data, {'sni': sni, 'kind': kind or ('One' if sni else 'Absent'), 'alpn': alpn, 'version': version, 'ech': ech})


def bad(name, data, error): write(name, data, {'error': 'TLS: ' + error})
def none(name, data): write(name, data, {'nomatch': True})


A = sni(b'a.example')
good('several-names', record(message(body(sni(b'a.example', b'b.example')))), kind='Several')
good('same-name-twice', record(message(body(sni(b'a.example', b'a.example')))), kind='Several')
good('no-names', record(message(body(ext(SNI, v16(b''))))), kind='Invalid')
good('empty-name', record(message(body(sni(b'')))), kind='Invalid')
good('address-as-name', record(message(body(sni(b'192.0.2.1')))), kind='Invalid')
good('odd-name', record(message(body(sni(b'a\0.example')))), kind='Invalid')
good('log-forging-name', record(message(body(sni(b'a.example\r\n2023')))), kind='Invalid')
good('long-name', record(message(body(sni(b'a' * 300)))), kind='Invalid')
good('unknown-name-type', record(message(body(sni(b'a.example', kind=7)))), kind='Invalid')
good('dot-and-case', record(message(body(sni(b'A.eXample.')))), 'a.example')
good('esni', record(message(body(A, ext(ESNI, b'x')))), 'a.example', ech=True)
good('ech', record(message(body(ext(ECH, b'x'), A))), 'a.example', ech=True)
good('alpn-odd', record(message(body(A, alpn(b'\x0a\x0a', b'h2', b'\xff\x00', b'hex:00', b'a b', b'\xfa\xfa')))), 'a.example',
     alpn=['h2', 'hex:ff00', 'hex:6865783a3030', 'hex:612062'])
good('alpn-grease-only', record(message(body(A, alpn(b'\x1a\x1a')))), 'a.example')
good('no-extensions', record(message(body(block=b''))))
good('empty-extensions', record(message(body(block=b'\0\0'))))
good('ssl3', record(message(body(block=b'', legacy=0x0300)), version=0x0300), version='ssl3')
good('legacy-beyond', record(message(body(A, legacy=0x0399))), 'a.example')
good('versions-unordered', record(message(body(A, versions(0x7a7a, 0x0302, 0x0304, 0x0303, 0x7f1c)))), 'a.example', version='1.3')
good('versions-unknown', record(message(body(A, versions(0x7a7a, 0x0399)))), 'a.example', version='none')
good('odd-record-version', record(message(body(A)), version=0x0399), 'a.example')
good('post-quantum-two-shares', record(message(body(A, ext(51, v16(u16(0x11ec) + v16(bytes(1216)) + u16(0x6399) + v16(bytes(1216))))))), 'a.example')
good('records-of-1', records(message(body(A)), 1), 'a.example')
good('records-of-7', records(message(body(A)), 7), 'a.example')
good('60k', records(message(body(ext(PADDING, bytes(60000)), A)), 16384), 'a.example')
full = body(ext(PADDING, b''), A)
good('largest', records(message(body(ext(PADDING, bytes(65536 - len(full))), A)), 16384), 'a.example')

bad('too-large', records(message(bytes(131397)), 16384), 'ClientHello length')
bad('too-small', record(message(bytes(40))), 'ClientHello length')
good('record-empty', record(b'') + record(message(body(A))), 'a.example')
bad('records-empty-many', record(b'') * 65 + record(message(body(A))), 'record length')
good('record-empty-between', record(message(body(A))[:9]) + record(b'') + record(message(body(A))[9:]), 'a.example')
bad('record-too-long', b'\x16\x03\x01\x40\x01\x01' + bytes(16384), 'record length')
bad('record-other-between', record(message(body(A))[:9]) + record(b'\1', kind=20) + record(message(body(A))[9:]),
    'another record inside the ClientHello')
bad('record-version-between', record(message(body(A))[:9]) + record(message(body(A))[9:], version=0x0201), 'record version')
bad('version', record(message(body(A, legacy=0x0200))), 'ClientHello version')
bad('session-id', record(message(body(A, session=bytes(33)))), 'session id')
bad('suites-odd', record(message(body(A, suites=b'\x13\x01\x13'))), 'cipher suites')
bad('suites-none', record(message(body(A, suites=b''))), 'cipher suites')
bad('compression-none', record(message(body(A, compression=b''))), 'compression methods')
bad('duplicate-sni', record(message(body(A, A))), 'duplicate extension')
good('duplicate-other', record(message(body(A, ext(0x1234, b''), ext(0x1234, b'')))), 'a.example')
bad('duplicate-alpn', record(message(body(A, alpn(b'h2'), alpn(b'h3')))), 'duplicate extension')
bad('extensions-short', record(message(body(block=v16(A) + b'\0'))), 'extensions')
bad('extensions-long', record(message(body(block=u16(len(A) + 1) + A))), 'extensions')
bad('extension-truncated', record(message(body(block=v16(A[:-1])))), 'extensions')
bad('sni-list-length', record(message(body(ext(SNI, v16(b'\0' + v16(b'a.example')) + b'\0')))), 'server_name')
bad('sni-entry-length', record(message(body(ext(SNI, v16(b'\0\0\x0aa.example'))))), 'server_name')
bad('sni-empty', record(message(body(ext(SNI, b'')))), 'server_name')
bad('alpn-empty', record(message(body(ext(ALPN, v16(b''))))), 'application_layer_protocol_negotiation')
bad('alpn-empty-name', record(message(body(alpn(b'h2', b'')))), 'application_layer_protocol_negotiation')
bad('alpn-truncated', record(message(body(ext(ALPN, v16(b'\x03h2'))))), 'application_layer_protocol_negotiation')
good('alpn-too-many', record(message(body(alpn(*[b'x'] * 1025)))), alpn=['x'] * 1024)
bad('versions-odd', record(message(body(ext(VERSIONS, v8(b'\3\4\3'))))), 'supported_versions')
bad('versions-none', record(message(body(ext(VERSIONS, v8(b''))))), 'supported_versions')
bad('fragmented-and-broken', records(message(body(A, A)), 50), 'duplicate extension')
bad('fragmented-large-and-broken', records(message(body(ext(PADDING, bytes(60000)), A, A)), 16384), 'duplicate extension')

none('server-hello', record(b'\x02' + message(body(A))[1:]))
none('alert', b'\x15\x03\x01\x00\x02\x02\x28')
none('sslv2-hello', b'\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10' + bytes(37))
none('major-version', b'\x16\x04\x01' + record(message(body(A)))[3:])
none('dtls', b'\x16\xfe\xfd' + bytes(50))
none('ssh', b'SSH-2.0-OpenSSH_9.2\r\n')
