"""A WeChat of its own: the API that messages are sent to, and the account that posts to a callback address.

It encrypts by the published algorithm, with the openssl program: nothing of it is ours. It prints its port, then a line
of JSON for each message that it was asked to send. A line of JSON on its input makes it call: see `call`. It ends with
its input.

    python3 wechat_peer.py URL TOKEN ENCODING_AES_KEY APP_ID
"""

import base64
import hashlib
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse

URL, TOKEN, KEY, APP = sys.argv[1:5]
answers = {}


def say(**line):
    print(json.dumps(line, ensure_ascii=False), flush=True)


class API(http.server.BaseHTTPRequestHandler):
    """Takes every message, with an id for template messages only, as the account's API does."""

    protocol_version = "HTTP/1.1"
    taken = 0

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = urllib.parse.urlsplit(self.path).path
        reply = {"errcode": 0, "errmsg": "ok"}
        if path.endswith("/stable_token"):
            reply = {"access_token": "ACCESS", "expires_in": 7200}
        else:
            API.taken += 1
            code = answers.get(path, 0)
            reply["errcode"] = code
            if path.endswith("/template/send"):
                reply["msgid"] = 1864323726461255680 + API.taken
            say(path=path, to=body["touser"], template=body.get("template_id"), msgid=str(reply.get("msgid", "")))
        data = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def seal(text, app, key):
    """16 random bytes, the length, the message and the app id, padded to blocks of 32, in AES-256-CBC."""
    secret = base64.b64decode(key + "=")
    data = text.encode()
    data = os.urandom(16) + len(data).to_bytes(4, "big") + data + app.encode()
    pad = 32 - len(data) % 32
    data += bytes([pad]) * pad
    command = ["openssl", "enc", "-aes-256-cbc", "-nopad", "-K", secret.hex(), "-iv", secret[:16].hex()]
    return base64.b64encode(subprocess.run(command, input=data, capture_output=True, check=True).stdout).decode()


def signature(*parts):
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def request(method, query, body=None):
    address = urllib.parse.urlsplit(URL)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    connection.request(method, address.path + "?" + urllib.parse.urlencode(query), body)
    response = connection.getresponse()
    return [response.status, response.read().decode()]


def call(order):
    """`check`: the check of the address. Else `message`, a text: posted `times` times, the same bytes each time.

    `token`, `app`: falsified; `cut`: characters that are missing at the end of the sealed text; `plain`: not sealed.
    """
    token, now, nonce = order.get("token", TOKEN), str(int(time.time())), "17"
    query = {"signature": signature(token, now, nonce), "timestamp": now, "nonce": nonce}
    if "check" in order:
        return [request("GET", query | {"echostr": order["check"]})]
    body = message = order["message"]
    if not order.get("plain"):
        sealed = seal(message, order.get("app", APP), KEY)
        sealed = sealed[: len(sealed) - order.get("cut", 0)]
        query |= {"encrypt_type": "aes", "msg_signature": signature(token, now, nonce, sealed)}
        body = f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        if message.startswith("{"):
            body = json.dumps({"ToUserName": "gh_1", "Encrypt": sealed})
    return [request("POST", query, body.encode()) for _ in range(order.get("times", 1))]


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), API)
threading.Thread(target=server.serve_forever, daemon=True).start()
say(port=server.server_port)
for line in sys.stdin:
    order = json.loads(line)
    if "answer" in order:
        answers.update(order["answer"])
        say(answers=[])
    else:
        say(answers=call(order))
