# ---- network: anything that leaves, anything that comes in -------------------

def inet(kind=socket.SOCK_STREAM, proto=0):
    return socket.socket(socket.AF_INET, kind, proto)


def inet6(kind=socket.SOCK_STREAM):
    return socket.socket(socket.AF_INET6, kind)


@probe
def network_loopback():
    return answers(inet(), ("127.0.0.1", PORT))


@probe
def network_other_loopback():
    return answers(inet(), ("127.9.9.9", PORT))


@probe
def network_any_address():
    return answers(inet(), ("0.0.0.0", PORT))


@probe
def network_outside():
    return answers(inet(), (OUTSIDE, 80))


@probe
def network_loopback6():
    return answers(inet6(), ("::1", PORT))


@probe
def network_outside6():
    return answers(inet6(), (OUTSIDE6, 80))


@probe
def network_mapped():
    return answers(inet6(), ("::ffff:127.0.0.1", PORT))


@probe
def network_non_blocking():
    s = inet()
    s.setblocking(False)
    s.connect_ex((OUTSIDE, 80))
    import select
    return bool(select.select([s], [], [], 1)[0]) and bool(s.recv(10))


@probe
def network_udp_send():
    return answers(inet(socket.SOCK_DGRAM), (OUTSIDE, 53))


@probe
def network_udp_connected():
    s = inet(socket.SOCK_DGRAM)
    s.settimeout(1)
    s.connect(("127.0.0.1", 53))
    s.send(b"x")
    return SECRET.encode() in s.recv(100)


@probe
def network_udp_sendmsg():
    s = inet(socket.SOCK_DGRAM)
    s.settimeout(1)
    s.sendmsg([b"x"], [], 0, (OUTSIDE, 53))
    return SECRET.encode() in s.recv(100)


@probe
def network_udp6():
    return answers(inet6(socket.SOCK_DGRAM), ("::1", 53))


@probe
def network_fast_open():
    s = inet()
    s.sendto(b"x", 0x20000000, (OUTSIDE, 80))
    return SECRET.encode() in s.recv(100)


@probe
def network_multipath():
    return answers(inet(proto=262), (OUTSIDE, 80))


@probe
def network_unix_path():
    s = socket.socket(socket.AF_UNIX)
    return answers(s, AT + "/open/socket")


@probe
def network_unix_through_proc():
    s = socket.socket(socket.AF_UNIX)
    return answers(s, f"/proc/{PID}/root{AT}/open/socket")


@probe
def network_unix_datagram():
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(work("reply"))
    os.chmod(work("reply"), 0o777)
    s.settimeout(1)
    return s.sendto(b"x", AT + "/open/datagrams") == 1


@probe
def network_unix_abstract():
    return answers(socket.socket(socket.AF_UNIX), "\0ae-probe")


@probe
def network_listen():
    s = inet()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", int(os.environ["P_CALL_BACK"])))
    s.listen(4)
    s.settimeout(1.5)
    peer, _ = s.accept()
    return SECRET.encode() in peer.recv(100)


@probe
def network_raw_socket():
    inet(socket.SOCK_RAW, socket.IPPROTO_ICMP).close()
    return True


@probe
def network_raw6_socket():
    socket.socket(socket.AF_INET6, socket.SOCK_RAW, 58).close()
    return True


@probe
def network_packet_socket():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3).close()
    return True


@probe
def network_ping_socket():
    s = inet(socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    s.settimeout(1)
    s.sendto(struct.pack("!BBHHH", 8, 0, 0xf7ff, 0, 0), (OUTSIDE, 0))
    return len(s.recv(100)) > 0


@probe
def network_netlink_route():
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    s.settimeout(1)
    s.send(struct.pack("=IHHIIB3x", 20, 18, 0x301, 1, 0, 0))
    return any(b"secret0" in s.recv(65536) for _ in range(8))


@probe
def network_netlink_audit():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9).close()
    return True


@probe
def network_netlink_uevent():
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
    s.bind((0, 1))
    return True


@probe
def network_vsock():
    socket.socket(40, socket.SOCK_STREAM).close()
    return True


@probe
def network_interface_list():
    import fcntl
    buf = ctypes.create_string_buffer(4096)
    conf = struct.pack("iP", 4096, ctypes.addressof(buf))
    s = inet()
    fcntl.ioctl(s.fileno(), 0x8912, conf)
    return b"secret0" in buf.raw


@probe
def network_bind_to_device():
    inet().setsockopt(socket.SOL_SOCKET, 25, b"secret0\0")
    return True


@probe
def network_transparent():
    inet().setsockopt(socket.IPPROTO_IP, 19, 1)
    return True


@probe
def network_io_uring():
    return reached(425, 1, b"\0" * 120)


@probe
def network_io_uring_enter():
    return call(426, -1, 0, 0, 0, None, 0)[1] == errno.EBADF


@probe
def network_tunnel_device():
    os.close(os.open("/dev/net/tun", os.O_RDWR))
    return True


@probe
def network_namespace_of_init():
    fd = os.open("/proc/1/ns/net", os.O_RDONLY)
    return LIBC.setns(fd, 0) == 0


@probe
def network_namespace_of_victim():
    fd, _ = call(434, PID, 0)
    return fd >= 0 and LIBC.setns(fd, 0x40000000) == 0


@probe
def network_steal_socket():
    fd, _ = call(434, PID, 0)
    stolen, _ = call(438, fd, int(os.environ["P_SOCKET"]), 0)
    return stolen >= 0


@probe
def network_multicast():
    s = inet(socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF,
                 socket.inet_aton(OUTSIDE))
    return s.sendto(b"x", ("224.0.0.251", 5353)) == 1


@probe
def network_broadcast():
    s = inet(socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    return s.sendto(b"x", ("203.0.113.255", 53)) == 1


@probe
def network_sendmmsg():
    s = inet(socket.SOCK_DGRAM)
    s.settimeout(1)
    address = struct.pack("!HH", 2 << 8, 53) + socket.inet_aton(OUTSIDE)
    address = ctypes.create_string_buffer(address + b"\0" * 8)
    data = ctypes.create_string_buffer(b"x")
    vec = struct.pack("PN", ctypes.addressof(data), 1)
    vec = ctypes.create_string_buffer(vec)
    head = struct.pack("PIxxxxPNPNixxxxIxxxx", ctypes.addressof(address), 16,
                       ctypes.addressof(vec), 1, 0, 0, 0, 0)
    call(307, s.fileno(), ctypes.create_string_buffer(head), 1, 0)
    return SECRET.encode() in s.recv(100)


@probe
def network_look_up():
    s = inet(socket.SOCK_DGRAM)
    query = b"\1\2\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"
    return answers(s, ("127.0.0.1", 53), query)


@probe
def network_ciphers():
    socket.socket(38, socket.SOCK_SEQPACKET).close()
    return True


@probe
def network_key_socket():
    socket.socket(15, socket.SOCK_RAW, 2).close()
    return True


@probe
def network_express_data_path():
    socket.socket(44, socket.SOCK_RAW).close()
    return True


@probe
def network_other_families():
    for family in (3, 4, 5, 9, 21, 23, 29, 30, 31, 41, 42, 43, 45):
        for kind in (1, 2, 3, 5):
            try:
                socket.socket(family, kind).close()
                return True
            except OSError:
                pass
    return False


@probe
def network_light_datagrams():
    inet(socket.SOCK_DGRAM, 136).close()
    return True


@probe
def network_sctp():
    inet(socket.SOCK_STREAM, 132).close()
    return True


@probe
def network_socket_diagnosis():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4).close()
    return True


@probe
def network_packet_filter():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12).close()
    return True


@probe
def network_generic_netlink():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16).close()
    return True


@probe
def network_transforms():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 6).close()
    return True


@probe
def network_attach_filter():
    code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 65535))
    prog = struct.pack("HxxxxxxP", 1, ctypes.addressof(code))
    inet(socket.SOCK_DGRAM).setsockopt(socket.SOL_SOCKET, 26, prog)
    return True


@probe
def network_mark():
    inet().setsockopt(socket.SOL_SOCKET, 36, 7)
    return True


@probe
def network_force_buffer():
    inet().setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
    return True


@probe
def network_source_route():
    inet().setsockopt(socket.IPPROTO_IP, 4, b"\x83\x07\x04\xcb\0\x71\1\0")
    return True


@probe
def network_free_bind():
    s = inet()
    s.setsockopt(socket.IPPROTO_IP, 15, 1)
    s.bind(("198.51.100.1", 0))
    return True


@probe
def network_repair():
    inet().setsockopt(socket.IPPROTO_TCP, 19, 1)
    return True


@probe
def network_low_port():
    inet().bind(("127.0.0.1", 999))
    return True


@probe
def network_unix_relative():
    os.chdir(AT + "/open")
    return answers(socket.socket(socket.AF_UNIX), "socket")


@probe
def network_unix_through_link():
    os.symlink(AT + "/open/socket", work("to-socket"))
    return answers(socket.socket(socket.AF_UNIX), work("to-socket"))


@probe
def network_interface_flags():
    import fcntl
    flags = struct.pack("16sH22x", b"lo", 1)
    s = inet()
    fcntl.ioctl(s.fileno(), 0x8914, flags)
    return True


@probe
def network_hardware_address():
    import fcntl
    name = struct.pack("16s24x", b"secret0")
    s = inet()
    return fcntl.ioctl(s.fileno(), 0x8927, name) is not None


@probe
def network_set_interface():
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    s.settimeout(1)
    up = struct.pack("BxHiII", 0, 0, 1, 1, 1)
    s.send(struct.pack("IHHII", 32, 19, 5, 1, 0) + up)
    return struct.unpack_from("i", s.recv(4096), 16)[0] == 0
