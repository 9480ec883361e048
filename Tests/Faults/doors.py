"""The doors by which data of members comes in: files, the calls of a source, the API."""
import base64
import http.client
import json
import urllib.parse

from shop import SECRETS, expect


class Doors:
    """Asks the running daemon of a shop, and its commands."""

    def __init__(self, shop):
        self.shop = shop
        printed = shop.nudged("keys", "add", "faults", "--scope", "admin", "--rate", "10000")
        token = next(word for word in printed.split() if word.startswith("nk_"))
        self.bearer = f"Bearer {token}"
        self.basic = "Basic " + base64.b64encode(f"{SECRETS['FAULT_KEY']}:".encode()).decode()
        self.files = 0

    def ask(self, method, path, body, authorization):
        """The status of the answer and its body; a body that is not bytes is written as JSON."""
        body = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.shop.port, timeout=60)
        try:
            connection.request(method, path, body, {"Authorization": authorization, "Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    # MARK: a source

    def call(self, kind, body):
        return self.ask("POST", f"/v1/{kind}", body, self.basic)

    def taken(self, kind, body):
        """Whether the source was thanked, and the event taken."""
        status, text = self.call(kind, body)
        expect(status in (200, 400), f"/v1/{kind} was answered {status}: {text}")
        return status == 200 and json.loads(text)["accepted"] + json.loads(text)["duplicates"] == 1

    def identify(self, member, **traits):
        expect(self.taken("identify", {"userId": member, "traits": traits}), f"identify of {member} was not taken")

    # MARK: the API

    def api(self, method, path, body=None):
        return self.ask(method, f"/api/v1/{path}", body, self.bearer)

    def put(self, member, body):
        """Whether the member was written."""
        status, text = self.api("PUT", f"members/{urllib.parse.quote(member)}", body)
        expect(status in (200, 201, 400, 422), f"PUT of a member was answered {status}: {text}")
        return status < 300

    def post(self, kind, body):
        """Whether all of the batch was written."""
        status, text = self.api("POST", kind, body)
        expect(status in (200, 400, 422), f"POST of {kind} was answered {status}: {text}")
        return status == 200 and json.loads(text)["rejected"] == 0

    def erase(self, member):
        status, text = self.api("DELETE", f"members/{urllib.parse.quote(member)}?reason=asked")
        expect(status in (200, 204), f"the erasure was answered {status}: {text}")

    # MARK: files

    def upload(self, kind, content, suffix="csv"):
        """Whether every row of the file was taken."""
        self.files += 1
        file = self.shop.folder / f"upload-{self.files}.{suffix}"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        code, printed = self.shop.run("import", kind, file.name)
        file.unlink()
        expect(code in (0, 1), f"the import of {kind} ended with {code}: {printed[-300:]}")
        return code == 0
