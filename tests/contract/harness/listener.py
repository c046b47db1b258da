"""The HTTP server under the stand-ins of the backend and of the login server."""
from http.server import ThreadingHTTPServer


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *args):
        pass  # clients that leave early or are killed are what some tests are about
