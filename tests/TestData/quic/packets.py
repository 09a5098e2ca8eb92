"""QUIC's Initial packets (RFC 9001), made and read. Needs the Python package "cryptography"; the tests do not need this file."""
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

V1, V2, D29, D32, D33, D34, MVFST = 1, 0x6B3343CF, 0xFF00001D, 0xFF000020, 0xFF000021, 0xFF000022, 0xFACEB002
SALTS = {V1: '38762cf7f55934b34d179ae6a4c80cadccbb7f0a', V2: '0dede3def700a6db819381be6e269dcbf9bd2ed9',
         D29: 'afbfec289993d24c9e9786f19c6111e04390a899', MVFST: 'c3eef712c72ebb5a11a7d2432bb46365bef9f502'}
SALTS |= {D32: SALTS[D29], D33: SALTS[V1], D34: SALTS[V1]}
A, SOURCE = bytes.fromhex('8394c8f03e515708'), b'\xc1\xc2\xc3\xc4'


def u16(n): return n.to_bytes(2, 'big')
def v8(b): return bytes([len(b)]) + b
def v16(b): return u16(len(b)) + b
def varint(n): return bytes([n]) if n < 64 else (n | 0x4000).to_bytes(2, 'big') if n < 16384 else (n | 0x80000000).to_bytes(4, 'big')


def expand(secret, label, length):
    label = b'tls13 ' + label
    return hmac.digest(secret, u16(length) + v8(label) + b'\0\1', 'sha256')[:length]


def keys(version, cid, side=b'client in'):
    secret = expand(hmac.digest(bytes.fromhex(SALTS[version]), cid, 'sha256'), side, 32)
    name = b'quicv2 ' if version == V2 else b'quic '
    return [expand(secret, name + n, size) for n, size in ((b'key', 16), (b'iv', 12), (b'hp', 16))]


def packet(frames, cid=A, version=V1, number=0, number_length=1, token=b'', kind=0, size=0, key_id=None, first=0, source=SOURCE, flip=False):
    """An Initial packet; with a size, its frames are padded to that length of the packet."""
    kind = (kind + (version == V2)) % 4
    head = bytes([(0xC0 | kind << 4 | number_length - 1) ^ first]) + version.to_bytes(4, 'big') + v8(cid) + v8(source)
    if kind == (version == V2):
        head += varint(len(token)) + token
    frames += bytes(max(0, size - len(head) - 2 - number_length - len(frames) - 16, 4 - number_length - len(frames)))
    length = number_length + len(frames) + 16
    head += (length | 0x4000).to_bytes(2, 'big') + (number % 256 ** number_length).to_bytes(number_length, 'big')
    key, iv, mask_key = keys(version if version in SALTS else V1, cid if key_id is None else key_id)
    nonce = (int.from_bytes(iv, 'big') ^ number).to_bytes(12, 'big')
    out = bytearray(head + AESGCM(key).encrypt(nonce, frames, head))
    at = len(head) - number_length
    mask = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor().update(bytes(out[at + 4:at + 20]))
    out[0] ^= mask[0] & 15
    for i in range(number_length):
        out[at + i] ^= mask[1 + i]
    if flip:
        out[-1] ^= 1
    return bytes(out)


def full(frames, **options): return packet(frames, size=1200, **options)


def read(data):
    """The frames of the packet at the start of a datagram."""
    version, at, token = int.from_bytes(data[1:5], 'big'), 6 + data[5], []
    cid, at = data[6:at], at + 1 + data[at]
    for _ in 'token', 'length':
        size = 1 << (data[at] >> 6)
        token.append(int.from_bytes(data[at:at + size], 'big') & (1 << 8 * size - 2) - 1)
        at += size + (token[0] if len(token) == 1 else 0)
    key, iv, mask_key = keys(version, cid)
    mask = Cipher(algorithms.AES(mask_key), modes.ECB()).encryptor().update(data[at + 4:at + 20])
    first = data[0] ^ mask[0] & 15
    end, size = at + token[1], (first & 3) + 1
    number = bytes(a ^ b for a, b in zip(data[at:at + size], mask[1:]))
    nonce = (int.from_bytes(iv, 'big') ^ int.from_bytes(number, 'big')).to_bytes(12, 'big')
    return AESGCM(key).decrypt(nonce, data[at + size:end], bytes([first]) + data[1:at] + number)
