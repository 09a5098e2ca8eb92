#!/usr/bin/env python3
"""Writes PROXY headers, good and bad, with what is expected of them: {"length": …, "command": …} or {"error": …}."""
import json, os, socket, struct

HERE = os.path.dirname(os.path.abspath(__file__))
SIGNATURE = b'\r\n\r\n\0\r\nQUIT\n'


def write(name, data, expected):
    with open(f'{HERE}/synthetic-{name}.bin', 'wb') as f:
        f.write(data)
    with open(f'{HERE}/synthetic-{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def good(name, data, source=None, destination=None, **more):
    facts = {'length': len(data), 'command': 'proxy'}
    if source:
        facts |= {'family': 'internet', 'transport': 'tcp', 'source': source, 'destination': destination}
    else:
        facts |= {'family': 'unspecified'}
    write(name, data, facts | more)


def bad(name, data, error): write(name, data, {'error': 'PROXY: ' + error})


def line(name, text, source, destination): good('v1-' + name, text + b'\r\n', source, destination)
def bad_line(name, text, error): bad('v1-' + name, text + b'\r\n', error)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def tlv(kind, value): return bytes([kind]) + struct.pack('!H', len(value)) + value


def v2(rest=b'', command=0x21, family=0x11, length=None):
    return SIGNATURE + bytes([command, family]) + struct.pack('!H', len(rest) if length is None else length) + rest


def checked(header, at):
    """Puts the right checksum where four zeros are."""
    return header[:at] + struct.pack('!I', crc32c(header)) + header[at + 4:]


assert crc32c(b'123456789') == 0xE3069283

A4, B4 = socket.inet_aton('192.0.2.1'), socket.inet_aton('198.51.100.2')
A6, B6 = (socket.inet_pton(socket.AF_INET6, a) for a in ('2001:db8::1', '2001:db8:0:1::2'))
PORTS = struct.pack('!HH', 50000, 443)
FOUR, SIX = A4 + B4 + PORTS, A6 + B6 + PORTS
FROM4, TO4 = '192.0.2.1:50000', '198.51.100.2:443'
FROM6, TO6 = '[2001:db8::1]:50000', '[2001:db8:0:1::2]:443'
UNIX = b'/run/a'.ljust(108, b'\0') + b'/run/b'.ljust(108, b'\0')

# Version 1
line('longest-tcp4', b'PROXY TCP4 255.255.255.255 255.255.255.254 65535 65534', '255.255.255.255:65535', '255.255.255.254:65534')
line('zeros', b'PROXY TCP4 0.0.0.0 0.0.0.0 0 0', '0.0.0.0:0', '0.0.0.0:0')
line('longest-tcp6', b'PROXY TCP6 2001:0db8:0000:0000:0000:0000:0000:0001 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535',
     '[2001:db8::1]:65535', '[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535')
line('upper-case', b'PROXY TCP6 2001:DB8::A 2001:db8::FFFF 1 2', '[2001:db8::a]:1', '[2001:db8::ffff]:2')
line('gaps', b'PROXY TCP6 :: 1:2:3:4:5:6:7:: 1 2', '[::]:1', '[1:2:3:4:5:6:7:0]:2')
line('gap-in-front', b'PROXY TCP6 ::2:3:4:5:6:7:8 1:: 1 2', '[0:2:3:4:5:6:7:8]:1', '[1::]:2')
line('mapped', b'PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c633:6402 1 2', '192.0.2.1:1', '198.51.100.2:2')
line('mapped-source', b'PROXY TCP6 ::ffff:192.0.2.1 2001:db8::1 1 2', '192.0.2.1:1', '[2001:db8::1]:2')
line('tail-as-ip4', b'PROXY TCP6 1:2:3:4:5:6:192.0.2.1 64:ff9b::192.0.2.1 1 2', '[1:2:3:4:5:6:c000:201]:1', '[64:ff9b::c000:201]:2')
good('v1-unknown', b'PROXY UNKNOWN\r\n')
good('v1-unknown-blank', b'PROXY UNKNOWN \r\n')
good('v1-unknown-worst', b'PROXY UNKNOWN ' + b' '.join([b'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'] * 2) + b' 65535 65535\r\n')
good('v1-unknown-noise', b'PROXY UNKNOWN \0\xff  noise\t\r\n')

T4 = b'PROXY TCP4 192.0.2.1 198.51.100.2 '
for name, text in {
    'octal': b'PROXY TCP4 192.0.2.01 198.51.100.2 1 2', 'number': b'PROXY TCP4 3221225985 198.51.100.2 1 2',
    'hex': b'PROXY TCP4 0xc0.0.2.1 198.51.100.2 1 2', 'short': b'PROXY TCP4 192.0.513 198.51.100.2 1 2',
    'five-parts': b'PROXY TCP4 192.0.2.1.1 198.51.100.2 1 2', 'empty-part': b'PROXY TCP4 192..2.1 198.51.100.2 1 2',
    '256': b'PROXY TCP4 192.0.2.256 198.51.100.2 1 2', 'final-dot': b'PROXY TCP4 192.0.2.1. 198.51.100.2 1 2',
    'nul': b'PROXY TCP4 192.0.2.1\0 198.51.100.2 1 2', 'name': b'PROXY TCP4 localhost 198.51.100.2 1 2',
    'other-family': b'PROXY TCP4 2001:db8::1 198.51.100.2 1 2', 'other-family-6': b'PROXY TCP6 2001:db8::1 198.51.100.2 1 2',
    'two-blanks': b'PROXY TCP4  192.0.2.1 198.51.100.2 1', 'bracket': b'PROXY TCP6 [::1] ::2 1 2', 'scope': b'PROXY TCP6 fe80::1%1 ::2 1 2',
    'prefix': b'PROXY TCP6 ::1/128 ::2 1 2', 'two-gaps': b'PROXY TCP6 1::2::3 ::2 1 2', 'colon-end': b'PROXY TCP6 1:2:3:4:5:6:7: ::2 1 2',
    'colon-start': b'PROXY TCP6 :1:2:3:4:5:6:7 ::2 1 2', 'three-colons': b'PROXY TCP6 1:::2 ::2 1 2', 'seven-groups': b'PROXY TCP6 1:2:3:4:5:6:7 ::2 1 2',
    'nine-groups': b'PROXY TCP6 1:2:3:4:5:6:7:8:9 ::2 1 2', 'gap-of-none': b'PROXY TCP6 1:2:3:4::5:6:7:8 ::2 1 2',
    'five-digits': b'PROXY TCP6 00001:: ::2 1 2', 'ip4-in-front': b'PROXY TCP6 192.0.2.1::1 ::2 1 2', 'ip4-octal-tail': b'PROXY TCP6 ::ffff:192.0.2.01 ::2 1 2',
    'ip4-too-far': b'PROXY TCP6 1:2:3:4:5:6:7:192.0.2.1 ::2 1 2', 'empty': b'PROXY TCP6  ::2 1 2', 'colon': b'PROXY TCP6 : ::2 1 2',
}.items():
    error = 'address'
    bad_line('address-' + name, text, error)
for name, text in {'65536': b'65536 2', 'zero': b'01 2', 'plus': b'+1 2', 'minus': b'-1 2', 'hex': b'0x1 2', 'six': b'000001 2', 'letter': b'1 2a',
                   'tab': b'1 2\t', 'empty': b' 2', 'none': b'1 '}.items():
    bad_line('port-' + name, T4 + text, 'port')
bad_line('three-ports', T4 + b'1 2 3', 'not two addresses and two ports')
bad_line('blank-at-end', T4 + b'1 2 ', 'not two addresses and two ports')
bad_line('one-port', T4 + b'1', 'not two addresses and two ports')
bad_line('no-ports', T4[:-1], 'not two addresses and two ports')
bad_line('nothing', b'PROXY TCP4', 'not two addresses and two ports')
for name, text in {'lower': b'PROXY tcp4 192.0.2.1 198.51.100.2 1 2', 'udp': b'PROXY UDP4 192.0.2.1 198.51.100.2 1 2', 'none': b'PROXY ',
                   'two-blanks': b'PROXY  TCP4 192.0.2.1 198.51.100.2 1 2', 'longer': b'PROXY UNKNOWNS', 'shorter': b'PROXY UNKNOW',
                   'unknown-lower': b'PROXY unknown'}.items():
    bad_line('protocol-' + name, text, 'neither TCP4, TCP6 nor UNKNOWN')
bad('v1-lf', T4 + b'1 2\n', 'bare CR or LF')
bad('v1-cr', T4 + b'1 2\rX', 'bare CR or LF')
bad('v1-lf-in-unknown', b'PROXY UNKNOWN a\nb\r\n', 'bare CR or LF')
bad('v1-two-cr', T4 + b'1 2\r\r\n', 'bare CR or LF')
bad('v1-too-long', b'PROXY UNKNOWN ' + b'a' * 92 + b'\r\n', 'no line end within 107 bytes')
bad('v1-endless', b'PROXY UNKNOWN ' + b'a' * 1000, 'no line end within 107 bytes')
bad('v1-lf-after-107', b'PROXY UNKNOWN ' + b'a' * 92 + b'\r' + b'\n', 'no line end within 107 bytes')

# Neither
for name, data in {'tls': b'\x16\x03\x01\x02\x00', 'http': b'GET / HTTP/1.1\r\n', 'post': b'POST / HTTP/1.1\r\n', 'lower': b'proxy TCP4 ', 'blank': b' PROXY TCP4 ',
                   'no-blank': b'PROXYTCP4 ', 'tab': b'PROXY\tTCP4 ', 'zeros': bytes(20), 'line-ends': b'\r\n\r\n\r\n', 'signature': SIGNATURE[:-1] + b'\r!\x11\0\0',
                   'line': b'PROXY\r\n', 'smtp': b'EHLO a\r\n'}.items():
    bad('not-' + name, data, 'the first bytes are no PROXY header')

# Version 2
good('v2-tcp4', v2(FOUR), FROM4, TO4)
good('v2-tcp6', v2(SIX, family=0x21), FROM6, TO6)
good('v2-udp4', v2(FOUR, family=0x12), FROM4, TO4, transport='udp')
good('v2-udp6', v2(SIX, family=0x22), FROM6, TO6, transport='udp')
MAPPED = bytes(10) + b'\xff\xff'
good('v2-mapped', v2(MAPPED + A4 + MAPPED + B4 + PORTS, family=0x21), FROM4, TO4)
good('v2-mapped-source', v2(MAPPED + A4 + B6 + PORTS, family=0x21), FROM4, TO6)
good('v2-inet-unspec', v2(FOUR, family=0x10), FROM4, TO4, transport=None)
good('v2-unspec', v2(family=0))
good('v2-unspec-stream', v2(b'anything', family=0x01), transport='tcp')
good('v2-unspec-some-bytes', v2(b'\xff' * 40, family=0))
good('v2-unix-stream', v2(UNIX, family=0x31), family='unix', transport='tcp')
good('v2-unix-datagram', v2(UNIX + tlv(4, b''), family=0x32), family='unix', transport='udp')
good('v2-local', v2(command=0x20, family=0), command='local')
good('v2-local-addresses', v2(FOUR, command=0x20), command='local')
good('v2-local-odd-family', v2(b'\xff' * 5, command=0x20, family=0xFF), command='local')
good('v2-local-longest', v2(bytes(16368), command=0x20, family=0), command='local')
good('v2-noop', v2(FOUR + tlv(4, b'') + tlv(4, bytes(300))), FROM4, TO4)
good('v2-own-types', v2(FOUR + tlv(0xE0, b'a') + tlv(0xFF, b'') + tlv(0, b'') + tlv(0x30, b'ns')), FROM4, TO4)
SSL = b'\x07' + bytes(4) + tlv(0x21, b'TLSv1.3') + tlv(0x22, b'name') + tlv(0x23, b'')
good('v2-ssl', v2(FOUR + tlv(0x20, SSL) + tlv(1, b'h2')), FROM4, TO4)
good('v2-ssl-alone', v2(FOUR + tlv(0x20, bytes(5))), FROM4, TO4)
good('v2-longest', v2(FOUR + tlv(4, bytes(16384 - 16 - 12 - 3))), FROM4, TO4)
good('v2-very-many-tlvs', v2(FOUR + tlv(4, b'') * 5452), FROM4, TO4)
good('v2-crc', checked(v2(FOUR + tlv(3, bytes(4))), 31), FROM4, TO4)
good('v2-crc-first', checked(v2(FOUR + tlv(3, bytes(4)) + tlv(4, bytes(9))), 31), FROM4, TO4)
good('v2-crc-last', checked(v2(SIX + tlv(4, bytes(9)) + tlv(3, bytes(4)), family=0x21), 67), FROM6, TO6)
# What stands in another field is none.
good('v2-crc-inside', v2(FOUR + tlv(4, tlv(3, bytes(4))) + tlv(0x20, bytes(5) + tlv(3, bytes(4)))), FROM4, TO4)

CHECKSUM = 'CRC32c checksum'
bad('v2-crc-wrong', v2(FOUR + tlv(3, b'\1\2\3\4')), CHECKSUM)
bad('v2-crc-zero', v2(FOUR + tlv(3, bytes(4))), CHECKSUM)
ONE = checked(v2(FOUR + tlv(3, bytes(4))), 31)
bad('v2-crc-address-changed', ONE[:16] + b'\x0a' + ONE[17:], CHECKSUM)
bad('v2-crc-little-endian', ONE[:31] + ONE[31:35][::-1], CHECKSUM)
bad('v2-crc-twice', checked(v2(FOUR + tlv(3, bytes(4)) + tlv(3, bytes(4))), 31), CHECKSUM)
bad('v2-crc-short', v2(FOUR + tlv(3, bytes(3))), CHECKSUM)
bad('v2-crc-long', v2(FOUR + tlv(3, bytes(5))), CHECKSUM)
bad('v2-crc-empty', v2(FOUR + tlv(3, b'')), CHECKSUM)

TLV = 'a TLV does not fit'
bad('v2-tlv-one-byte', v2(FOUR + b'\4'), TLV)
bad('v2-tlv-two-bytes', v2(FOUR + b'\4\0'), TLV)
bad('v2-tlv-beyond', v2(FOUR + b'\4\0\1'), TLV)
bad('v2-tlv-far-beyond', v2(FOUR + b'\4\xff\xff' + bytes(20)), TLV)
bad('v2-tlv-after-good', v2(FOUR + tlv(4, bytes(5)) + b'\1'), TLV)
bad('v2-unix-tlv', v2(UNIX + b'\1', family=0x31), TLV)
bad('v2-ssl-short', v2(FOUR + tlv(0x20, bytes(4))), TLV)
bad('v2-ssl-empty', v2(FOUR + tlv(0x20, b'')), TLV)
bad('v2-ssl-sub-beyond', v2(FOUR + tlv(0x20, bytes(5) + b'\x21\0\7TLS') + tlv(4, bytes(9))), TLV)
bad('v2-ssl-sub-byte', v2(FOUR + tlv(0x20, bytes(5) + b'\x21')), TLV)

for version in 0x01, 0x11, 0x31, 0xF1:
    bad(f'v2-version-{version >> 4}', v2(FOUR, command=version), 'version of the binary header')
for command in 2, 3, 15:
    bad(f'v2-command-{command}', v2(FOUR, command=0x20 | command), 'command')
for family in 4, 5, 15:
    bad(f'v2-family-{family}', v2(FOUR, family=family << 4 | 1), 'address family')
for transport in 3, 15:
    bad(f'v2-transport-{transport}', v2(FOUR, family=0x10 | transport), 'transport protocol')
CUT = 'shorter than its addresses'
bad('v2-no-addresses', v2(), CUT)
bad('v2-addresses-cut', v2(FOUR[:-1]), CUT)
bad('v2-addresses-cut-6', v2(FOUR, family=0x21), CUT)
bad('v2-addresses-cut-unix', v2(UNIX[:-1], family=0x31), CUT)
bad('v2-too-long', v2(length=16369), 'header longer than 16 KiB')
bad('v2-far-too-long', v2(length=0xFFFF), 'header longer than 16 KiB')
bad('v2-local-too-long', v2(command=0x20, family=0, length=0xFFFF), 'header longer than 16 KiB')
