# ---- files: what lies outside the working directory ------------------------

@probe
def files_read_secret():
    return has(AT + "/secret", SECRET)


@probe
def files_list_host():
    return "secret" in os.listdir(AT)


@probe
def files_stat_secret():
    return os.stat(AT + "/secret").st_size > 0


@probe
def files_access_secret():
    return os.access(AT + "/secret", os.R_OK)


@probe
def files_statfs_host():
    return os.statvfs(AT).f_blocks > 0


@probe
def files_read_shadow():
    return has("/etc/shadow", ":")


@probe
def files_read_accounts():
    return has("/etc/passwd", "daemon")


@probe
def files_list_home():
    return len(os.listdir("/root")) + len(os.listdir("/home")) > 0


@probe
def files_list_etc():
    return len(os.listdir("/etc")) > 20


@probe
def files_list_var():
    return len(os.listdir("/var/lib")) > 0


@probe
def files_append():
    with open(AT + "/writable", "a") as f:
        return f.write("x") == 1


@probe
def files_create():
    with open(AT + "/open/new", "w") as f:
        return f.write("x") == 1


@probe
def files_unlink():
    with open(AT + "/open/gone", "w"):
        pass
    os.unlink(AT + "/open/gone")
    return True


@probe
def files_rename():
    os.rename(AT + "/open/victim", AT + "/open/moved")
    os.rename(AT + "/open/moved", AT + "/open/victim")
    return True


@probe
def files_mkdir():
    os.mkdir(AT + f"/open/dir{os.getpid()}")
    return True


@probe
def files_truncate():
    os.truncate(AT + "/writable", 3)
    return True


@probe
def files_utime():
    os.utime(AT + "/writable")
    return True


@probe
def files_chmod():
    os.chmod(AT + "/victim", 0o666)
    return True


@probe
def files_xattr():
    os.setxattr(AT + "/writable", "user.probe", b"x")
    return True


@probe
def files_through_link():
    os.symlink(AT + "/secret", work("link"))
    return has(work("link"), SECRET)


@probe
def files_through_hard_link():
    os.chdir(AT + "/open")
    os.link("victim", f"hard{os.getpid()}")
    return True


@probe
def files_dot_dot():
    return has("../" * 20 + AT.lstrip("/") + "/secret", SECRET)


@probe
def files_proc_self_root():
    return has("/proc/self/root" + AT + "/secret", SECRET)


@probe
def files_proc_init_root():
    return has("/proc/1/root" + AT + "/secret", SECRET)


@probe
def files_proc_parent_root():
    return has(f"/proc/{PARENT}/root{AT}/secret", SECRET)


@probe
def files_proc_victim_root():
    return has(f"/proc/{PID}/root{AT}/secret", SECRET)


@probe
def files_inherited_file():
    return SECRET.encode() in os.pread(59, 100, 0)


@probe
def files_inherited_directory():
    fd = os.open("secret", os.O_RDONLY, dir_fd=58)
    return SECRET.encode() in os.read(fd, 100)


@probe
def files_inherited_any():
    for fd in range(3, 200):
        try:
            if SECRET.encode() in os.pread(fd, 100, 0):
                return True
        except OSError:
            pass
    return False


@probe
def files_pipe_of_host():
    os.close(os.open(AT + "/pipe", os.O_RDWR | os.O_NONBLOCK))
    return True


@probe
def files_inotify_on_host():
    fd = LIBC.inotify_init1(0)
    return LIBC.inotify_add_watch(fd, AT.encode(), 0xfff) >= 0


@probe
def files_fanotify():
    return did(300, 0, 0)


@probe
def files_mount_tmpfs():
    return LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0


@probe
def files_mount_proc():
    return LIBC.mount(b"none", b"/proc", b"proc", 0, None) == 0


@probe
def files_mount_bind():
    os.makedirs(work("m"), exist_ok=True)
    return LIBC.mount(b"/", work("m").encode(), None, 0x1000, None) == 0


@probe
def files_remount_writable():
    return LIBC.mount(None, b"/", None, 0x20 | 0x1000, None) == 0


@probe
def files_unmount():
    return LIBC.umount2(b"/proc", 2) == 0


@probe
def files_chroot():
    os.chroot("/")
    return True


@probe
def files_pivot_root():
    return reached(155, b"/tmp", b"/tmp")


@probe
def files_open_tree():
    return did(428, -100, b"/", 1)


@probe
def files_fsopen():
    return did(430, b"tmpfs", 0)


@probe
def files_fspick():
    return did(433, -100, b"/", 0)


@probe
def files_move_mount():
    return reached(429, -1, b"", -1, b"", 0)


@probe
def files_mount_setattr():
    return reached(442, -1, b"", 0, b"\0" * 32, 32)


@probe
def files_open_by_handle():
    handle = bytes.fromhex(os.environ["P_HANDLE"])
    for mount in (AT, "/", "/tmp", "/usr"):
        try:
            at = os.open(mount, os.O_RDONLY)
        except OSError:
            continue
        fd, _ = call(304, at, handle, os.O_RDONLY)
        if fd >= 0 and SECRET.encode() in os.read(fd, 100):
            return True
    return False


@probe
def files_name_to_handle():
    buf = ctypes.create_string_buffer(struct.pack("I", 128) + b"\0" * 132)
    return did(303, -100, b"/", buf, ctypes.byref(ctypes.c_int()), 0)


@probe
def files_make_disk_node():
    os.mknod(work("disk"), 0o60666, int(os.environ["P_DISK"]))
    return True


@probe
def files_make_char_node():
    os.mknod(work("mem"), 0o20666, os.makedev(1, 1))
    return True


@probe
def files_read_disk():
    for name in os.listdir("/dev"):
        if name.startswith(("vd", "sd", "nvme", "xvd", "loop", "dm-")):
            return len(open("/dev/" + name, "rb").read(512)) == 512
    return False


@probe
def files_open_kmsg():
    os.close(os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK))
    return True


@probe
def files_write_sysctl():
    os.close(os.open("/proc/sys/kernel/hostname", os.O_WRONLY))
    return True


@probe
def files_write_core_pattern():
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    return True


@probe
def files_write_sysrq():
    os.close(os.open("/proc/sysrq-trigger", os.O_WRONLY))
    return True


@probe
def files_write_own_program():
    os.close(os.open(__file__, os.O_WRONLY))
    return True


@probe
def files_replace_own_program():
    os.chmod(os.path.dirname(__file__), 0o755)
    with open(__file__ + ".new", "w") as f:
        return f.write("x") == 1


@probe
def files_write_library():
    os.close(os.open(os.__file__, os.O_WRONLY))
    return True


@probe
def files_reopen_library_for_writing():
    fd = os.open(os.__file__, os.O_RDONLY)
    os.close(os.open(f"/proc/self/fd/{fd}", os.O_WRONLY))
    return True


@probe
def files_write_interpreter():
    try:
        os.close(os.open(os.path.realpath(sys.executable), os.O_WRONLY))
    except OSError as e:
        return e.errno == errno.ETXTBSY
    return True


@probe
def files_create_at_root():
    os.mkdir(f"/made{os.getpid()}")
    os.rmdir(f"/made{os.getpid()}")
    return True


@probe
def files_swap_on():
    return reached(167, b"/nothing", 0)


@probe
def files_read_installed_packages():
    import glob
    return bool(glob.glob("/usr/lib/python3/dist-packages/*") or
                glob.glob(os.path.dirname(os.__file__) + "/site-packages/*"))


@probe
def files_read_map_of_victim():
    return len(os.listdir(f"/proc/{PID}/map_files")) > 0


@probe
def files_list_descriptors_of_victim():
    return len(os.listdir(f"/proc/{PID}/fd")) > 0


@probe
def files_descriptor_offsets_of_victim():
    return has(f"/proc/{PID}/fdinfo/0", "flags")


@probe
def files_directory_of_victim():
    return len(os.listdir(f"/proc/{PID}/cwd")) > 0


@probe
def files_program_of_victim():
    return has(f"/proc/{PID}/exe", mode="rb")


@probe
def files_thread_root():
    return has("/proc/thread-self/root" + AT + "/secret", SECRET)


@probe
def files_task_root():
    return has(f"/proc/self/task/{os.getpid()}/root{AT}/secret", SECRET)


@probe
def files_above_own_directory():
    return has("/proc/self/cwd/" + "../" * 20 + AT[1:] + "/secret", SECRET)


@probe
def files_change_directory():
    os.chdir(AT)
    return has("secret", SECRET)


@probe
def files_directory_as_path_only():
    at = os.open(AT, os.O_PATH | os.O_DIRECTORY)
    fd = os.open("secret", os.O_RDONLY, dir_fd=at)
    return SECRET.encode() in os.read(fd, 100)


@probe
def files_reopen_path_only():
    at = os.open(AT + "/secret", os.O_PATH)
    return has(f"/proc/self/fd/{at}", SECRET)


@probe
def files_chmod_path_only():
    at = os.open(AT + "/victim", os.O_PATH)
    os.chmod(f"/proc/self/fd/{at}", 0o666)
    return True


@probe
def files_link_secret_to_own():
    os.link(AT + "/open/victim", work(f"linked{os.getpid()}"))
    return True


@probe
def files_link_own_to_host():
    with open(work("mine"), "w"):
        pass
    os.link(work("mine"), AT + f"/open/linked{os.getpid()}")
    return True


@probe
def files_symlink_on_host():
    os.symlink("x", AT + f"/open/symlink{os.getpid()}")
    return True


@probe
def files_pipe_on_host():
    os.mkfifo(AT + f"/open/fifo{os.getpid()}")
    return True


@probe
def files_socket_on_host():
    socket.socket(socket.AF_UNIX).bind(AT + f"/open/bound{os.getpid()}")
    return True


@probe
def files_nameless_on_host():
    fd = os.open(AT + "/open", os.O_TMPFILE | os.O_WRONLY, 0o600)
    return os.write(fd, b"x") == 1


@probe
def files_read_link_of_host():
    return os.readlink(AT + "/link") == "secret"


@probe
def files_map_secret():
    import mmap
    with open(AT + "/secret") as f:
        m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)
        return SECRET.encode() in m[:]


@probe
def files_send_secret():
    src = os.open(AT + "/secret", os.O_RDONLY)
    dst = os.open(work("sent"), os.O_WRONLY | os.O_CREAT)
    return os.sendfile(dst, src, 0, 100) > 0


@probe
def files_copy_secret():
    src = os.open(AT + "/secret", os.O_RDONLY)
    dst = os.open(work("copied"), os.O_WRONLY | os.O_CREAT)
    return os.copy_file_range(src, dst, 100) > 0


@probe
def files_splice_to_pipe_of_host():
    r, w = os.pipe()
    os.write(w, b"x")
    out = os.open(AT + "/pipe", os.O_RDWR | os.O_NONBLOCK)
    return os.splice(r, out, 1) == 1


@probe
def files_open_and_truncate():
    os.close(os.open(AT + "/open/victim", os.O_WRONLY | os.O_TRUNC))
    with open(AT + "/open/victim", "w") as f:
        return f.write(SECRET) > 0


@probe
def files_punch_hole():
    fd = os.open(AT + "/writable", os.O_WRONLY)
    return did(285, fd, 3, 0, 1)


@probe
def files_exchange():
    return did(316, -100, (AT + "/open/victim").encode(), -100,
               (AT + "/writable").encode(), 2) and \
        did(316, -100, (AT + "/open/victim").encode(), -100,
            (AT + "/writable").encode(), 2)


@probe
def files_change_owner():
    os.chown(AT + "/victim", 0, 0)
    return True
