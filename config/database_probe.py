"""Whether a database server answers at all, without a driver: for a start that must not wait."""

import socket
import struct
from pathlib import Path

from config.environment import Environment

SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # any server of PostgreSQL answers it with one byte


def answers(env: Environment, within: float = 0.3) -> bool:
    """False when nobody listens, or whoever listens says nothing."""
    place = _place(env)
    if place is None:
        return False
    try:
        with socket.create_connection(place, timeout=within) as probe:
            probe.sendall(SSL_REQUEST)
            return bool(probe.recv(1))
    except OSError:
        return False


def _place(env: Environment) -> tuple[str, int] | None:
    elsewhere = env.database_runtime or env.database
    if elsewhere is not None:
        return elsewhere.host, elsewhere.port
    kept = Path(env.data) / "postgres.port"
    return ("127.0.0.1", int(kept.read_text())) if kept.exists() else None
