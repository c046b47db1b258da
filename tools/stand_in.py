"""What the measuring scripts share: a backend that says one word, in a process of its own, and the program in front of it.

The backend (`python3 tools/stand_in.py` prints its port) answers every call with "Yes." under a new id. The last input decides: with SLOW in it the
words come one by one for three seconds, with HANG nothing comes after the first. GET /stats tells what happened. No login is used."""
import base64
import http.client
import http.server
import itertools
import json
import os
import pathlib
import re
import select
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]


def events(number, words):
    """The stream of one response, an event a piece."""
    response = {"id": f"resp_{number:048x}", "object": "response", "created_at": 1789000000, "status": "in_progress", "model": "gpt-5.5", "output": []}
    item = {"id": f"msg_{number:048x}", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": "".join(words)}
    done = {**item, "status": "completed", "content": [part]}
    usage = {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 11}
    where = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    parts = [("created", {"response": response}), ("output_item.added", {"output_index": 0, "item": item}),
             ("content_part.added", {**where, "part": {**part, "text": ""}}),
             *(("output_text.delta", {**where, "delta": word, "logprobs": []}) for word in words),
             ("output_text.done", {**where, "text": part["text"], "logprobs": []}), ("content_part.done", {**where, "part": part}),
             ("output_item.done", {"output_index": 0, "item": done}), ("completed", {"response": {**response, "status": "completed", "output": [done], "usage": usage}})]
    for n, (name, members) in enumerate(parts):
        yield f"event: response.{name}\ndata: {json.dumps({'type': 'response.' + name, 'sequence_number': n, **members})}\n\n".encode()


class Backend(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece: the kernel would hold the second one back
    numbers = itertools.count(1)
    lock = threading.Lock()
    stats = {"calls": 0, "open": 0, "left": 0, "left_at": 0.0, "sent": 0}  # left_at: time.monotonic(), one clock for all processes

    def do_POST(self):
        size = int(self.headers["content-length"])
        last = str(json.loads(self.rfile.read(size))["input"][-1])
        with self.lock:
            self.stats["calls"] += 1
            self.stats["open"] += 1
            self.stats["sent"] = size
        try:
            self.answer(next(self.numbers), last)
        except OSError:
            self.client_left()
        finally:
            with self.lock:
                self.stats["open"] -= 1

    def answer(self, number, last):
        if "SLOW" not in last and "HANG" not in last:
            body = b"".join(events(number, ["Yes."]))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200)
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for piece in events(number, [f"word {n} " for n in range(100)]):
            self.wfile.write(piece)
            self.wfile.flush()
            wait = 0.03 if "SLOW" in last or b"output_text.delta" not in piece else 60
            if select.select([self.connection], [], [], wait)[0]:
                self.client_left()  # nothing else can be there to read
                return

    def client_left(self):
        self.close_connection = True
        with self.lock:
            self.stats["left"] += 1
            self.stats["left_at"] = time.monotonic()

    def do_GET(self):  # the catalogue is not there: the program has its own list
        body = json.dumps(self.stats).encode() if self.path == "/stats" else b""
        self.send_response(200 if body else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class BackendProcess:
    def __init__(self):
        self.process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.url = f"http://127.0.0.1:{self.port}/backend-api/codex"
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def stats(self):
        self.connection.request("GET", "/stats")
        return json.loads(self.connection.getresponse().read())

    def stop(self):
        self.process.kill()
        self.process.wait()


def login(folder):
    """A login file whose token nobody accepts but the stand-in."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    token = ".".join((part({"alg": "none"}), part({"exp": int(time.time()) + 86400, "https://api.openai.com/auth": {"chatgpt_account_id": "a"}}), "x"))
    path = pathlib.Path(folder) / "auth.json"
    path.write_text(json.dumps({"auth_mode": "chatgpt", "tokens": {"id_token": token, "access_token": token, "refresh_token": "", "account_id": "a"}}))
    path.chmod(0o600)
    return path


def in_front_of(backend, folder):
    """The arguments that put the program in front of the backend at this URL."""
    return "--backend-base-url", backend, "--auth-json", login(folder), "--no-refresh"


class Program:
    """`ocx serve` on a free port, and one client of it."""
    def __init__(self, binary, *arguments):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([binary, "serve", "--port", "0", *arguments], stdout=self.log, stderr=self.log)
        self.port = self._port()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def _port(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", self.printed()):
                return int(found[1])
            time.sleep(0.01)
        sys.exit("the program did not start:\n" + self.printed()[-2000:])

    def printed(self):
        self.log.seek(0)
        return self.log.read()

    def cpu(self):
        """Seconds of its one thread."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e9

    def memory(self):
        """Resident, in MiB."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def call(self, method, path, body=None):
        self.connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
        reply = self.connection.getresponse()
        content = reply.read()
        if reply.status != 200:
            sys.exit(f"{method} {path}: {reply.status} {content[:300]}")
        return json.loads(content)

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


if __name__ == "__main__":
    class Listener(http.server.ThreadingHTTPServer):
        request_queue_size = 128

        def handle_error(self, request, client_address):
            if not isinstance(sys.exc_info()[1], OSError):  # the program may close its connections when it likes
                super().handle_error(request, client_address)

    server = Listener(("127.0.0.1", 0), Backend)
    print(server.server_address[1], flush=True)
    server.serve_forever()
