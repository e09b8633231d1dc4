# What every probe is written with.  A probe is a function that tries one thing
# and returns whether it got it; its name is what the table calls it.  Each runs
# in a child of its own: whatever kills that has blocked it.

import ctypes
import errno
import os
import signal
import socket
import struct
import subprocess
import sys
import time

AT = os.environ["P_AT"]
SECRET = os.environ["P_SECRET"]
PORT = int(os.environ["P_PORT"])
OUTSIDE, OUTSIDE6 = os.environ["P_OUTSIDE"], os.environ["P_OUTSIDE6"]
PID = int(os.environ["P_PID"])
PARENT = os.getppid()  # whoever started the program
LIBC = ctypes.CDLL(None, use_errno=True)
PROBES = []


def probe(fn):
    PROBES.append(fn)
    return fn


def call(number, *args):
    """A raw system call: (result, errno)."""
    ctypes.set_errno(0)
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    result = LIBC.syscall(ctypes.c_long(number), *wide)
    return result, ctypes.get_errno()


def did(number, *args):
    """Whether the call succeeded."""
    return call(number, *args)[0] >= 0


def reached(number, *args):
    """Whether the call was let through to the kernel's own judgement of its
    (deliberately useless) arguments."""
    result, err = call(number, *args)
    return result >= 0 or err not in (errno.EPERM, errno.EACCES, errno.ENOSYS)


def has(path, text=None, mode="r"):
    """Whether a file can be read (and has the text in it)."""
    with open(path, mode, errors=None if "b" in mode else "replace") as f:
        data = f.read(1 << 20)
    return (text in data) if text is not None else len(data) > 0


def answers(sock, where, data=b"x"):
    """Whether somebody at the address tells the secret."""
    sock.settimeout(1 if "P_BARE" not in os.environ else 4)
    if sock.type == socket.SOCK_STREAM:
        sock.connect(where)
    else:
        sock.sendto(data, where)
    return SECRET.encode() in sock.recv(100)


def ran(argv, **more):
    """Whether another program could be started."""
    r = subprocess.run(argv, stdin=subprocess.DEVNULL, timeout=10,
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                       **more)
    return r.returncode == 0


def work(name):
    return os.path.join(os.getcwd(), name)


def attempt(fn):
    """In the child: 0 escaped, 1 blocked."""
    signal.alarm(8)
    if "P_BARE" in os.environ:
        LIBC.unshare(0x20000)  # what it mounts and turns goes with it
    sys.stderr = open(os.devnull, "w")
    try:
        escaped = fn()
    except BaseException:
        escaped = False
    os._exit(0 if escaped else 1)


def report(fn):
    start = time.time()
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        attempt(fn)
    _, status = os.waitpid(pid, 0)
    try:
        os.killpg(pid, signal.SIGKILL)
    except OSError:
        pass
    escaped = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
    how = (f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "")
    print(fn.__name__, "ESCAPED" if escaped else "BLOCKED",
          f"{time.time() - start:.2f}", how, flush=True)


def main():
    only = sys.argv[1:]
    for fn in PROBES:
        if not only or fn.__name__ in only:
            report(fn)
