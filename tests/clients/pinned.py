"""openai-python's own tests name objects that nobody made: "conv_123" always answers where they were written. Pinned stands before a server, and for
each request that names such an id it makes the object first and asks for that one instead. Everything else passes as it is.

The queries of these tests are no real ones either: `limit=0` is a 400 here, `after=after` a 404 (both have contract tests). They are left out."""
import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

MODEL = "f01-plain-text"  # the stand-in for the backend plays it
STORED_RESPONSE = re.compile("/responses/(resp_[0-9a-f]{32,}|response_id)")
NO_REAL_QUERY = ("limit=0", "after=after")


class Pinned:
    def __init__(self, base_url):
        self._target = urlsplit(base_url)
        pinned = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection", "transfer-encoding")}
                reply, answer = pinned._ask(self.command, pinned._real(self.path), body, headers)
                self.send_response(reply.status)
                for name, value in reply.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_DELETE = do_GET

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}{self._target.path}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def _ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self._target.hostname, self._target.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            reply = connection.getresponse()
            return reply, reply.read()
        finally:
            connection.close()

    def _make(self, path, members):
        reply, answer = self._ask("POST", self._target.path + path, json.dumps(members), {"Content-Type": "application/json", "Authorization": "Bearer test"})
        assert reply.status == 200, answer
        return json.loads(answer)["id"]

    def _real(self, path):
        path, _, query = path.partition("?")
        if "completion_id" in path:
            # openai-python's type for a stored message is the assistant's.
            made = self._make("/chat/completions", {"model": MODEL, "store": True, "messages": [{"role": "assistant", "content": "Hi."}]})
            path = path.replace("completion_id", made)
        stored = STORED_RESPONSE.search(path)
        if stored:
            made = self._make("/responses", {"model": MODEL, "input": "Hi.", "background": path.endswith("/cancel")})
            path = path.replace(stored[1], made)
        if "conv_123" in path:
            made = self._make("/conversations", {"items": [{"role": "user", "content": "Hi."}]})
            path = path.replace("conv_123", made)
            if "msg_abc" in path:
                _, page = self._ask("GET", f"{self._target.path}/conversations/{made}/items", headers={"Authorization": "Bearer test"})
                path = path.replace("msg_abc", json.loads(page)["data"][0]["id"])
        query = "&".join(part for part in query.split("&") if part and part not in NO_REAL_QUERY)
        return path + ("?" + query if query else "")
