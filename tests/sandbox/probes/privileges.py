# ---- privileges: anything that only root, or the kernel, should do -----------

@probe
def privileges_become_root():
    os.setresuid(0, 0, 0)
    return os.getuid() == 0


@probe
def privileges_change_group():
    os.setresgid(12, 12, 12)
    return True


@probe
def privileges_set_groups():
    os.setgroups([0, 6])
    return True


@probe
def privileges_capabilities():
    with open("/proc/self/status") as f:
        return any(line.startswith(("CapEff", "CapPrm", "CapInh", "CapAmb"))
                   and int(line.split()[1], 16) for line in f)


@probe
def privileges_bounding_set():
    with open("/proc/self/status") as f:
        return any(line.startswith("CapBnd") and int(line.split()[1], 16)
                   for line in f)


@probe
def privileges_may_gain():
    return LIBC.prctl(39, 0, 0, 0, 0) == 0


@probe
def privileges_user_namespace():
    return LIBC.unshare(0x10000000) == 0


@probe
def privileges_mount_namespace():
    return LIBC.unshare(0x10000000 | 0x20000) == 0


@probe
def privileges_net_namespace():
    return LIBC.unshare(0x10000000 | 0x40000000) == 0


@probe
def privileges_clone_namespace():
    pid, _ = call(56, 0x10000000 | 17, None, None, None, None)
    if pid == 0:
        os._exit(0)
    return pid > 0


@probe
def privileges_clone3_namespace():
    pid, _ = call(435, struct.pack("8Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64)
    if pid == 0:
        os._exit(0)
    return pid > 0


@probe
def privileges_join_namespace():
    fd = os.open("/proc/1/ns/mnt", os.O_RDONLY)
    return LIBC.setns(fd, 0) == 0


@probe
def privileges_host_name():
    socket.sethostname("probe")
    return True


@probe
def privileges_domain_name():
    return LIBC.setdomainname(b"probe", 5) == 0


@probe
def privileges_clock():
    return reached(227, 0, struct.pack("qq", -1, -1))


@probe
def privileges_time_of_day():
    return reached(164, struct.pack("qq", -1, -1), None)


@probe
def privileges_adjust_clock():
    return reached(159, struct.pack("I204x", 0x2))


@probe
def privileges_reboot():
    return reached(169, 1, 2, 3, None)


@probe
def privileges_load_module():
    return reached(175, b"x", 1, b"")


@probe
def privileges_load_module_file():
    return reached(313, -1, b"", 0)


@probe
def privileges_delete_module():
    return reached(176, b"no-such-module", 0)


@probe
def privileges_kexec():
    return reached(246, 0, 0, None, 0xffff)


@probe
def privileges_accounting():
    return reached(163, b"/no-such-file")


@probe
def privileges_quota():
    return reached(179, 0x80000700, b"/nothing", 0, None)


@probe
def privileges_io_ports():
    return did(172, 3)


@probe
def privileges_io_permission():
    return did(173, 0x80, 1, 1)


@probe
def privileges_hang_up():
    return reached(153)


@probe
def privileges_local_descriptor_table():
    return did(154, 0, ctypes.create_string_buffer(64), 64)


@probe
def privileges_bpf():
    attr = struct.pack("5I", 2, 4, 4, 1, 0)
    return did(321, 0, ctypes.create_string_buffer(attr), 20)


@probe
def privileges_perf_events():
    attr = struct.pack("IIQQQQQ", 1, 112, 1, 0, 0, 0, 0x60).ljust(112, b"\0")
    return did(298, ctypes.create_string_buffer(attr), 0, -1, -1, 0)


@probe
def privileges_userfault():
    return did(323, 1)


@probe
def privileges_add_key():
    return did(248, b"user", b"probe", b"x", 1, -4)


@probe
def privileges_request_key():
    return reached(249, b"user", b"no-such", None, -4)


@probe
def privileges_new_session_keyring():
    return did(250, 1, None)


@probe
def privileges_personality():
    return did(135, 0x0040000)


@probe
def privileges_address_layout():
    return did(135, 0x0400000)


@probe
def privileges_trace_victim():
    return did(101, 0x4206, PID, None, None)


@probe
def privileges_trace_parent():
    return did(101, 0x4206, PARENT, None, None)


@probe
def privileges_read_victim():
    buf = ctypes.create_string_buffer(64)
    here = struct.pack("PN", ctypes.addressof(buf), 64)
    there = struct.pack("PN", int(os.environ["P_ADDRESS"]), 64)
    call(310, PID, here, 1, there, 1, 0)
    return SECRET.encode() in buf.raw


@probe
def privileges_write_victim():
    buf = ctypes.create_string_buffer(b"the", 4)
    here = struct.pack("PN", ctypes.addressof(buf), 3)
    there = struct.pack("PN", int(os.environ["P_ADDRESS"]), 3)
    return call(311, PID, here, 1, there, 1, 0)[0] == 3


@probe
def privileges_memory_of_victim():
    with open(f"/proc/{PID}/mem", "rb") as f:
        f.seek(int(os.environ["P_ADDRESS"]))
        return SECRET.encode() in f.read(64)


@probe
def privileges_memory_of_parent():
    os.close(os.open(f"/proc/{PARENT}/mem", os.O_WRONLY))
    return True


@probe
def privileges_compare_victim():
    return did(312, PID, os.getpid(), 1, 0, 0)


@probe
def privileges_advise_victim():
    return reached(440, -1, None, 0, 0, 0)


@probe
def privileges_raise_open_files():
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))
    return True


@probe
def privileges_raise_processes():
    import resource
    resource.setrlimit(resource.RLIMIT_NPROC, (-1, -1))
    return True


@probe
def privileges_dump_core():
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (1 << 20, -1))
    return True


@probe
def privileges_limit_of_victim():
    return did(302, PID, 7, struct.pack("QQ", 100, 100), None)


@probe
def privileges_priority():
    os.setpriority(os.PRIO_PROCESS, 0, -10)
    return True


@probe
def privileges_real_time():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    return True


@probe
def privileges_io_priority():
    return did(251, 1, 0, (1 << 13) | 4)


@probe
def privileges_out_of_memory_score():
    with open("/proc/self/oom_score_adj", "w") as f:
        return f.write("-900") > 0


@probe
def privileges_set_user_bit():
    # What we write cannot be run as somebody else.
    with open(work("suid"), "w") as f:
        f.write("x")
    os.chmod(work("suid"), 0o4755)
    return (os.stat(work("suid")).st_mode & 0o4000 and
            not os.statvfs(work("suid")).f_flag & os.ST_NOSUID)


@probe
def privileges_change_owner():
    with open(work("owned"), "w"):
        pass
    os.chown(work("owned"), 0, 0)
    os.chown(work("owned"), 1, 1)
    return True


@probe
def privileges_terminal_input():
    import fcntl
    _, slave = os.openpty()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, 0x540e, 0)
        fcntl.ioctl(slave, 0x5412, b"x")
        os._exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


@probe
def privileges_32_bit_call():
    import mmap
    m = mmap.mmap(-1, 4096, prot=7)
    # mov eax, 20 (getpid); int 0x80; ret
    m.write(b"\xb8\x14\0\0\0\xcd\x80\xc3")
    at = ctypes.addressof(ctypes.c_char.from_buffer(m))
    return ctypes.CFUNCTYPE(ctypes.c_int)(at)() == os.getpid()


@probe
def privileges_switch_filter_off():
    # Without new filters a program cannot hide behind a filter of its own.
    return LIBC.prctl(21, 0, 0, 0, 0) == 0


@probe
def privileges_shrink_bounding_set():
    return LIBC.prctl(24, 20, 0, 0, 0) == 0


@probe
def privileges_secure_bits():
    return LIBC.prctl(28, 0, 0, 0, 0) == 0


@probe
def privileges_memory_layout():
    return reached(157, 35, 99, 0, 0, 0)


@probe
def privileges_allow_tracer():
    return reached(157, 0x59616d61, 0, 0, 0, 0)


@probe
def privileges_adopt_orphans():
    return LIBC.prctl(36, 1, 0, 0, 0) == 0


@probe
def privileges_huge_pages_off():
    return LIBC.prctl(41, 1, 0, 0, 0) == 0


@probe
def privileges_flush_io():
    return LIBC.prctl(57, 1, 0, 0, 0) == 0


@probe
def privileges_dispatch_calls():
    return LIBC.prctl(59, 0, 0, 0, 0) == 0


@probe
def privileges_own_filter():
    return reached(317, 2, 0, ctypes.byref(ctypes.c_uint32(0x7fff0000)))


@probe
def privileges_own_landlock():
    return reached(444, None, 0, 1)


@probe
def privileges_part_descriptors():
    return LIBC.unshare(0x400) == 0


@probe
def privileges_time_namespace():
    return LIBC.unshare(0x80) == 0


@probe
def privileges_cgroup_namespace():
    return LIBC.unshare(0x02000000) == 0


@probe
def privileges_pid_namespace():
    return LIBC.unshare(0x20000000) == 0


@probe
def privileges_names_namespace():
    return LIBC.unshare(0x04000000) == 0


@probe
def privileges_ipc_namespace():
    return LIBC.unshare(0x08000000) == 0


@probe
def privileges_same_namespace():
    fd = os.open("/proc/self/ns/uts", os.O_RDONLY)
    return LIBC.setns(fd, 0) == 0


@probe
def privileges_sibling_process():
    pid, _ = call(56, 0x8000 | 17, None, None, None, None)
    if pid == 0:
        os._exit(0)
    return pid > 0


@probe
def privileges_into_control_group():
    args = struct.pack("11Q", 0x200000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 999)
    return call(435, args, 88)[1] == errno.EBADF


@probe
def privileges_quota_by_descriptor():
    return reached(443, -1, 0x80000700, 0, None)


@probe
def privileges_swap_off():
    return reached(168, b"/nothing")


@probe
def privileges_reap_memory():
    return reached(448, -1, 0)


@probe
def privileges_memory_policy():
    return reached(238, 99, None, 0)


@probe
def privileges_bind_memory():
    return reached(237, 0, 4096, 99, None, 0, 0)


@probe
def privileges_migrate_pages():
    return reached(256, PID, 64, None, None)


@probe
def privileges_move_pages():
    return did(279, PID, 0, None, None, None, 0)


@probe
def privileges_splice_memory():
    return reached(278, -1, None, 0, 0)


@probe
def privileges_remap_pages():
    return reached(216, 0, 0, 0, 0, 0)


@probe
def privileges_secret_memory():
    return reached(447, 0xff)


@probe
def privileges_open_terminal():
    os.openpty()
    return True


@probe
def privileges_raw_memory():
    os.close(os.open("/dev/mem", os.O_RDONLY))
    return True


@probe
def privileges_latency():
    os.close(os.open("/dev/cpu_dma_latency", os.O_RDWR))
    return True


@probe
def privileges_loop_devices():
    os.close(os.open("/dev/loop-control", os.O_RDWR))
    return True


@probe
def privileges_user_file_system():
    os.close(os.open("/dev/fuse", os.O_RDWR))
    return True


@probe
def privileges_deadline():
    attr = struct.pack("IIQiIQQQ", 48, 6, 0, 0, 0, 10 ** 7, 10 ** 8, 10 ** 8)
    return did(314, 0, ctypes.create_string_buffer(attr), 0)


@probe
def privileges_forge_credentials():
    a, b = socket.socketpair(socket.AF_UNIX)
    b.setsockopt(socket.SOL_SOCKET, 16, 1)
    forged = struct.pack("iII", 1, 0, 0)
    a.sendmsg([b"x"], [(socket.SOL_SOCKET, 2, forged)])
    return forged in [d for _, _, d in b.recvmsg(1, 100)[1]]
