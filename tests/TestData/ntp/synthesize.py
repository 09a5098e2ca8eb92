#!/usr/bin/env python3
"""Writes requests that programs which are not at hand are known to send, and what is no request for the time."""
import os, struct

HERE = os.path.dirname(os.path.abspath(__file__))


def write(name, packet, good):
    with open(f'{HERE}/synthetic-{name}.bin', 'wb') as f:
        f.write(len(packet).to_bytes(2, 'big') + packet)
    with open(f'{HERE}/synthetic-{name}.json', 'w') as f:
        f.write('{}\n' if good else '{"nomatch": true}\n')


def good(name, packet): write(name, packet, True)
def none(name, packet): write('not-' + name, packet, False)


def packet(first=0x23, stratum=0, poll=0, precision=0, delay=0, dispersion=0, refid=0, ref=0, origin=0, receive=0, transmit=0xE0000000_12345678):
    return struct.pack('>BBbbIIIQQQQ', first, stratum, poll, precision, delay, dispersion, refid, ref, origin, receive, transmit)


def field(kind, length): return struct.pack('>HH', kind, length) + bytes(length - 4)


NOW = 0xE0000000_12345678
good('zeros-v3', b'\x1b' + bytes(47))
good('android', packet(0x1B))
good('busybox', packet(0x23))
good('ntpdate', packet(0xE3, 0, 4, -6, 0x10000, 0x10000))
good('ntpd-unsynchronized', packet(0xE3, 16, 6, -24, 0, 0x00000F00, 0x494E4954))
good('ntpd-synchronized', packet(0x23, 3, 10, -23, 0x00000C3A, 0x00000A11, 0xC0000201, NOW, NOW, NOW))
good('w32time', packet(0xDB, 0, 0x11, -23, 0, 0x00010290, 0, NOW))
good('negative-delay', packet(0x1B, 2, 6, -18, 0xFFFFF800, 0x100))
good('version-1', packet(0x0B))
good('symmetric-active', packet(0x21, 2, 6, -20, 0x100, 0x200, 0x7F000001, NOW))
good('md5', packet() + struct.pack('>I', 1) + bytes(16))
good('sha1', packet() + struct.pack('>I', 1) + bytes(20))
good('des-v3', packet(0x1B) + bytes(12))
good('extension', packet() + field(0x0104, 36))
good('nts', packet() + field(0x0104, 36) + field(0x0204, 104) + field(0x0404, 40))
good('extension-and-mac', packet() + field(0x2005, 16) + struct.pack('>I', 1) + bytes(20))
none('empty', b'')
none('short', packet()[:47])
none('one-more', packet() + b'\0')
none('crypto-nak', packet() + bytes(4))
none('extension-short-without-mac', packet() + field(0x2005, 16))
none('extension-odd', packet() + struct.pack('>HH', 1, 30) + bytes(26))
none('extension-zero', packet() + bytes(32))
none('extension-over-end', packet() + struct.pack('>HH', 1, 64) + bytes(28))
none('extension-v3', packet(0x1B) + field(0x0104, 36 + 4))
none('version-0', packet(0x03))
none('version-5', packet(0x2B))
none('server', packet(0x24, 2, 6, -20))
none('broadcast', packet(0x25, 2, 6, -20))
none('control', b'\x16\x02\0\1' + bytes(8))
none('control-48', b'\x16\x02\0\1\0\0\0\0\0\0\0\x24' + bytes(36))
none('monlist', b'\x17\x00\x03\x2a' + bytes(44))
none('stratum', packet(stratum=17))
none('poll', packet(poll=40))
none('precision', packet(precision=10))
none('delay', packet(delay=0x01000000))
none('dispersion', packet(dispersion=0x01000000))
none('symmetric-without-time', packet(0x21, transmit=0))
none('zeros', bytes(48))
none('wireguard', b'\1\0\0\0' + bytes(range(144)))
none('text', b'#' * 48)
