"""What the parts of `make bench` share: timing commands beside their peers.

Rows of one table are measured in turn (A B C A B C ...), so that a machine
that slows down slows all of them; what is printed are medians and their ratio
to the first row.  The largest resident set is taken in a run of its own, below
time(1): the kernel counts what a process was before its exec, which would make
no command smaller than the Python that started it.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.realpath(sys.argv[1])
RUNS = int(sys.argv[2]) if sys.argv[2:3] and sys.argv[2].isdigit() else 40
TREE = "/var/lib/ae/runtimes/debian/root"
SIXTY = "".join(
    f"def f{i}(a, b):\n    c = [x * {i} for x in range(a)]\n"
    f"    if b and c:\n        return sum(c) % (b + 1)\n    return {i}\n\n"
    for i in range(9)) + "print(sum(f(3, 4) for f in (f0, f1, f2, f3)))\n"


class Scratch(tempfile.TemporaryDirectory):
    """A directory that is gone in the end; it is HOME till then, so that
    nobody's own configuration, keys or caches count."""

    def __init__(self):
        super().__init__(prefix="ae-bench-")
        os.environ["HOME"] = self.name

    def __enter__(self):
        return self

    def write(self, name, text):
        path = os.path.join(self.name, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path


def ae(name):
    return os.path.join(BUILD, "bin", name)


def tree_python():
    """The interpreter that the sandbox runs, started bare."""
    if os.path.exists(TREE + "/usr/bin/python3.13"):
        return ["chroot", TREE, "/usr/bin/python3.13"]
    return ["python3"]


def once(argv, stdin=None):
    """One run, from spawn to reaped: wall-clock ms and wait status."""
    fd = os.open(stdin or os.devnull, os.O_RDONLY)
    null = os.open(os.devnull, os.O_WRONLY)
    begin = time.perf_counter()
    pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[
        (os.POSIX_SPAWN_DUP2, fd, 0), (os.POSIX_SPAWN_DUP2, null, 1),
        (os.POSIX_SPAWN_DUP2, null, 2)])
    _, status = os.waitpid(pid, 0)
    wall = (time.perf_counter() - begin) * 1000
    os.close(fd)
    os.close(null)
    return wall, status


def peak_mb(argv, stdin=None):
    """The largest resident set of a command or of any child it waits for."""
    with tempfile.NamedTemporaryFile("r") as out, \
         open(stdin or os.devnull, "rb") as given:
        subprocess.run(["/usr/bin/time", "-q", "-f", "%M", "-o", out.name] +
                       argv, stdin=given, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=False)
        return int(out.read().split()[-1]) / 1024


def table(title, rows, runs=None, good=(0, 1)):
    """Measures rows of (name, argv, stdin or None) in turn, and prints them.

    Returns {name: median ms}; a peer that is not installed is said so and
    left out.  Exit statuses other than those in good are counted aloud.
    """
    print(f"\n{title}", flush=True)
    here = [r for r in rows if shutil.which(r[1][0])]
    for name in [r[0] for r in rows if r not in here]:
        print(f"  {name:36} not installed here")
    wall = {r[0]: [] for r in here}
    failed = dict.fromkeys(wall, 0)
    warm = 2
    for i in range((runs or RUNS) + warm):
        for name, argv, stdin in here:
            ms, status = once(argv, stdin)
            if i >= warm:
                wall[name].append(ms)
            failed[name] += os.waitstatus_to_exitcode(status) not in good
    medians = {n: statistics.median(w) for n, w in wall.items()}
    first = next(iter(medians.values()), 1)
    for name, argv, stdin in here:
        print(f"  {name:36} {medians[name]:9.2f} ms  "
              f"x{medians[name] / first:6.2f}  {peak_mb(argv, stdin):6.1f} MB"
              + (f"  {failed[name]} FAILED" if failed[name] else ""),
              flush=True)
    return medians


def verdict(what, figure, budget, unit="ms"):
    """One line: a figure beside its budget, and whether it is met."""
    print(f"  {what}: {figure:.2f} {unit}, budget {budget:g}: "
          + ("met" if figure <= budget else "MISSED"), flush=True)
