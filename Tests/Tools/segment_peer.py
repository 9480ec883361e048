#!/usr/bin/env python3
"""The real Segment client against a gateway, through a proxy that breaks what it is told to break.

    segment_peer.py PORT KEY COUNT PLAN [--gzip] [--poison] [--pid PID]

PORT is that of the gateway. PLAN is JSON: the number of a request, from "1", and what happens to it: `refuse` (503 without
passing it on), `lose` (passed on, then 503 in place of the answer), `slow down` (429 with Retry-After) or `kill` (half of it
is passed on, then the process PID is killed, and `killed` is printed). Every other request is passed on. Prints at the end
`{"ids": […], "failed": n, "requests": n}`: the ids of the events that were sent, those that the client gave up, and how
many requests there were.
"""
import argparse
import datetime
import http.client
import http.server
import json
import os
import signal
import sys
import threading

from segment.analytics.client import Client

arguments = argparse.ArgumentParser()
arguments.add_argument("port", type=int)
arguments.add_argument("key")
arguments.add_argument("count", type=int)
arguments.add_argument("plan", type=json.loads)
arguments.add_argument("--gzip", action="store_true")
arguments.add_argument("--poison", action="store_true")
arguments.add_argument("--pid", type=int)
options = arguments.parse_args()

lock = threading.Lock()
requests = 0


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global requests
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            requests += 1
            fault = options.plan.get(str(requests))
        try:
            status, answer, retry = self.meet(fault, body)
        except OSError:
            status, answer, retry = 502, b"{}", None
        self.send_response(status)
        if retry:
            self.send_header("Retry-After", retry)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def meet(self, fault, body):
        if fault == "refuse":
            return 503, b'{"code":"refused","message":"by the proxy"}', None
        if fault == "slow down":
            return 429, b'{"code":"slow","message":"by the proxy"}', "1"
        if fault == "kill":
            self.pass_on(body, len(body) // 2)
            os.kill(options.pid, signal.SIGKILL)
            print("killed", flush=True)
            return 502, b"{}", None
        answer = self.pass_on(body, len(body))
        if fault == "lose":
            return 503, b"{}", None
        return answer

    def pass_on(self, body, length):
        connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=20)
        connection.putrequest("POST", self.path, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("host", "connection"):
                connection.putheader(name, value)
        connection.endheaders(body[:length])
        if length < len(body):
            return None
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content, answer.getheader("Retry-After")

    def log_message(self, *_):
        pass


proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()

failed = 0


def on_error(_, items):
    global failed
    failed += len(items)


client = Client(
    options.key, host=f"http://127.0.0.1:{proxy.server_port}", gzip=options.gzip, on_error=on_error, max_retries=20,
    upload_size=100, max_queue_size=100_000)
now = datetime.datetime.now(datetime.timezone.utc)
ids = []
for number in range(options.count):
    total = "12.345" if options.poison and number == options.count // 2 else 299.5
    _, message = client.track(
        f"u{number % 7}", "Order Completed",
        {"order_id": f"o{number}", "total": total, "products": [{"product_id": "A", "name": "手冲壶", "price": 299.5}]},
        timestamp=now - datetime.timedelta(minutes=1))
    ids.append(message["messageId"])
client.flush()
client.join()
proxy.shutdown()
print(json.dumps({"ids": ids, "failed": failed, "requests": requests}))
sys.exit(1 if failed else 0)
