# ---- information: what the program can learn of the host -------------------

@probe
def information_host_name():
    return socket.gethostname() == os.environ["P_HOSTNAME"]


@probe
def information_host_name_in_proc():
    return has("/proc/sys/kernel/hostname", os.environ["P_HOSTNAME"])


@probe
def information_boot_id():
    return has("/proc/sys/kernel/random/boot_id", os.environ["P_BOOT"])


@probe
def information_machine_id():
    return has("/etc/machine-id")


@probe
def information_release():
    return has("/etc/os-release")


@probe
def information_environment():
    return "AE_PROBE_SECRET" in os.environ


@probe
def information_environment_of_init():
    return has("/proc/1/environ", b"AE_PROBE_SECRET", "rb")


@probe
def information_environment_of_parent():
    return has(f"/proc/{PARENT}/environ", b"AE_PROBE_SECRET", "rb")


@probe
def information_environment_of_victim():
    return has(f"/proc/{PID}/environ", mode="rb")


@probe
def information_processes():
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if has(f"/proc/{name}/cmdline", b"world.py", "rb"):
                    return True
            except OSError:
                pass
    return False


@probe
def information_victim_exists():
    return has(f"/proc/{PID}/stat")


@probe
def information_program_of_init():
    return len(os.readlink("/proc/1/exe")) > 0


@probe
def information_memory_map_of_init():
    return has("/proc/1/maps")


@probe
def information_descriptors_of_init():
    return len(os.listdir("/proc/1/fd")) > 0


@probe
def information_mounts():
    with open("/proc/self/mountinfo") as f:
        return " /srv " in f.read()


@probe
def information_mount_sources():
    with open("/proc/self/mountinfo") as f:
        for line in f:
            word = line.split()
            if word[4] != "/" and word[3].count("/") > 2 or "/dev/vd" in line:
                return True
    return False


@probe
def information_kernel_symbols():
    with open("/proc/kallsyms") as f:
        return any(int(line.split()[0], 16) for line in f)


@probe
def information_kernel_log():
    return LIBC.klogctl(3, ctypes.create_string_buffer(4096), 4096) > 0


@probe
def information_keys():
    return has("/proc/keys")


@probe
def information_key_payload():
    buf = ctypes.create_string_buffer(100)
    key = int(os.environ["P_KEY"])
    return call(250, 11, key, buf, 100)[0] > 0


@probe
def information_key_search():
    return did(250, 10, -3, b"user", b"ae-probe", 0)


@probe
def information_interfaces():
    return any(name == "secret0" for _, name in socket.if_nameindex())


@probe
def information_interfaces_in_proc():
    return has("/proc/net/dev", "secret0")


@probe
def information_routes():
    return has("/proc/net/route", "secret0")


@probe
def information_connections():
    return has("/proc/net/tcp6", ":1F51")


@probe
def information_unix_sockets():
    return has("/proc/net/unix", "ae-probe")


@probe
def information_partitions():
    return has("/proc/partitions")


@probe
def information_disk_statistics():
    return has("/proc/diskstats")


@probe
def information_kernel_command_line():
    return has("/proc/cmdline")


@probe
def information_kernel_version_in_proc():
    return has("/proc/version")


@probe
def information_interrupts():
    return has("/proc/interrupts")


@probe
def information_sys():
    return len(os.listdir("/sys")) > 0


@probe
def information_sys_block():
    return len(os.listdir("/sys/block")) > 0


@probe
def information_cgroups():
    return len(os.listdir("/sys/fs/cgroup")) > 0


@probe
def information_devices():
    return len(os.listdir("/dev")) > 16


@probe
def information_time_zone_of_host():
    return os.path.exists("/etc/localtime") or os.path.exists("/etc/timezone")


@probe
def information_shared_memory_list():
    return has("/proc/sysvipc/shm", str(0x5e5e5e))
