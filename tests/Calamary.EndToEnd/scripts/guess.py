"""Tries passwords at a proxy, many at a time; prints how often it got which status."""
import base64
import collections
import concurrent.futures
import http.client
import sys

host, port, user, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def guess(number):
    connection = http.client.HTTPConnection(host, port, timeout=30)
    credentials = base64.b64encode(f"{user}:guess-{number}".encode()).decode()
    connection.request("GET", "http://a.example.test/", headers={"Proxy-Authorization": "Basic " + credentials})
    status = connection.getresponse().status
    connection.close()
    return status


with concurrent.futures.ThreadPoolExecutor(50) as pool:
    seen = collections.Counter(pool.map(guess, range(count)))
for status, number in sorted(seen.items()):
    print(status, number)
