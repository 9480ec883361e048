"""A provider for the fault scenarios: it speaks the wire of Kannel's `sendsms` and answers as a script says.

What it truly takes stands in its ledger, one line of JSON synced to disk, before it answers anything: the ledger is the
truth about what a member got, whatever the daemon came to hear of it.
"""
import asyncio
import dataclasses
import http.client
import json
import os
import queue
import socket
import struct
import threading
import urllib.parse

ACCEPTED = "0: Accepted for delivery"


@dataclasses.dataclass
class Answer:
    """What the gateway does with one request.

    `how` is one of: `reply`; `hang` (replies once `Gateway.release` is called); `reset` (RST after the request was read);
    `reset_unread` (RST after its headers); `close` (FIN without a reply); `reply_and_close`; `drip` (the reply, one byte a second).
    """
    status: int = 202
    body: bytes | str = ACCEPTED
    headers: dict = dataclasses.field(default_factory=dict)
    how: str = "reply"
    takes: bool = True
    delay: float = 0.0

    @staticmethod
    def refusing(status, body="", **headers):
        return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()}, takes=False)


@dataclasses.dataclass
class Message:
    number: int
    to: str
    text: str
    report_url: str
    reference: str
    method: str
    taken: bool = False
    # The whole reply was written.
    is_answered: bool = False

    def report(self, status, answer=""):
        """Fetches the report's address as Kannel would. Returns the status of the reply, None where there was none."""
        url = self.report_url.replace("%d", str(status)).replace("%A", urllib.parse.quote(answer)).replace("%%", "%")
        return get(url)


def get(url, timeout=30):
    """The status of a GET; None where there was no reply."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Gateway:
    """Listens on a free port of the loopback from its making on, in a thread of its own.

    `script(message)` returns the answer to each message; the two hooks are called with it after it was read, and after it
    stands in the ledger. All three run on the gateway's thread, unless `hooks_block` says that they take their time.
    """

    def __init__(self, ledger, script=None):
        self.script = script or (lambda message: Answer())
        self.on_read = self.on_taken = lambda message: None
        self.hooks_block = False
        self.messages = []
        self.connections = 0
        self.ledger_path = ledger
        self._ledger = open(ledger, "ab", buffering=0)
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._socket = None
        self.port = 0
        self.open()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"

    @property
    def taken(self):
        """The messages of the ledger, in order."""
        with open(self.ledger_path) as file:
            return [json.loads(line) for line in file]

    def open(self):
        """Takes the port: a free one at first, then the same again."""
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self.port))
        self._socket.listen(512)
        self.port = self._socket.getsockname()[1]

    def close(self):
        """From now on connections are refused."""
        asyncio.run_coroutine_threadsafe(self._unlisten(), self._loop).result(30)

    def reopen(self):
        self.open()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    def release(self):
        """Lets everything go on that hangs, now and later."""
        self._loop.call_soon_threadsafe(self._released.set)

    def hold(self):
        self._loop.call_soon_threadsafe(self._released.clear)

    async def _listen(self):
        self._server = await asyncio.start_server(self._serve, sock=self._socket, limit=1 << 20)

    async def _unlisten(self):
        self._server.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader, writer):
        """Reads one request and answers it; false when the connection is over."""
        first = await reader.readexactly(1)
        # The first byte of a TLS handshake: there is none to be had here.
        if first == b"\x16":
            return False
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
        url = headers.get("x-kannel-dlr-url", "")
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url.replace("%%", "%")).query))
        message = Message(len(self.messages), headers.get("x-kannel-to", ""), "", url, query.get("reference", ""),
                          lines[0].split(" ")[0])
        self.messages.append(message)
        answer = self.script(message)
        if answer.how == "reset_unread":
            return reset(writer)
        message.text = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        await self._hook(self.on_read, message)
        if answer.takes:
            self._write(message)
            await self._hook(self.on_taken, message)
        return await self._answer(answer, message, writer)

    async def _hook(self, hook, message):
        if self.hooks_block:
            await self._loop.run_in_executor(None, hook, message)
        else:
            hook(message)

    def _write(self, message):
        line = {"n": message.number, "reference": message.reference, "to": message.to}
        self._ledger.write(json.dumps(line).encode() + b"\n")
        os.fsync(self._ledger.fileno())
        message.taken = True

    async def _answer(self, answer, message, writer):
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.how == "hang":
            await self._released.wait()
        if answer.how == "reset":
            return reset(writer)
        if answer.how == "close":
            return False
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        headers = {"Content-Type": "text/html", "Content-Length": str(len(body))} | answer.headers
        head = f"HTTP/1.1 {answer.status} x\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        whole = head.encode() + b"\r\n" + body
        if answer.how == "drip":
            for at in range(len(whole)):
                writer.write(whole[at:at + 1])
                await writer.drain()
                await asyncio.sleep(1)
        else:
            writer.write(whole)
            await writer.drain()
        message.is_answered = True
        return answer.how != "reply_and_close"


def reset(writer):
    """Ends the connection with an RST."""
    one = writer.get_extra_info("socket")
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


class Reporter:
    """Reports each message that was taken as delivered, again and again until the daemon has thanked for it, as Kannel's
    retries do. `thanked` has the references that the daemon acknowledged."""

    def __init__(self, gateway, choose=lambda message: [1], peers=4):
        self.choose, self.waiting, self.thanked, self.refused = choose, queue.Queue(), [], []
        self.is_over = threading.Event()
        gateway.on_taken = self.add
        self.peers = [threading.Thread(target=self.run, daemon=True) for _ in range(peers)]
        for peer in self.peers:
            peer.start()

    def add(self, message):
        for status in self.choose(message):
            self.waiting.put((message, status))

    def run(self):
        while not self.is_over.is_set():
            try:
                message, status = self.waiting.get(timeout=0.05)
            except queue.Empty:
                continue
            answer = message.report(status)
            if answer is not None and 200 <= answer < 300:
                self.thanked.append((message.reference, status))
            elif answer is None or answer in (503, 429):
                self.waiting.put((message, status))
                self.is_over.wait(0.02)
            else:
                self.refused.append((message.reference, answer))
            self.waiting.task_done()

    @property
    def is_idle(self):
        return self.waiting.unfinished_tasks == 0

    def end(self):
        self.is_over.set()
        for peer in self.peers:
            peer.join()
