"""Several requests over one connection to a proxy; prints the status of each, or `closed`."""
import http.client
import sys

proxy, port, *urls = sys.argv[1:]
connection = http.client.HTTPConnection(proxy, int(port), timeout=10)
connection.connect()
connection.auto_open = 0
for url in urls:
    try:
        connection.request("GET", url, headers={"Host": url.split("/")[2]})
        answer = connection.getresponse()
        answer.read()
        print(answer.status)
    except (http.client.HTTPException, OSError):
        print("closed")
