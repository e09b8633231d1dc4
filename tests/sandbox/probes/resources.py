# ---- resources: more than the limits --------------------------------------------

@probe
def resources_processes():
    pids = []
    for _ in range(120):
        try:
            pid = os.fork()
        except OSError:
            break
        if pid == 0:
            time.sleep(6)
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(pids) >= 120


@probe
def resources_threads():
    import threading
    stop = threading.Event()
    count = 0
    try:
        for _ in range(120):
            threading.Thread(target=stop.wait, daemon=True).start()
            count += 1
    except RuntimeError:
        pass
    stop.set()
    return count >= 120


@probe
def resources_disk():
    block = b"x" * (1 << 20)
    with open(work("big"), "wb") as f:
        try:
            for _ in range(140):
                f.write(block)
            size = f.tell()
        finally:
            os.unlink(work("big"))
    return size >= 140 << 20


@probe
def resources_disk_in_hole():
    with open(work("hole"), "wb") as f:
        f.truncate(1 << 40)
    os.unlink(work("hole"))
    return True


@probe
def resources_disk_reserved():
    fd = os.open(work("reserved"), os.O_CREAT | os.O_WRONLY)
    os.unlink(work("reserved"))
    os.posix_fallocate(fd, 0, 140 << 20)
    return True


@probe
def resources_open_files():
    fds = []
    try:
        for _ in range(5000):
            fds.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    return len(fds) >= 5000


@probe
def resources_lock_memory():
    import mmap
    m = mmap.mmap(-1, 64 << 20)
    at = ctypes.addressof(ctypes.c_char.from_buffer(m))
    return LIBC.mlock(ctypes.c_void_p(at), ctypes.c_size_t(64 << 20)) == 0


@probe
def resources_pipe_size():
    import fcntl
    _, w = os.pipe()
    return fcntl.fcntl(w, 1031, 4 << 20) > 0


@probe
def resources_shared_memory_segment():
    """System V memory outlives its maker."""
    segment = LIBC.shmget(0, 1 << 20, 0o1600)
    if segment >= 0:
        LIBC.shmctl(segment, 0, None)
    return segment >= 0 and os.readlink("/proc/self/ns/ipc") == \
        os.readlink("/proc/1/ns/ipc")


@probe
def resources_cpu():
    """Two busy processes get far more than the half core that is granted."""
    pids = []
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            end = time.time() + 1.5
            while time.time() < end:
                pass
            os._exit(0)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    t = os.times()
    return t.children_user + t.children_system > 1.25


@probe
def resources_async_contexts():
    """Of the whole machine's, of which there are few."""
    return did(206, 20000, ctypes.byref(ctypes.c_ulong()))


@probe
def resources_watches():
    """Of all that the user's processes have together."""
    fd = LIBC.inotify_init1(0)
    os.mkdir(work("watched"))
    n = 0
    for n in range(6000):
        os.mkdir(work("watched/%d" % n))
        if LIBC.inotify_add_watch(fd, work("watched/%d" % n).encode(),
                                  0x100) < 0:
            break
    import shutil
    shutil.rmtree(work("watched"))
    return n >= 5999


@probe
def resources_timers():
    event = struct.pack("Qii48x", 0, 0, 1)
    timer = ctypes.c_int()
    return all(did(222, 0, event, ctypes.byref(timer)) for _ in range(2000))


@probe
def resources_queued_signals():
    signal.pthread_sigmask(signal.SIG_BLOCK, [40])
    info = struct.pack("iiii112x", 40, 0, -1, 0)
    return all(did(129, os.getpid(), 40, info) for _ in range(2000))


@probe
def resources_message_queue():
    return did(240, b"own%d" % os.getpid(), os.O_CREAT | os.O_RDWR, 0o600,
               None)


@probe
def resources_semaphores():
    got, _ = call(64, 0, 100, 0o1600)
    if got >= 0:
        LIBC.semctl(got, 0, 0)
    return got >= 0


@probe
def resources_messages():
    got, _ = call(68, 0, 0o1600)
    if got >= 0:
        LIBC.msgctl(got, 0, None)
    return got >= 0


@probe
def resources_descriptors_of_children():
    """More than one process may have, in a child that raises its limit."""
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    return len([os.dup(0) for _ in range(3000)]) == 3000


@probe
def resources_files():
    """The last of its part: the limit may end everything."""
    os.mkdir(work("many"))
    n = 0
    try:
        for n in range(60000):
            os.close(os.open(work("many/%d" % n), os.O_CREAT | os.O_WRONLY))
    finally:
        import shutil
        shutil.rmtree(work("many"))
    return n >= 59999


@probe
def resources_memory():
    """The last: what it is ended with ends everything."""
    import mmap
    m = mmap.mmap(-1, 400 << 20)
    for at in range(0, 400 << 20, 4096):
        m[at] = 1
    return True
