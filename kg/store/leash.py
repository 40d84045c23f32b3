"""A leash: a pair of sockets that never carry a byte, by which a worker notices at once that its asker has gone.

The asker keeps one end and sends the other along when it connects. On the connection itself the same signal would also
say that bytes have come: a question whose sender is still inside its system call could end the worker that reads it.
"""

from __future__ import annotations

import fcntl
import os
import socket


def connected(address: str) -> tuple[socket.socket, socket.socket]:
    """Return a connection to the worker at an address, and our end of its leash. OSError if there is none."""
    connection, (ours, theirs) = socket.socket(socket.AF_UNIX), socket.socketpair()
    try:
        connection.connect(address)
        socket.send_fds(connection, [b"L"], [theirs.fileno()])
    except OSError:
        connection.close()
        ours.close()
        raise
    finally:
        theirs.close()
    return connection, ours


def taken(connection: socket.socket) -> socket.socket:
    """Return the leash that comes with a connection; from now on this process ends when it is let go (Linux).

    Raises OSError or EOFError if none comes, or the other end was let go before.
    """
    _, numbers, _, _ = socket.recv_fds(connection, 1, 1)
    if not numbers:
        raise EOFError("no leash came with the connection")
    leash = socket.socket(fileno=numbers[0])
    fcntl.fcntl(leash, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(leash, fcntl.F_SETFL, os.O_ASYNC)
    if _is_slack(leash):  # of that there is no signal
        leash.close()
        raise EOFError("who connected has gone again")
    return leash


def _is_slack(leash: socket.socket) -> bool:
    try:
        return not leash.recv(1, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
