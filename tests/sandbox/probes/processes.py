# ---- processes: other programs, other processes ------------------------------

def elf_of_host():
    """Some program other than the interpreter."""
    for path in (AT + "/program", "/usr/bin/env", "/bin/true", "/bin/sh"):
        if os.access(path, os.R_OK):
            return path
    raise FileNotFoundError


def loader():
    for path in ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"):
        if os.path.exists(path):
            return path
    raise FileNotFoundError


@probe
def processes_run_shell():
    return ran(["/bin/sh", "-c", "exit 0"])


@probe
def processes_run_system():
    return os.system("exit 0") == 0


@probe
def processes_run_by_name():
    return ran(["id"])


@probe
def processes_run_env():
    return ran(["/usr/bin/env"])


@probe
def processes_posix_spawn():
    pid = os.posix_spawn("/bin/true", ["true"], {})
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@probe
def processes_run_host_program():
    return ran([AT + "/program"])


@probe
def processes_read_other_program():
    return has(elf_of_host(), mode="rb")


@probe
def processes_run_by_loader():
    return ran([loader(), elf_of_host()])


@probe
def processes_run_shell_by_loader():
    for path in ("/usr/bin/dash", "/usr/bin/busybox", "/usr/bin/cat"):
        if os.path.exists(path):
            return ran([loader(), path])
    return False


@probe
def processes_any_program_readable():
    """Any ELF program anywhere but the interpreter and libraries."""
    mine = os.path.realpath(sys.executable)
    for top in ("/usr/bin", "/usr", "/bin", "/lib", "/opt", "/ae", "/tmp"):
        for where, _, names in os.walk(top):
            for name in names:
                path = os.path.join(where, name)
                if ".so" in name or os.path.realpath(path) == mine:
                    continue
                try:
                    with open(path, "rb") as f:
                        head = f.read(20)
                except OSError:
                    continue
                if head[:4] == b"\x7fELF" and head[16] in (2, 3):
                    return True
    return False


@probe
def processes_run_copy():
    with open(os.path.realpath(sys.executable), "rb") as f:
        data = f.read()
    with open(work("copy"), "wb") as f:
        f.write(data)
    os.chmod(work("copy"), 0o755)
    return ran([work("copy"), "-c", "0"])


@probe
def processes_run_copy_by_loader():
    with open(os.path.realpath(sys.executable), "rb") as f:
        data = f.read()
    with open(work("copy2"), "wb") as f:
        f.write(data)
    return ran([loader(), work("copy2"), "-c", "0"])


@probe
def processes_run_script():
    with open(work("script"), "w") as f:
        f.write(f"#!{os.path.realpath(sys.executable)}\n")
    os.chmod(work("script"), 0o755)
    return ran([work("script")])


@probe
def processes_memory_file():
    return did(319, b"x", 0)


@probe
def processes_run_memory_file():
    fd = os.memfd_create("x", 0)
    with open(os.path.realpath(sys.executable), "rb") as f:
        os.write(fd, f.read())
    return ran([f"/proc/self/fd/{fd}", "-c", "0"], pass_fds=[fd])


@probe
def processes_run_descriptor():
    path = AT + "/program" if os.path.exists(AT) else sys.executable
    fd = os.open(os.path.realpath(path), os.O_RDONLY)
    pid = os.fork()
    if pid == 0:
        argv = (ctypes.c_char_p * 4)(b"x", b"-c", b"0", None)
        empty = (ctypes.c_char_p * 1)(None)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        call(322, fd, b"", argv, empty, 0x1000)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 1


@probe
def processes_run_through_link():
    os.symlink("/bin/sh", work("innocent"))
    return ran([work("innocent"), "-c", "exit 0"])


@probe
def processes_signal_victim():
    os.kill(PID, 0)
    return True


@probe
def processes_signal_victim_by_descriptor():
    fd, _ = call(434, PID, 0)
    return did(424, fd, 0, None, 0)


@probe
def processes_signal_victims_group():
    group = os.getpgid(PID)
    os.killpg(group, 0)
    return group > 0


@probe
def processes_queue_signal_to_victim():
    return did(129, PID, 0, struct.pack("iiii112x", 0, 0, -1, 0))


@probe
def processes_scheduling_of_victim():
    os.sched_setaffinity(PID, os.sched_getaffinity(PID))
    return True


@probe
def processes_priority_of_victim():
    os.setpriority(os.PRIO_PROCESS, PID, 1)
    return True


@probe
def processes_shared_memory():
    LIBC.shmat.restype = ctypes.c_void_p
    at = LIBC.shmat(int(os.environ["P_SHM"]), None, 0)
    return at not in (None, 2 ** 64 - 1) and \
        SECRET.encode() in ctypes.string_at(at, 64)


@probe
def processes_message_queue():
    return LIBC.msgsnd(int(os.environ["P_MSG"]), struct.pack("qq", 1, 1), 8,
                       0o4000) == 0


@probe
def processes_semaphore():
    return LIBC.semctl(int(os.environ["P_SEM"]), 0, 16, 1) == 0


@probe
def processes_posix_queue():
    return did(240, b"ae-probe", os.O_RDWR, 0, None)


@probe
def processes_host_shared_memory():
    name = f"/dev/shm/probe{os.getpid()}"
    with open(name, "w") as f:
        f.write("x")
    return os.stat(name).st_dev == os.stat("/dev").st_dev or \
        "/dev/shm" in open("/proc/self/mountinfo").read()


@probe
def processes_lock_host_file():
    import fcntl
    with open(AT + "/writable") as f:
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return True


@probe
def processes_lease_host_file():
    import fcntl
    with open(AT + "/victim") as f:
        fcntl.fcntl(f, fcntl.F_NOTIFY, 0)
    return True


@probe
def processes_run_by_directory():
    fd = os.open("/usr/bin", os.O_PATH)
    pid = os.fork()
    if pid == 0:
        argv = (ctypes.c_char_p * 2)(b"true", None)
        empty = (ctypes.c_char_p * 1)(None)
        call(322, fd, b"true", argv, empty, 0)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@probe
def processes_load_written_library():
    import shutil
    import _ctypes
    here = getattr(_ctypes, "__file__", None) or "/lib64/libm.so.6"
    shutil.copyfile(here, work("library.so"))
    ctypes.CDLL(work("library.so"))
    return True


@probe
def processes_execute_written_file():
    import mmap
    with open(work("code"), "wb") as f:
        f.write(b"\xc3" * 4096)
    with open(work("code"), "rb") as f:
        mmap.mmap(f.fileno(), 4096, flags=mmap.MAP_PRIVATE,
                  prot=mmap.PROT_READ | mmap.PROT_EXEC)
    return True


@probe
def processes_turn_written_file_executable():
    import mmap
    with open(work("code2"), "wb") as f:
        f.write(b"\xc3" * 4096)
    with open(work("code2"), "rb") as f:
        m = mmap.mmap(f.fileno(), 4096, flags=mmap.MAP_PRIVATE,
                      prot=mmap.PROT_READ | mmap.PROT_WRITE)
    at = ctypes.addressof(ctypes.c_char.from_buffer(m))
    return LIBC.mprotect(ctypes.c_void_p(at), ctypes.c_size_t(4096), 5) == 0


@probe
def processes_run_from_shared_memory():
    import shutil
    name = f"/dev/shm/program{os.getpid()}"
    shutil.copyfile(os.path.realpath(sys.executable), name)
    os.chmod(name, 0o755)
    try:
        return ran([name, "-c", "0"])
    finally:
        os.unlink(name)


@probe
def processes_signal_parent():
    os.kill(PARENT, 0)
    return True


@probe
def processes_priority_of_parent():
    os.setpriority(os.PRIO_PROCESS, PARENT, 1)
    return True


@probe
def processes_priority_of_user():
    os.setpriority(os.PRIO_USER, 0, 0)
    return True


@probe
def processes_processors_of_parent():
    os.sched_setaffinity(PARENT, os.sched_getaffinity(PARENT))
    return True


@probe
def processes_scheduling_of_parent():
    os.sched_setscheduler(PARENT, os.SCHED_OTHER, os.sched_param(0))
    return True


@probe
def processes_clock_of_victim():
    return time.clock_gettime((~PID << 3) | 2) >= 0


@probe
def processes_group_of_victim():
    return os.getpgid(PID) > 0


@probe
def processes_priority_seen_of_victim():
    os.getpriority(os.PRIO_PROCESS, PID)
    return True


@probe
def processes_descriptor_of_victim():
    return did(434, PID, 0)


@probe
def processes_locks_of_victim():
    at, size = ctypes.c_void_p(), ctypes.c_size_t()
    return did(274, PID, ctypes.byref(at), ctypes.byref(size))


@probe
def processes_memory_file_with_seals():
    return did(319, b"x", 8)
