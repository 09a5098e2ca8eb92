#!/usr/bin/env python3
"""Writes the first bytes of plain HTTP and of what is not HTTP, with what is expected: {"length": bytes of the request line},
{"nomatch": true} or {"error": …}."""
import json, os

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, data, expected):
    with open(f'{HERE}/{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def good(name, data, length=None): write('synthetic-' + name, data, {'length': length or data.index(b'HTTP/1.') + 10})
def none(name, data): write('synthetic-not-' + name, data, {'nomatch': True})


good('get-10', b'GET / HTTP/1.0\r\n\r\n')
good('webdav', b'PROPFIND /a HTTP/1.1\r\nHost: a\r\n\r\n')
good('own-method', b'x-Y~ * HTTP/1.1\r\n\r\n')
good('utf8-target', b'GET /\xc3\xa4 HTTP/1.1\r\n\r\n')
good('empty-line-first', b'\r\nGET / HTTP/1.1\r\n\r\n')
good('lf-only', b'GET / HTTP/1.1\nHost: a\n\n', 15)
good('blanks', b'GET \t /  HTTP/1.1 \r\n\r\n', 20)
good('preface', b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + b'\0\0\0\4\0\0\0\0\0', 24)
good('longest-line', b'GET /' + b'a' * 16368 + b' HTTP/1.1\r\n')
write('synthetic-line-too-long', b'GET /' + b'a' * 16380 + b' HTTP/1.1\r\n', {'error': 'HTTP: request line too long'})
none('ssh', b'SSH-2.0-OpenSSH_9.2\r\n')
none('smtp', b'EHLO mail.example\r\n')
none('rtsp', b'OPTIONS rtsp://a/ RTSP/1.0\r\n')
none('sip', b'INVITE sip:a@b SIP/2.0\r\n')
good('http09', b'GET /\r\n', 7)
good('version-long', b'GET / HTTP/1.10\r\n', 17)
none('http09-post', b'POST /\r\n')
none('http2-without-preface', b'GET / HTTP/2.0\r\n')
none('broken-preface', b'PRI * HTTP/2.0\r\n\r\nXX')
none('method-too-long', b'A' * 33 + b' / HTTP/1.1\r\n')
none('method-endless', b'A' * 64)
none('method-odd', b'G(T / HTTP/1.1\r\n')
none('target-missing', b'GET  HTTP/1.1\r\n')
none('control-in-target', b'GET /\x01 HTTP/1.1\r\n')
none('version-tail', b'GET / HTTP/1.1x\r\n')
none('version-digit', b'GET / HTTP/1.x\r\n')
none('bare-cr', b'GET / HTTP/1.1\rX')
good('many-empty-lines', b'\r\n' * 9 + b'GET / HTTP/1.1\r\n')
none('too-many-empty-lines', b'\r\n' * 2049)
none('tls', b'\x16\x03\x01\x02\x00\x01\x00')
none('zeros', bytes(40))
