#!/usr/bin/env python3
"""Writes first datagrams of QUIC clients that no ordinary client sends, or that are at hand nowhere, each with what is expected of them."""
import json, os, random

from packets import A, D29, D32, D33, D34, MVFST, SOURCE, V1, V2, full, keys, packet, u16, v8, v16, varint

HERE = os.path.dirname(os.path.abspath(__file__))
B = bytes.fromhex('0102030405060708090a')
rng = random.Random(1)


def ext(kind, data): return u16(kind) + v16(data)
def sni(*names): return ext(0, v16(b''.join(b'\0' + v16(n) for n in names)))


H3 = ext(16, v16(v8(b'h3')))
TLS13 = ext(43, v8(u16(0x0304)))
PARAMETERS = ext(57, b'\x01\x04\x80\x00\x75\x30')


def hello(*extensions, size=0):
    """A ClientHello with its handshake header; at least so long."""
    def make(*more):
        body = b'\3\3' + bytes(range(32)) + b'\0' + v16(b'\x13\x01') + b'\1\0' + v16(b''.join(more + extensions) + H3 + TLS13 + PARAMETERS)
        return b'\1' + len(body).to_bytes(3, 'big') + body
    short = size - len(make())
    return make(ext(21, bytes(max(0, short - 4)))) if short > 0 else make()


def crypto(data, offset=0): return b'\x06' + varint(offset) + varint(len(data)) + data
def cut(data, *at): return [crypto(data[i:j], i) for i, j in zip((0, *at), (*at, len(data)))]


def write(name, datagrams, expected):
    with open(f'{HERE}/synthetic-{name}.bin', 'wb') as f:
        for d in datagrams:
            f.write(u16(len(d)) + d)
    with open(f'{HERE}/synthetic-{name}.json', 'w') as f:
        f.write(json.dumps(expected) + '\n')


def good(name, datagrams, sni='a.example', kind=None, ech=False, version=V1, cid=A, length=None, anyorder=False, alpn=['h3']):
    write(name, datagrams, {'quic': f'{version:08x}', 'id': cid.hex(), 'sni': sni, 'kind': kind or ('One' if sni else 'Absent'), 'alpn': alpn,
                            'ech': ech, 'length': length or len(H), 'anyorder': anyorder})


def bad(name, datagrams, error): write(name, datagrams, {'error': error})
def none(name, *datagrams): write(name, datagrams, {'nomatch': True})
def more(name, *datagrams): write(name, datagrams, {'more': True})


NAME = sni(b'a.example')
H = hello(NAME)
L = hello(NAME, size=2500)
OTHER = hello(sni(b'b.example'), size=len(H))
PING, ACK, ACK_ECN, CLOSE = b'\1', b'\2\5\0\1\0\0\0', b'\3\5\0\0\0\1\2\3', b'\x1c\0\0\3bye'

# RFC 9001 appendix A: what is said there of the keys and of the packet is checked here.
RFC_HELLO = bytes.fromhex(
    '010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578616d706c652e'
    '636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba753d'
    'e171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c00024001003900320408ffffffffff'
    'ffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff')
assert keys(V1, A)[0].hex() == '1f369613dd76d5467730efcbe3b1a22d' and keys(V1, A, b'server in')[2].hex() == 'c206b8d9b9f0f37644430b490eeaa314'
rfc9001 = full(crypto(RFC_HELLO), number=2, number_length=4, source=b'')
assert rfc9001[:22].hex() == 'c000000001088394c8f03e5157080000449e7b9aec34' and rfc9001[-16:].hex() == 'e221af44860018ab0856972e194cd934'
good('rfc9001', [rfc9001], 'example.com', length=len(RFC_HELLO), alpn=['alpn'])
# RFC 9369 appendix A: the same.
assert keys(V2, A)[0].hex() == '8b1a0bc121284290a29e0971b5cd045d' and keys(V2, A, b'server in')[2].hex() == 'edf6d05c83121201b436e16877593c3a'
good('rfc9369', [full(crypto(RFC_HELLO), version=V2, number=2, number_length=4, source=b'')], 'example.com', version=V2,
     length=len(RFC_HELLO), alpn=['alpn'])

good('one', [full(crypto(H))])
good('two', [full(f, number=i) for i, f in enumerate(cut(L, 1150))], length=len(L), anyorder=True)
good('three', [full(f, number=i) for i, f in enumerate(cut(L, 900, 1700))], length=len(L), anyorder=True)
SIXTEEN = [full(f, number=i) for i, f in enumerate(cut(L, *range(160, 2500, 160)))]
assert len(SIXTEEN) == 16
good('sixteen', SIXTEEN, length=len(L), anyorder=True)
good('sixteen-reversed', SIXTEEN[::-1], length=len(L))
BIG = hello(NAME, size=60000)
good('60k', [full(f, number=i) for i, f in enumerate(cut(BIG, *range(1150, 60000, 1150)))], length=len(BIG), anyorder=True)
for name, version in (('v2', V2), ('draft-29', D29), ('draft-32', D32), ('draft-33', D33), ('draft-34', D34), ('mvfst', MVFST)):
    good(name, [full(f, number=i, version=version) for i, f in enumerate(cut(L, 1150))], version=version, length=len(L), anyorder=True)
good('no-sni', [full(crypto(hello()))], None, length=len(hello()))
SEVERAL, ECH = hello(sni(b'a.example', b'b.example')), hello(NAME, ext(0xFE0D, b'x'))
good('several-names', [full(crypto(SEVERAL))], None, 'Several', length=len(SEVERAL))
good('ech', [full(crypto(ECH))], ech=True, length=len(ECH))

good('frames-between', [full(b''.join([PING, bytes(9), ACK, *cut(H, 20)[:1], ACK_ECN, PING, cut(H, 20)[1], CLOSE]))])
SEVENS = cut(H, *range(1, len(H), 7))
good('frames-shuffled', [full(b''.join(rng.sample(SEVENS, len(SEVENS))))])
good('frames-of-one-byte', [full(b''.join(cut(H, *range(1, len(H)))))])
good('frame-type-long', [full(b'\x40\x06' + crypto(H)[1:])])
good('frame-empty', [full(crypto(b'') + crypto(b'', 5) + crypto(H))])
good('overlaps', [full(crypto(H[:50])), full(crypto(H[20:90], 20), number=1), full(crypto(H[10:], 10), number=2)], anyorder=True)
good('coalesced-0rtt', [packet(crypto(H)) + packet(bytes(800), kind=1, number=9)])
good('coalesced-initials', [packet(cut(H, 60)[1]) + packet(bytes(40), kind=1) + packet(cut(H, 60)[0], number=1)])
good('coalesced-short', [packet(crypto(H)) + b'\x40' + bytes(1000)])
good('coalesced-handshake', [packet(crypto(H)) + packet(bytes(700), kind=2)])
good('coalesced-four', [packet(crypto(H)) + packet(PING, number=1) + packet(bytes(40), kind=1) + packet(bytes(400), kind=2) + b'\x40' + bytes(500)])
good('datagram-padded', [packet(crypto(H)) + bytes(900)])
good('datagram-small', [packet(crypto(H))])
good('0rtt-first', [packet(bytes(1000), kind=1), packet(bytes(1000), kind=1, number=1), full(crypto(H))], anyorder=True)
good('bad-tag-first', [full(crypto(OTHER), flip=True), full(crypto(H))], anyorder=True)
good('bad-tag-beside', [packet(crypto(OTHER), flip=True) + packet(crypto(H)), full(crypto(OTHER), flip=True, number=1)], anyorder=True)
good('bad-tag-other-id-first', [packet(crypto(OTHER), cid=B, flip=True) + packet(crypto(H))])
BOGUS = b''.join(packet(PING, cid=bytes([i] * 8), flip=True) for i in range(3))
good('bogus-beside', [packet(PING) + BOGUS] * 7 + [packet(crypto(H)) + BOGUS])
good('wrong-keys-first', [full(crypto(OTHER), key_id=B), full(crypto(H))], anyorder=True)
good('no-fixed-bit', [full(crypto(H), first=0x40, token=b'token')])
good('reserved-bits', [full(crypto(H), first=0x0C)])
good('number-of-4-bytes', [full(crypto(H), number=0x12345678, number_length=4)])
good('number-not-from-0', [full(cut(H, 99)[0], number=200), full(cut(H, 99)[1], number=300)], anyorder=True)
good('number-of-62-bits', [full(crypto(H), number=(1 << 62) - 1, number_length=2)])
good('token', [full(crypto(H), token=bytes(300))])
good('id-of-20', [full(crypto(H), cid=bytes(range(20)))], cid=bytes(range(20)))
good('id-of-0', [full(crypto(H), cid=b'')], cid=b'')
good('source-id-of-20', [full(crypto(H), source=bytes(20))])
good('after-retry', [full(crypto(H), cid=B, token=b'retry token', number=1)], cid=B)
good('retry-both', [full(crypto(H)), full(crypto(H), cid=B, token=b'retry token', number=1)])
good('retry-of-two', [full(cut(L, 1150)[0]), *(full(f, cid=B, number=i + 2) for i, f in enumerate(cut(L, 1150)))], cid=B, length=len(L), anyorder=True)
good('other-connection-between', [full(cut(L, 1150)[0]), full(crypto(OTHER), cid=B), full(cut(L, 1150)[1], number=1)], 'b.example', cid=B, length=len(OTHER))
good('datagram-empty-between', [full(cut(L, 1150)[0]), b'', b'\x40junk', full(cut(L, 1150)[1], number=1)], length=len(L))

for name, version in (('unknown', 0x12345678), ('greased', 0x1A2A3A4A), ('draft-28', 0xFF00001C)):
    write(f'version-{name}', [full(crypto(H), version=version)], {'quic': f'{version:08x}', 'id': A.hex()})
write('version-unknown-second', [full(cut(L, 1150)[0]), full(crypto(H), version=0x1A2A3A4A)], {'quic': '1a2a3a4a', 'id': A.hex()})

C = 'QUIC: CRYPTO frames contradict each other'
bad('conflict', [full(crypto(H[:70]) + crypto(OTHER[40:], 40))], C)
bad('conflict-behind', [full(crypto(H) + crypto(OTHER))], C)
bad('conflict-coalesced', [packet(crypto(H)) + packet(crypto(OTHER), number=1)], C)
bad('conflict-over-two', [full(crypto(H[:70])), full(crypto(OTHER[40:], 40), number=1)], C)
bad('conflict-last-byte', [full(crypto(H[:70]) + crypto(H[60:69] + b'?' + H[70:], 60))], C)
bad('crypto-too-far', [full(crypto(H[:20]) + crypto(b'x' * 20, 65530))], 'QUIC: CRYPTO data too long')
bad('crypto-offset-huge', [full(crypto(H[:20]) + b'\x06' + b'\xff' * 8 + b'\1x')], 'QUIC: CRYPTO data too long')
bad('server-hello', [full(crypto(b'\2' + H[1:]))], 'QUIC: first message is no ClientHello')
bad('data-behind', [full(crypto(H + b'x'))], 'QUIC: CRYPTO data behind the ClientHello')
bad('hello-behind', [full(crypto(H + H))], 'QUIC: CRYPTO data behind the ClientHello')
bad('data-behind-apart', [full(crypto(H) + crypto(b'x', len(H) + 9))], 'QUIC: CRYPTO data behind the ClientHello')
bad('stream-frame', [full(crypto(H) + b'\x0a\0\1x')], 'QUIC: frame type in an Initial packet')
bad('application-close', [full(b'\x1d\0\0' + crypto(H))], 'QUIC: frame type in an Initial packet')
bad('frame-truncated', [packet(PING * 9 + crypto(H)[:-1])], 'QUIC: frame truncated')
bad('frame-length-huge', [packet(PING * 9 + b'\x06\0' + b'\xff' * 8)], 'QUIC: frame truncated')
bad('ack-ranges-many', [packet(b'\2\5\0\xbf\xff\xff\xff\0' + bytes(20))], 'QUIC: frame truncated')
bad('close-truncated', [packet(PING * 9 + b'\x1c\0\0\x20bye')], 'QUIC: frame truncated')
bad('hello-too-short', [full(crypto(b'\1\0\0\5xxxxx'))], 'TLS: ClientHello length')
bad('hello-too-long', [full(crypto(b'\1\1\0\0' + bytes(200)))], 'TLS: ClientHello length')
bad('hello-broken', [full(crypto(hello(ext(0, b'x'))))], 'TLS: server_name')
bad('hello-twice-named', [full(crypto(hello(NAME, NAME)))], 'TLS: duplicate extension')
bad('connections-in-one', [packet(crypto(H)) + packet(crypto(OTHER), cid=B)], 'QUIC: several connections in one datagram')
bad('versions-in-one', [packet(crypto(H)) + packet(crypto(OTHER), version=V2)], 'QUIC: several connections in one datagram')
bad('packets-many', [packet(crypto(H)) + packet(PING) * 4], 'QUIC: too many packets in one datagram')
bad('packets-many-bad-tag', [packet(crypto(OTHER), flip=True) * 4 + packet(crypto(H))], 'QUIC: too many packets in one datagram')
bad('packets-many-second', [full(cut(L, 1150)[0]), packet(PING, cid=B, flip=True) * 5], 'QUIC: too many packets in one datagram')
bad('connections-many', [full(PING, cid=bytes([i] * 8)) for i in range(5)], 'QUIC: too many connections')

more('incomplete', full(cut(L, 1150)[0]))
more('incomplete-second', full(cut(L, 1150)[1]))
more('ping-only', full(PING))
more('same-twice', full(cut(L, 1150)[0]), full(cut(L, 1150)[0]))
more('bad-tag', full(crypto(H), flip=True))
more('wrong-keys', full(crypto(H), key_id=B))
more('bogus-beside-ping', *[packet(PING) + BOGUS] * 15)
more('halves-of-two-connections', full(cut(L, 1150)[0]), full(cut(L, 1150)[1], cid=B))
more('handshake-first', packet(bytes(1000), kind=2))
none('never-authentic', *[full(crypto(H), flip=True)] * 8)
none('0rtt-only', *[packet(bytes(1000), kind=1, number=i) for i in range(8)])
none('no-fixed-bit-bad-tag', full(crypto(H), first=0x40, flip=True))
none('retry-packet', packet(crypto(H), kind=3))
none('version-negotiation', b'\xc0' + bytes(4) + v8(A) + v8(SOURCE) + u16(0) + u16(1) + bytes(1200))
none('version-unknown-short', packet(crypto(H), version=0x12345678))
none('version-unknown-id-short', full(crypto(H), version=0x12345678, cid=b'1234'))
none('version-unknown-no-fixed-bit', full(crypto(H), version=0x12345678, first=0x40))
none('id-of-21', full(crypto(H), cid=bytes(21)))
none('truncated', full(crypto(H))[:-1])
none('header-only', full(crypto(H))[:20])
none('short-header', b'\x40' + A + bytes(1200))
none('empty', b'')
none('one-byte', b'\xc3')
none('rtp', *[bytes([0x80, 0, 0, i]) + b'\1\2\3\4' + bytes(160) for i in range(3)])
none('rtp-like-quic', b'\x80\0\0\0\1' + v8(b'12345678') + v8(b'') + b'\0' + b'\x40\xa0' + bytes(160))
none('rtcp', b'\x80\xc8\0\6' + bytes(24))
none('stun', b'\0\1\0\0\x21\x12\xa4\x42' + bytes(12))
none('dtls', b'\x16\xfe\xfd' + bytes(8) + u16(100) + b'\1' + bytes(99))
none('dns', b'\xc3\x00\1\0\0\1\0\0\0\0\0\0\1a\7example\0\0\1\0\1')
none('dns-id-and-flags', b'\xc0\0\0\0\0\1' + bytes(60))
none('ntp', b'\xe3\0\6\xec' + bytes(44))
none('ntp-symmetric', b'\xd9\0\0\0' + bytes(44))
none('wireguard', b'\1\0\0\0' + bytes(144))
none('openvpn', b'\x38' + bytes(20))
none('utp', b'\x41\0' + bytes(18))
none('dht', b'd1:ad2:id20:' + bytes(20) + b'e1:q4:ping1:t2:aa1:y1:qe')
none('tftp', b'\0\1file\0octet\0')
none('sip', b'OPTIONS sip:a@example SIP/2.0\r\n\r\n')
none('random', *[bytes([0xC7]) + rng.randbytes(1300) for i in range(3)])
none('gquic-q043', b'\x09' + A + b'Q043\1' + bytes(1200))
