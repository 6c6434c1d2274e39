"""Stand-ins for worker and web server: a process with a stubborn fork, as theirs have. Run under the leash.

`python .../leash.py tests.embedded.stand_in worker|web [HOST PORT]`
"""

import os
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"stand-in")

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(HTTPServer):
    allow_reuse_port = True

    def server_bind(self) -> None:
        import socket

        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()


if __name__ == "__main__":
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        while True:
            time.sleep(100)
    if sys.argv[1] == "web":
        Server((sys.argv[2], int(sys.argv[3])), Answer).serve_forever()
    else:
        while True:
            time.sleep(100)
