"""A mail server of the test's own on this machine: it keeps the Message-ID of each mail it took, and can stall."""

import contextlib
import socketserver
import threading
from email import message_from_bytes


class Session(socketserver.StreamRequestHandler):
    """As much of SMTP as one mail needs."""

    def handle(self):
        self.say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.server.take(self.message())
                if not self.server.stall():
                    self.say("250 taken")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def message(self):
        lines = iter(self.rfile.readline, b".\r\n")
        return message_from_bytes(b"".join(lines))

    def say(self, words):
        with contextlib.suppress(OSError):  # the worker was killed meanwhile
            self.wfile.write(f"{words}\r\n".encode())


class Sink(socketserver.ThreadingTCPServer):
    """Takes every mail. At the numbers in `stalls` it takes the mail and says nothing until it is let go."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, stalls=()):
        super().__init__(("127.0.0.1", 0), Session)
        self.lock, self.stalls, self.taken = threading.Lock(), set(stalls), []
        self.stalled, self.go_on = threading.Event(), threading.Event()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def take(self, message):
        with self.lock:
            self.taken.append((message["Message-ID"], message["To"]))

    def stall(self):
        """True when the worker that sent this mail never gets its answer."""
        with self.lock:
            if len(self.taken) not in self.stalls:
                return False
            self.stalls.remove(len(self.taken))
        self.go_on.clear()
        self.stalled.set()
        self.go_on.wait(30)
        return True


@contextlib.contextmanager
def running(stalls=()):
    with Sink(stalls) as sink:
        thread = threading.Thread(target=sink.serve_forever, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.go_on.set()
            sink.shutdown()
