"""A stand-in for the Codex backend: threads, Python's standard library, nothing of ours. It records what it is asked, plays cassettes
by model name or what a test scripted, and can hold back each chunk behind a gate."""
import json
import select
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler

from .cases import CASSETTES, cassette
from .invariants import compaction_violations, form_violations, image_violations, violations
from .listener import Listener

PREFIX = "/backend-api/codex"
TRANSCRIBE = "/backend-api/transcribe"  # beside the others
PASSED = "/alpha/"  # what a server passes on without understanding it


class Gate(threading.Event):
    """A place in a reply where the stand-in waits until the test opens it, or the client leaves."""

    look_every = 0.002  # seconds between two looks at whether the client left; opening is noticed at once


class Reply:
    def __init__(self, chunks=(), status=200, headers=(), framing="chunked", end="eof"):
        self.chunks, self.status, self.headers = list(chunks), status, list(headers)
        self.framing = framing  # chunked, close or length
        self.end = end          # eof; cut: no proper end; reset: TCP RST; open: nothing more, but open

    @classmethod
    def of_cassette(cls, name, **options):
        head, frames, end = cassette(CASSETTES / (name + ".jsonl"))
        return cls(frames, head["status"], head["headers"], **{"end": end, **options})


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="  # a PNG of one pixel


def images_reply(count=1, *gates, **members):
    """What the image routes answer (codex-protocol 7.5). Opened gates let it go."""
    document = {"created": 1789000000, "data": [{"b64_json": PIXEL}] * count, "background": "opaque", "quality": "medium", "size": "1024x1536",
                **members}
    return Reply([*gates, json.dumps(document).encode()], headers=[["content-type", "application/json"]])


class Recorded:
    """One request as it came, and what became of its connection."""

    def __init__(self, method, target, headers, raw):
        self.method, self.target, self.headers, self.raw = method, target, headers, raw
        self.connection_closed = threading.Event()
        self.closed_at = None

    @property
    def path(self):
        return self.target.split("?")[0].removeprefix(PREFIX)

    @property
    def body(self):
        return json.loads(self.raw)

    def header(self, name):
        return dict(self.headers).get(name)

    def left(self):
        self.closed_at = time.monotonic()
        self.connection_closed.set()


class Upstream:
    def __init__(self, login, context=None):
        self.login = login
        self.requests = []
        self.problems = []
        self._script = []
        self._answer = None
        self._lock = threading.Lock()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                upstream._handle(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

            def log_message(self, *args):
                pass

        self._listener = Listener(("127.0.0.1", 0), Handler)
        if context is not None:
            self._listener.socket = context.wrap_socket(self._listener.socket, server_side=True)
        self.port = self._listener.server_address[1]
        self.base_url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}{PREFIX}"
        self._thread = threading.Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def script(self, *replies):
        """The replies to the next POSTs, before cassettes are looked for."""
        with self._lock:
            self._script.extend(replies)

    def answer_with(self, answer):
        """From here on every POST gets answer(recorded), until the test ends."""
        self._answer = answer

    def posts(self):
        return [r for r in self.requests if r.method == "POST"]

    def forget(self):
        with self._lock:
            self.requests.clear()
            self._script.clear()
            self._answer = None

    def take_problems(self):
        with self._lock:
            problems, self.problems = self.problems, []
        return problems

    def stop(self):
        self._listener.shutdown()
        self._listener.server_close()

    # serving, one thread for each connection
    def _handle(self, handler):
        length = int(handler.headers.get("content-length") or 0)
        raw = handler.rfile.read(length)
        recorded = Recorded(handler.command, handler.path, [(k.lower(), v) for k, v in handler.headers.items()], raw)
        with self._lock:
            self.requests.append(recorded)
            self.problems += self._check(recorded)
            reply = self._script.pop(0) if recorded.method == "POST" and self._script else None
        if reply is None and recorded.method == "POST" and self._answer is not None:
            reply = self._answer(recorded)
        reply = reply or self._usual_reply(recorded)
        handler.close_connection = True
        if reply is None:
            recorded.left()
            return
        try:
            self._play(handler, recorded, reply)
        except OSError:
            recorded.left()

    def _check(self, recorded):
        problems = []
        if recorded.header("authorization") != f"Bearer {self.login.access_token}":
            problems.append(f"{recorded.target}: Authorization does not carry the login's token")
        rest = str([(k, v) for k, v in recorded.headers if k != "authorization"]) + recorded.target + recorded.raw.decode(errors="replace")
        problems += [f"{recorded.target}: a token stands outside Authorization" for s in self.login.secrets if s in rest]
        if recorded.path == TRANSCRIBE:
            problems += [f"{recorded.target}: broken rule: {v}" for v in form_violations(recorded)]
        elif recorded.method == "POST" and not recorded.path.startswith(PASSED):
            try:
                body = json.loads(recorded.raw)
            except ValueError:
                return [*problems, f"{recorded.target}: the body is not JSON"]
            rules = {"/images/generations": image_violations, "/images/edits": image_violations,
                     "/responses/compact": compaction_violations}.get(recorded.path, violations)
            problems += [f"{recorded.target}: broken rule: {v}" for v in rules(recorded.headers, body)]
        return problems

    def _usual_reply(self, recorded):
        if recorded.path == "/models":
            return Reply.of_cassette("f27-models", framing="length")
        if recorded.path == "/responses" and recorded.method == "POST":
            name = str(json.loads(recorded.raw).get("model"))
            if (CASSETTES / (name + ".jsonl")).exists():
                reply = Reply.of_cassette(name)
                return None if reply.end == "refused" else reply
            return Reply.of_cassette("f01-plain-text")
        if recorded.path == TRANSCRIBE:
            return Reply([b'{"text":"Hello."}'], headers=[["content-type", "application/json"]])
        if recorded.path in ("/images/generations", "/images/edits"):
            return images_reply(recorded.body.get("n", 1))
        return Reply([b'{"detail":"Not Found"}'], 404, [["content-type", "application/json"]], "length")

    def _play(self, handler, recorded, reply):
        connection = handler.connection
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = [f"HTTP/1.1 {reply.status} Any", *(f"{name}: {value}" for name, value in reply.headers)]
        if reply.framing == "chunked":
            lines.append("Transfer-Encoding: chunked")
        elif reply.framing == "length":
            lines.append(f"Content-Length: {sum(map(len, reply.chunks))}")
        if reply.framing == "close":
            lines.append("Connection: close")
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        for chunk in reply.chunks:
            if isinstance(chunk, Gate):
                if not self._wait(connection, recorded, chunk):
                    return
            elif chunk:
                connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk) if reply.framing == "chunked" else chunk)
        self._end(handler, connection, recorded, reply)

    def _end(self, handler, connection, recorded, reply):
        if reply.end == "open":
            self._wait(connection, recorded, Gate(), 20)
        elif reply.end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
        elif reply.end == "eof" and reply.framing == "chunked":
            connection.sendall(b"0\r\n\r\n")
        if reply.end == "eof" and reply.framing != "close":
            handler.close_connection = False

    def _wait(self, connection, recorded, gate, seconds=20):
        """True when the gate opened, False when the client left first."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if gate.wait(gate.look_every):
                return True
            readable, _, _ = select.select([connection], [], [], 0)
            if readable:
                try:
                    gone = connection.recv(1, socket.MSG_PEEK) == b""
                except (OSError, ValueError):
                    gone = True
                if gone:
                    recorded.left()
                    return False
        return False
