"""Clients of the stream as bare sockets: many at once, and one that vanishes without a word."""

import ctypes
import socket
import struct
import sys

from tests.barker_process import Person

SO_ATTACH_FILTER = 26  # of Linux; Python has no name for it
RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # a filter that lets no byte of any packet through
IS_LINUX = sys.platform == "linux"


def opened(person: Person, port: int) -> socket.socket:
    """Ask for a stream; nothing is read yet."""
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = "GET /v1/stream HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nAuthorization: Bearer "
    client.sendall(f"{head}{person.token}\r\n\r\n".encode())
    return client


def read_until(client: socket.socket, awaited: bytes) -> bytes:
    """Return what comes up to some bytes, or to the end."""
    found = b""
    while awaited not in found and (more := client.recv(65536)):
        found += more
    return found


def vanish(client: socket.socket) -> None:
    """Drop every packet that comes for this client from now on, as where a cable was cut: nothing is acknowledged."""
    code = ctypes.create_string_buffer(RETURN_NOTHING)
    client.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(code)))
