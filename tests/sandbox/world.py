#!/usr/bin/python3
"""world.py [--as nobody] [--no-namespaces] COMMAND ...: runs a command in a
throw-away machine with everything in it that a hostile program could want.

It is started as root in new mount, pid, network, ipc and uts namespaces (see
world, the shell script) and is the first process there, so that all of it ends
with it.  What it has put up is told in variables P_...: a probe tries to get at
it, bare (and must succeed) and in the sandbox (and must not).
"""

import argparse
import ctypes
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
NOBODY = 65534
OUTSIDE = "203.0.113.1"
OUTSIDE6 = "2001:db8::1"
PORT = 8017
CALL_BACK = 8018
SECRET = "the-secret-of-the-host"
AT = "/srv"


def run(*argv):
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def make_network():
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "secret0", "type", "veth", "peer", "name", "peer0")
    for command in (
            ["addr", "add", OUTSIDE + "/24", "dev", "secret0"],
            ["-6", "addr", "add", OUTSIDE6 + "/64", "dev", "secret0", "nodad"],
            ["link", "set", "secret0", "up"], ["link", "set", "peer0", "up"],
            ["route", "add", "default", "dev", "secret0"]):
        run("ip", *command)
    open("/proc/sys/net/ipv4/ping_group_range", "w").write("0 65535")


def serve(sock):
    """Answers everything with the secret."""
    while True:
        try:
            if sock.type == socket.SOCK_STREAM:
                peer, _ = sock.accept()
                peer.sendall(SECRET.encode())
                peer.close()
            else:
                _, peer = sock.recvfrom(2048)
                if peer:
                    sock.sendto(SECRET.encode(), peer)
        except OSError:
            time.sleep(0.01)


def call_back():
    """Connects to whoever listens here, as the host's user would."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", CALL_BACK), 0.5) as s:
                s.sendall(SECRET.encode())
        except OSError:
            time.sleep(0.02)


def make_sockets():
    """Listening, for now without anybody to answer."""
    socks = []
    stream, dgram = socket.SOCK_STREAM, socket.SOCK_DGRAM
    for family, kind, where in (
            (socket.AF_INET6, stream, ("::", 80)),
            (socket.AF_INET6, stream, ("::", PORT)),
            (socket.AF_INET6, dgram, ("::", 53)),
            (socket.AF_UNIX, stream, AT + "/open/socket"),
            (socket.AF_UNIX, dgram, AT + "/open/datagrams"),
            (socket.AF_UNIX, stream, "\0ae-probe")):
        sock = socket.socket(family, kind)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(where)
        if kind == stream:
            sock.listen(64)
        if family == socket.AF_UNIX and where[0] == "/":
            os.chmod(where, 0o777)
        socks.append(sock)
    return socks


def start_servers(socks):
    for sock in socks:
        threading.Thread(target=serve, args=(sock,), daemon=True).start()
    threading.Thread(target=call_back, daemon=True).start()


def make_files():
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", AT)
    os.umask(0)
    os.mkdir(AT + "/open", 0o777)
    os.mkdir(AT + "/work", 0o777)
    for name in ("secret", "writable", "victim", "open/victim"):
        with open(f"{AT}/{name}", "w") as f:
            f.write(SECRET)
        os.chmod(f"{AT}/{name}", 0o666)
    os.mkfifo(AT + "/pipe", 0o666)
    os.symlink("secret", AT + "/link")
    subprocess.run(["cp", "/usr/bin/env", AT + "/program"], check=True)
    os.umask(0o022)


def handle_of(path):
    """The file handle that open_by_handle_at takes, in hex."""
    buf = (ctypes.c_ubyte * 136)()
    ctypes.memmove(buf, (128).to_bytes(4, "little"), 4)
    mount = ctypes.c_int()
    if LIBC.name_to_handle_at(-100, path.encode(), buf,
                              ctypes.byref(mount), 0) != 0:
        return ""
    size = int.from_bytes(bytes(buf[:4]), "little")
    return bytes(buf[:8 + size]).hex()


def make_ipc(env):
    shm = LIBC.shmget(0x5e5e5e, 4096, 0o1666)
    LIBC.shmat.restype = ctypes.c_void_p
    LIBC.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    ctypes.memmove(LIBC.shmat(shm, None, 0), SECRET.encode(), len(SECRET))
    env["P_SHM"] = str(shm)
    env["P_MSG"] = str(LIBC.msgget(0x5e5e5e, 0o1666))
    env["P_SEM"] = str(LIBC.semget(0x5e5e5e, 1, 0o1666))
    name = b"/ae-probe"
    os.umask(0)
    LIBC.syscall(240, name[1:], os.O_CREAT | os.O_RDWR, 0o666, None)
    os.umask(0o022)
    # A key that whoever shares our session has.
    LIBC.syscall(250, 1, None)
    env["P_KEY"] = str(LIBC.syscall(248, b"user", b"ae-probe",
                                    SECRET.encode(), len(SECRET), -3))


def make_victim(uid, env):
    """A process of the same user, with a secret in memory and a socket."""
    try:  # no process of a sandbox's has the same number by chance
        with open("/proc/sys/kernel/ns_last_pid", "w") as f:
            f.write("20000")
    except OSError:
        pass
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        drop(uid)
        os.setpgid(0, 0)
        LIBC.prctl(4, 1, 0, 0, 0)  # dumpable again
        page = mmap.mmap(-1, 4096)
        page.write(SECRET.encode())
        address = ctypes.addressof(ctypes.c_char.from_buffer(page))
        sock = socket.create_connection(("127.0.0.1", PORT))
        os.write(writer, f"{address} {sock.fileno()}".encode())
        time.sleep(600)
        os._exit(0)
    os.close(writer)
    env["P_ADDRESS"], env["P_SOCKET"] = os.read(reader, 100).decode().split()
    env["P_PID"] = str(pid)


def drop(uid):
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def map_ids(child):
    """Gives a new user namespace the ids that there are, and starts it."""
    mine = os.readlink("/proc/self/ns/user")
    while os.readlink(f"/proc/{child.pid}/ns/user") == mine:
        time.sleep(0.002)
    for which in ("uid_map", "gid_map"):
        with open(f"/proc/{child.pid}/{which}", "w") as f:
            f.write("0 0 65536")
    child.stdin.write(b"go\n")
    child.stdin.close()


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--as", dest="user", default="root")
    args.add_argument("--no-namespaces", action="store_true")
    args.add_argument("--vars", help="write the variables here, as JSON")
    args.add_argument("command", nargs=argparse.REMAINDER)
    args = args.parse_args()
    uid = NOBODY if args.user == "nobody" else 0

    env = {"P_AT": AT, "P_PORT": str(PORT), "P_OUTSIDE": OUTSIDE,
           "P_OUTSIDE6": OUTSIDE6, "P_CALL_BACK": str(CALL_BACK),
           "P_SECRET": SECRET, "P_HOSTNAME": "secret-host",
           "P_BOOT": open("/proc/sys/kernel/random/boot_id").read().strip()}
    with open("/proc/meminfo") as f:
        env["P_MEMORY"] = f.readline().split()[1]
    os.setgroups([6])
    signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    socket.sethostname(env["P_HOSTNAME"])
    make_network()
    make_files()
    socks = make_sockets()
    make_ipc(env)
    make_victim(uid, env)
    start_servers(socks)  # no fork of ours comes after a thread
    env["P_HANDLE"] = handle_of(AT + "/secret")
    env["P_DISK"] = str(os.stat("/").st_dev)
    if args.vars:
        with open(args.vars, "w") as f:
            json.dump(env, f)

    command = args.command
    if args.no_namespaces:
        # Without mounts only the machine's own interpreters can be used.
        if os.path.isdir("/var/lib/ae"):
            run("mount", "-t", "tmpfs", "tmpfs", "/var/lib/ae")
        # A user namespace of its own, in which no further one can be made.
        command = [
            "unshare", "--user", "/bin/sh", "-c",
            # Only a program started after the mapping is root in there.
            'read go && exec /bin/sh -c "$0" sh "$@" </dev/null',
            "echo 0 >/proc/sys/user/max_user_namespaces && "
            f"exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "
            '--bounding-set=-all "$@"'] + command
        uid = 0
    secret = os.open(AT + "/secret", os.O_RDONLY)
    os.dup2(secret, 59)
    os.dup2(os.open(AT, os.O_RDONLY | os.O_DIRECTORY), 58)
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE if args.no_namespaces else None,
        pass_fds=(58, 59), cwd=AT + "/work", user=uid or None,
        group=uid or None, extra_groups=[] if uid else None,
        env={**os.environ, **env, "AE_PROBE_SECRET": SECRET,
             "HOME": AT + "/work"})
    if args.no_namespaces:
        map_ids(child)
    try:
        sys.exit(child.wait(240))
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
        sys.exit("world.py: still running after 240 s")


if __name__ == "__main__":
    main()
