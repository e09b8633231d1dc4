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
    return has(f"/proc/{PID}/environ", b"AE_PROBE_SECRET", "rb")


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


@probe
def information_uptime():
    with open("/proc/uptime") as f:
        return float(f.read().split()[0]) > 60


@probe
def information_start_of_machine():
    with open("/proc/stat") as f:
        return any(line.startswith("btime ") and
                   time.time() - int(line.split()[1]) > 60 for line in f)


@probe
def information_clock_since_start():
    return time.clock_gettime(time.CLOCK_BOOTTIME) > 60


@probe
def information_clock_monotonic():
    return time.clock_gettime(time.CLOCK_MONOTONIC_RAW) > 60


@probe
def information_memory_of_machine():
    return has("/proc/meminfo", os.environ["P_MEMORY"] + " kB")


@probe
def information_sysinfo_memory():
    info = (ctypes.c_ulong * 16)()
    LIBC.sysinfo(info)
    unit = info[13] & 0xffffffff
    return info[4] * unit // 1024 == int(os.environ["P_MEMORY"])


@probe
def information_sysinfo_uptime():
    info = (ctypes.c_long * 16)()
    return LIBC.sysinfo(info) == 0 and info[0] > 60


@probe
def information_load():
    with open("/proc/loadavg") as f:
        return int(f.read().split()[3].split("/")[1]) > 20


@probe
def information_interrupt_counts():
    with open("/proc/stat") as f:
        return any(line.startswith("intr ") and int(line.split()[1]) > 0
                   for line in f)


@probe
def information_file_systems_of_kernel():
    with open("/proc/filesystems") as f:
        return len(f.readlines()) > 8


@probe
def information_virtual_memory():
    return has("/proc/vmstat")


@probe
def information_memory_zones():
    return has("/proc/zoneinfo")


@probe
def information_memory_fragments():
    return has("/proc/buddyinfo")


@probe
def information_soft_interrupts():
    return has("/proc/softirqs")


@probe
def information_physical_memory():
    return has("/proc/iomem")


@probe
def information_ports():
    return has("/proc/ioports")


@probe
def information_drivers():
    return has("/proc/devices")


@probe
def information_ciphers():
    return has("/proc/crypto")


@probe
def information_controllers():
    return has("/proc/cgroups")


@probe
def information_key_users():
    return has("/proc/key-users")


@probe
def information_settings():
    return has("/proc/sys/kernel/osrelease")


@probe
def information_limits_of_kernel():
    return has("/proc/sys/fs/file-nr")


@probe
def information_buses():
    return len(os.listdir("/proc/bus")) > 0


@probe
def information_terminals():
    return len(os.listdir("/proc/tty")) > 0


@probe
def information_interrupt_lines():
    return len(os.listdir("/proc/irq")) > 0


@probe
def information_file_systems_in_use():
    return len(os.listdir("/proc/fs")) > 0


@probe
def information_message_queues_list():
    return has("/proc/sysvipc/msg", str(0x5e5e5e))


@probe
def information_semaphores_list():
    return has("/proc/sysvipc/sem", str(0x5e5e5e))


@probe
def information_status_of_parent():
    return has(f"/proc/{PARENT}/status", "Uid")


@probe
def information_command_of_parent():
    return has(f"/proc/{PARENT}/cmdline", mode="rb")


@probe
def information_counters_of_parent():
    return has(f"/proc/{PARENT}/io", "rchar")


@probe
def information_stack_of_parent():
    return has(f"/proc/{PARENT}/syscall")


@probe
def information_namespaces_of_parent():
    return len(os.readlink(f"/proc/{PARENT}/ns/net")) > 0


@probe
def information_groups():
    return len(os.getgroups()) > 0


@probe
def information_ignored_signals():
    return signal.getsignal(signal.SIGUSR2) == signal.SIG_IGN


@probe
def information_list_of_mounts():
    request = struct.pack("IIQQQ", 24, 0, 2 ** 64 - 1, 0, 0)
    return call(458, request, ctypes.create_string_buffer(800), 100, 0)[0] > 1


@probe
def information_security_modules():
    size = ctypes.c_uint32(100)
    return reached(461, ctypes.create_string_buffer(100),
                   ctypes.byref(size), 0)


@probe
def information_blocks_on_disk():
    import fcntl
    with open(os.__file__, "rb") as f:
        ask = struct.pack("QQIIII", 0, 1 << 20, 0, 0, 10, 0)
        buf = bytearray(ask.ljust(1024, b"\0"))
        return fcntl.ioctl(f.fileno(), 0xc020660b, buf) == 0


@probe
def information_entropy():
    import fcntl
    with open("/dev/urandom", "rb") as f:
        return fcntl.ioctl(f.fileno(), 0x80045200, b"\0" * 4) is not None


@probe
def information_kernel_configuration():
    return has("/proc/config.gz", mode="rb")
