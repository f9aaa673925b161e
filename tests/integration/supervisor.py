"""A stand-in for systemd, which is not the first process where tests run: starts one command with NOTIFY_SOCKET, WATCHDOG_USEC and
LISTEN_FDS as systemd does, and prints what it hears, a line each:

  pid N
  notify READY=1|STATUS=...
  watchdog: no sign of life          (then the command is ended: SIGABRT, SIGKILL)
  exit N                             (its status, or minus the signal)
"""

import argparse
import os
import select
import signal
import socket
import sys
import time

sys.dont_write_bytecode = True
import tcp_md5  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--notify", required=True, help="path of the socket, or @name")
parser.add_argument("--watchdog-ms", type=int, default=0)
parser.add_argument("--listen", action="append", default=[], help="ADDRESS PORT to hand on", nargs=2)
parser.add_argument("--md5", default="", help="password for TCP-MD5 with 127.0.0.1")
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()

notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(options.notify.replace("@", "\0", 1) if options.notify[0] == "@" else options.notify)

listeners = []
for address, port in options.listen:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, int(port)))
    if options.md5:
        tcp_md5.sign(listener, "127.0.0.1", options.md5)
    listener.listen(1024)
    listeners.append(listener)


def become_child():
    # The descriptors have to be 3, 4, ...; moved out of the way first, as one may stand in another's place.
    moved = [os.dup(listener.fileno()) for listener in listeners]
    high = [os.dup2(fd, 100 + i) for i, fd in enumerate(moved)]
    for i, fd in enumerate(high):
        os.dup2(fd, 3 + i)
        os.set_inheritable(3 + i, True)
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.environ["WATCHDOG_PID"] = str(os.getpid())


environment = dict(os.environ, NOTIFY_SOCKET=options.notify)
if options.watchdog_ms > 0:
    environment["WATCHDOG_USEC"] = str(options.watchdog_ms * 1000)
if listeners:
    environment["LISTEN_FDS"] = str(len(listeners))
    environment["LISTEN_FDNAMES"] = ":".join(["bmp"] * len(listeners))
os.environ.update(environment)
pid = os.fork()
if pid == 0:
    become_child()
    os.closerange(3 + len(listeners), 256)
    os.execvp(options.command[0], options.command)


def say(text):
    # In one piece, as what the command says goes to the same place; `print` makes two of it under PYTHONUNBUFFERED.
    os.write(1, f"{text}\n".encode())


def forward(number, _frame):
    os.kill(pid, number)


say(f"pid {pid}")
signal.signal(signal.SIGTERM, forward)
signal.signal(signal.SIGHUP, forward)
alive = time.monotonic()
watched = False
while True:
    readable, _, _ = select.select([notify], [], [], 0.05)
    if readable:
        text = notify.recv(4096).decode()
        say("notify " + text.replace("\n", "|"))
        if "READY=1" in text:
            watched = options.watchdog_ms > 0
            alive = time.monotonic()
        if "STOPPING=1" in text:
            watched = False
        if "WATCHDOG=1" in text:
            alive = time.monotonic()
    if watched and time.monotonic() - alive > options.watchdog_ms / 1000:
        say("watchdog: no sign of life")
        watched = False
        os.kill(pid, signal.SIGABRT)
        time.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        code = os.waitstatus_to_exitcode(status)
        say(f"exit {code}")
        sys.exit(0)
