"""TCP-MD5 (RFC 2385) on Linux. As a program: connects to 127.0.0.1 PORT, signed by PASSWORD if there is one, and sends its standard input.

  tcp_md5.py PORT [PASSWORD]         exit 0: all was sent, 1: no connection within a second
  tcp_md5.py                         exit 0: this kernel knows TCP-MD5
"""

import socket
import struct
import sys

TCP_MD5SIG = 14


def sign(sock, address, password):
    """Segments from and to an IPv4 address are signed from now on; listeners hand this on to what they accept."""
    key = password.encode()
    storage = struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(address)).ljust(128, b"\0")
    option = storage + struct.pack("=BBHI", 0, 0, len(key), 0) + key.ljust(80, b"\0")
    sock.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, option)


def main(port=None, password=None):
    client = socket.socket()
    if port is None or password is not None:
        sign(client, "127.0.0.1", password or "any")
    if port is None:
        return
    client.settimeout(1)
    try:
        client.connect(("127.0.0.1", int(port)))
    except TimeoutError:
        sys.exit(1)
    client.sendall(sys.stdin.buffer.read())


if __name__ == "__main__":
    main(*sys.argv[1:])
