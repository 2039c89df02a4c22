"""A host that nobody may ever send anything to: it counts the bytes that it gets."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

_PIECE = 65_536


class Trap:
    """Listens on loopback. `got`: bytes that arrived so far."""

    def __init__(self) -> None:
        self.got = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/elsewhere"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.settimeout(1.0)
                with connection, suppress(OSError):
                    self.got += max(1, len(connection.recv(_PIECE)))

    def close(self) -> None:
        self._listening.close()
