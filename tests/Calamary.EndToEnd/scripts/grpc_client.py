"""gRPC calls to the server of odd_tls_server.py: grpc_client.py TARGET AUTHORITY SCENARIO."""
import sys
import time

import grpc

target, authority, scenario = sys.argv[1:4]
with open(authority, "rb") as file:
    credentials = grpc.ssl_channel_credentials(file.read())
channel = grpc.secure_channel(target, credentials, [
    ("grpc.ssl_target_name_override", "valid.tls.test"), ("grpc.default_authority", "valid.tls.test"), ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1)])
reverse = channel.unary_unary("/lab.Lab/Reverse")
chat = channel.stream_stream("/lab.Lab/Chat")


def trailer(call, name):
    return dict(call.trailing_metadata()).get(name)


def talk(count, pause=0.0):
    """Each message is sent only when the answer to the one before has come."""
    sent = 0

    def messages():
        nonlocal sent
        for number in range(count):
            while sent < number:
                time.sleep(0.0002)
            if number:
                time.sleep(pause)
            yield b"%d" % number

    call = chat(messages(), timeout=40)
    for answer in call:
        assert answer == b"answer to %d" % sent
        sent += 1
    return sent, trailer(call, "x-count")


if scenario == "calls":
    answer, call = reverse.with_call(b"hello", timeout=20)
    print("unary", answer.decode(), trailer(call, "x-length"))
    try:
        reverse(b"fail", timeout=20)
    except grpc.RpcError as error:
        print("failed", error.code().name, error.details())
    print("chat", *talk(1000))
    print("big", len(reverse(bytes(4_000_000), timeout=20)))
elif scenario == "slow":
    print("slow", talk(2, 20.0)[0])
else:
    assert reverse(b"ab", timeout=20) == b"ba"
    try:
        talk(1)
        print("unary ok, chat ok")
    except grpc.RpcError as error:
        print("unary ok, chat", error.code().name)
