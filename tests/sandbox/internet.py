#!/usr/bin/python3
"""internet.py COMMAND ...: runs a command on a machine with an Internet of the
test's own: a second network namespace behind a veth pair with public
addresses in it, private ones, and servers on each; names by /etc/hosts, and
by a name server, which an engine's containers ask.

Started as root in new mount, pid and network namespaces, as their first
process: all of it ends with it."""

import ctypes
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
OUT = ["93.184.215.14", "93.184.215.15", "10.1.2.3", "172.16.9.9",
       "192.168.7.7", "169.254.169.254", "100.64.1.1", "224.0.0.5"]
OUT6 = ["2606:2800:220:1::14", "fd00::14", "fe80::14", "64:ff9b::7f00:1"]
PORTS = [80, 443, 8443, 25]
HOSTS = """127.0.0.1 localhost rebind.example
93.184.215.14 good.example www.good.example other.example
2606:2800:220:1::14 six.example good.example
93.184.215.15 second.example
10.1.2.3 private.example mixed.example
93.184.215.14 mixed.example
169.254.169.254 metadata.example
93.184.215.1 myself.example
"""
# An engine's containers, behind a bridge of this machine.
BEHIND = "172.30.0.0/16"
BEHIND6 = "fd00:ae::/64"


def run(*argv):
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def answer(peer, where):
    try:
        head = peer.recv(65536)
        if b"/slow" in head:
            time.sleep(1)
        if b"/break" in head:
            peer.close()
            return
        body = f"hello from {where}\n".encode()
        if b"/big" in head:
            body = b"x" * 1000000
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n"
                     b"Connection: close\r\n\r\n" % len(body) + body)
    except OSError:
        pass
    peer.close()


def serve(sock):
    while True:
        peer, _ = sock.accept()
        where = peer.getsockname()[0]
        threading.Thread(target=answer, args=(peer, where),
                         daemon=True).start()


def start_servers():
    for port in PORTS:
        sock = socket.socket(socket.AF_INET6)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(("::", port))
        sock.listen(512)
        threading.Thread(target=serve, args=(sock,), daemon=True).start()


def names():
    """By HOSTS; flip.example is another at every question."""
    table = {}
    for line in HOSTS.splitlines():
        a, *hosts = line.split()
        family = socket.AF_INET6 if ":" in a else socket.AF_INET
        for h in hosts:
            table.setdefault((h, 28 if ":" in a else 1), []).append(
                socket.inet_pton(family, a))
    known = {h for h, _ in table} | {"flip.example"}
    flips = 0
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("0.0.0.0", 53))
    while True:
        q, peer = sock.recvfrom(600)
        labels, at = [], 12
        while q[at]:
            labels.append(q[at + 1:at + 1 + q[at]].decode())
            at += 1 + q[at]
        name = ".".join(labels).lower()
        kind = int.from_bytes(q[at + 1:at + 3], "big")
        found = table.get((name, kind), [])
        if name == "flip.example" and kind == 1:
            flips += 1
            found = [socket.inet_aton("93.184.215.14" if flips % 3
                                      else "10.1.2.3")]
        code = 0 if name in known else 3
        sock.sendto(
            q[:2] + bytes([0x81, 0x80 | code, 0, 1, 0, len(found), 0, 0, 0, 0])
            + q[12:at + 5]
            + b"".join(b"\xc0\x0c" + kind.to_bytes(2, "big") + b"\0\1\0\0\0\0"
                       + len(f).to_bytes(2, "big") + f for f in found), peer)


def address(which, where):
    for a in where:
        v6 = ["-6"] if ":" in a else []
        more = ["nodad"] if v6 else []
        if a.startswith("224."):
            continue
        run("ip", *v6, "addr", "add", a + ("/64" if v6 else "/24"), "dev",
            which, *more)


def outside(reader):
    """The process that is the Internet."""
    os.read(reader, 1)
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "set", "out1", "up")
    address("out1", OUT + OUT6)
    run("ip", "route", "add", BEHIND, "via", "93.184.215.1", "dev", "out1")
    run("ip", "-6", "route", "add", BEHIND6, "via", "2606:2800:220:1::1", "dev",
        "out1")
    start_servers()
    threading.Thread(target=names, daemon=True).start()
    print("up", flush=True)
    time.sleep(600)


def main():
    for path, text in (("/etc/hosts", HOSTS),
                       ("/etc/resolv.conf", "nameserver 93.184.215.14\n")):
        with tempfile.NamedTemporaryFile("w", dir="/run") as f:
            os.chmod(f.name, 0o644)
            f.write(text)
            f.flush()
            run("mount", "--bind", f.name, path)
    reader, writer = os.pipe()
    up, said = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(said, 1)
        LIBC.unshare(0x40000000)
        os.write(said, b"n")
        outside(reader)
        os._exit(0)
    os.read(up, 1)
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "out0", "type", "veth", "peer", "name", "out1",
        "netns", str(pid))
    run("ip", "link", "set", "out0", "up")
    address("out0", ["93.184.215.1", "2606:2800:220:1::1", "fd00::1"])
    run("ip", "route", "add", "default", "dev", "out0")
    os.write(writer, b"x")
    os.read(up, 8)
    command = subprocess.Popen(sys.argv[1:])
    # The machine's own servers, which nobody in a sandbox may reach.
    start_servers()
    sys.exit(command.wait())


if __name__ == "__main__":
    main()
