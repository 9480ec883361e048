"""A connection that misbehaves: it stands between the daemon and the gateway and does to the bytes what it is told."""
import asyncio
import dataclasses
import socket
import threading

from gateway import reset


@dataclasses.dataclass
class Toxic:
    """What happens to one direction of a connection; all of it at once, nothing by default."""
    latency: float = 0.0
    # Bytes are handed on in slices of so many, and after each of them the slice's pause.
    slice: int = 1 << 16
    pause: float = 0.0
    # The connection is reset once these bytes were seen; they are not handed on.
    cut_at: bytes = b""
    # The connection is reset after so many bytes.
    limit: int = 1 << 40
    # Bytes are read and never handed on.
    swallows: bool = False


class Proxy:
    """Listens on a free port of the loopback and connects each caller with `port`."""

    def __init__(self, port, up=None, down=None):
        self.target, self.up, self.down = port, up or Toxic(), down or Toxic()
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/cgi-bin/sendsms"

    async def _listen(self):
        await asyncio.start_server(self._serve, sock=self._socket)

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            inner, outer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            reset(writer)
            return
        ways = [asyncio.ensure_future(self._pass_on(reader, outer, self.up)),
                asyncio.ensure_future(self._pass_on(inner, writer, self.down))]
        _, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in rest:
            way.cancel()
        for end in (writer, outer):
            reset(end)

    async def _pass_on(self, reader, writer, toxic):
        """Until the connection ends, by its peers or by the toxic."""
        count, seen = 0, b""
        while True:
            try:
                data = await reader.read(1 << 16)
            except ConnectionError:
                return
            if not data:
                return
            seen = (seen + data)[-4096:]
            if toxic.cut_at and toxic.cut_at in seen:
                return
            await asyncio.sleep(toxic.latency)
            if toxic.swallows:
                continue
            for at in range(0, len(data), toxic.slice):
                piece = data[at:at + min(toxic.slice, toxic.limit - count)]
                writer.write(piece)
                count += len(piece)
                try:
                    await writer.drain()
                except ConnectionError:
                    return
                if count >= toxic.limit:
                    return
                await asyncio.sleep(toxic.pause)
