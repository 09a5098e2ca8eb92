"""QUIC v1 Initials of a client (RFC 9001), as a module: a ClientHello for a name, cut as one likes."""
import os
import ssl

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
TAG = 16


def hello(name, alpn="h3"):
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.set_alpn_protocols([alpn])
    output = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), output, server_hostname=name)
    try:
        connection.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return output.read()[5:]


def number(value):
    return (0x4000 | value).to_bytes(2, "big")


def crypto(offset, data):
    return b"\x06" + number(offset) + number(len(data)) + data


def expand(secret, label, size):
    label = b"tls13 " + label
    return HKDFExpand(hashes.SHA256(), size, size.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0").derive(secret)


def keys(destination, side):
    extract = hmac.HMAC(SALT, hashes.SHA256())
    extract.update(destination)
    secret = expand(extract.finalize(), side, 32)
    return expand(secret, b"quic key", 16), expand(secret, b"quic iv", 12), expand(secret, b"quic hp", 16)


def mask(protection, sample):
    return Cipher(algorithms.AES(protection), modes.ECB()).encryptor().update(sample)


def initial(destination, packet, frames, size=1200):
    key, iv, protection = keys(destination, b"client in")
    head = b"\xc1\0\0\0\1" + bytes([len(destination)]) + destination + b"\0\0"
    padding = size - len(head) - 4 - len(frames) - TAG
    frames += bytes(padding)
    head += number(2 + len(frames) + TAG) + packet.to_bytes(2, "big")
    nonce = (int.from_bytes(iv, "big") ^ packet).to_bytes(12, "big")
    sealed = bytearray(head + AESGCM(key).encrypt(nonce, frames, head))
    at = len(head) - 2
    hidden = mask(protection, bytes(sealed[at + 4:at + 20]))
    sealed[0] ^= hidden[0] & 0x0F
    sealed[at] ^= hidden[1]
    sealed[at + 1] ^= hidden[2]
    return bytes(sealed)


def close_of(destination, answer):
    """The error code when the answer is a server's Initial with CONNECTION_CLOSE for that destination id, else None."""
    if len(answer) < 30 or answer[0] & 0xF0 != 0xC0 or answer[1:5] != b"\0\0\0\1":
        return None
    key, iv, protection = keys(destination, b"server in")
    at = 5
    at += 1 + answer[at]
    at += 1 + answer[at]
    at += 1 + answer[at]
    width = 1 << (answer[at] >> 6)
    length = int.from_bytes(answer[at:at + width], "big") & ((1 << (8 * width - 2)) - 1)
    at += width
    hidden = mask(protection, answer[at + 4:at + 20])
    first = answer[0] ^ (hidden[0] & 0x0F)
    size = (first & 3) + 1
    packet = bytes(a ^ b for a, b in zip(answer[at:at + size], hidden[1:]))
    head = bytes([first]) + answer[1:at] + packet
    nonce = (int.from_bytes(iv, "big") ^ int.from_bytes(packet, "big")).to_bytes(12, "big")
    frames = AESGCM(key).decrypt(nonce, answer[at + size:at + length], head).lstrip(b"\0")
    while frames and frames[0] != 0x1C:
        frames = frames[1:]
    return int.from_bytes(frames[1:2], "big") if frames else None


def pieces(name, count=2):
    """Datagrams of one connection: the hello in so many pieces, each in an Initial of its own, the sizes telling them apart."""
    destination = os.urandom(8)
    text = hello(name)
    step = -(-len(text) // count)
    return destination, [initial(destination, n, crypto(n * step, text[n * step:(n + 1) * step]), 1200 + n) for n in range(count)]
