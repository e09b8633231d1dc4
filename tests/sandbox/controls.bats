#!/usr/bin/env bats
# What an honest program does works inside, as root and as an ordinary user.  In
# tests/engines there are links to this file, ENGINE-controls.bats: the same
# claims of that engine's containers.

bats_require_minimum_version 1.5.0
load ../lib/common

engine=
case ${BATS_TEST_FILENAME##*/} in
*-controls.bats)
	load engine
	engine=$(engine_of_file)
	;;
esac

setup_file() {
	[ -n "$engine" ] || return 0
	start_engine
	export image backend runtime
}

teardown_file() {
	[ -z "$engine" ] || stop_engine
}

setup() {
	here=$(mktemp -d /tmp/ae-test-controls-XXXXXX)
	chmod 755 "$here"
	config
	mkdir -m 777 "$here/home"
	chmod 777 "$here/home"
	export HOME=$here/home
}

teardown() {
	rm -rf "$here"
}

# config [GRANT ...]: nothing is asked; these commands may be run.
config() {
	local IFS=,
	printf '%s\n' "code_execution:" "  enabled: true" "  security:" \
		"    require_approval: false" "    scan_code: false" \
		"  docker:" "    pull: never" \
		"    images: {python: '${image:-}', bash: '${image:-}'," \
		"      javascript: '${image:-}'}" \
		"sandbox:" "  backend: ${backend:-local}" \
		"  oci: {runtime: '${runtime:-runc}'}" "  grants:" \
		"    run: [${*}]" >"$here/config.yaml"
}

# ask WHO: ae-run with that configuration and a document on its input.
ask() {
	case $engine.$1 in
	.us) command ae-run --config "$here/config.yaml" ;;
	.nobody)
		setpriv --reuid 65534 --regid 65534 --clear-groups \
			"$AE_BUILD/bin/ae-run" --config "$here/config.yaml"
		;;
	*) engine_run "$here/config.yaml" ;;
	esac
}

# inside LANGUAGE CODE WANT [JQ]: prints WANT, as root and as nobody.
inside() {
	local who all=us
	[ -n "$engine" ] || [ "$(id -u)" -ne 0 ] || all='us nobody'
	for who in $all; do
		run --separate-stderr ask "$who" < <(doc "$1" "$2" "${4:-.}")
		echo "$output" >>"$AE_TEST_DOCS/controls.bats.ndjson"
		if [ "$(jq -r .run.stdout <<<"$output")" != "$3" ]; then
			echo "as $who:"
			jq -c '[.error, .run.status, .run.stdout, .run.stderr,
				.run.receipt]' <<<"$output"
			echo "$stderr"
			return 1
		fi
	done
}

@test "Python's version is at least 3.12" {
	inside python 'import sys
print(sys.version_info >= (3, 12))' True
}

@test "threads" {
	inside python 'import threading
n = []
ts = [threading.Thread(target=n.append, args=(i,)) for i in range(20)]
[t.start() for t in ts]
[t.join() for t in ts]
print(sorted(n) == list(range(20)))' True
}

@test "multiprocessing, by fork and by spawn, with a pool and a queue" {
	inside python 'import multiprocessing as mp
def f(x):
    return x * x
if __name__ == "__main__":
    with mp.get_context("fork").Pool(3) as p:
        print(p.map(f, range(5)))
    with mp.get_context("spawn").Pool(2) as p:
        print(p.map(f, range(5)))
    q = mp.Queue()
    q.put(7)
    print(q.get())' '[0, 1, 4, 9, 16]
[0, 1, 4, 9, 16]
7'
}

@test "futures, asyncio, and sockets between its own processes" {
	inside python 'import asyncio, concurrent.futures, socket
with concurrent.futures.ThreadPoolExecutor(4) as e:
    print(sum(e.map(abs, range(-5, 5))))
async def serve(r, w):
    w.write((await r.readline()).upper())
    w.close()
async def main():
    s = await asyncio.start_server(serve, "127.0.0.1", 0)
    r, w = await asyncio.open_connection(*s.sockets[0].getsockname())
    w.write(b"hello\n")
    print((await r.readline()).decode().strip())
    s.close()
asyncio.run(main())
a, b = socket.socketpair()
a.send(b"x")
print(b.recv(1).decode())' '25
HELLO
x'
}

@test "a unix socket in the working directory" {
	inside python 'import socket
s = socket.socket(socket.AF_UNIX)
s.bind("here")
s.listen()
c = socket.socket(socket.AF_UNIX)
c.connect("here")
s.accept()[0].send(b"yes")
print(c.recv(3).decode())' yes
}

@test "a granted command, by name and by path, and its arguments" {
	config wc sort
	inside python 'import subprocess
r = subprocess.run(["wc", "-l"], input="a\nb\n", text=True, capture_output=True)
print(r.stdout.strip())
r = subprocess.run(["/usr/bin/sort"], input="b\na\n", text=True,
                   capture_output=True)
print(r.stdout.strip())' '2
a
b'
}

@test "a shell when it is granted" {
	config sh tr
	inside python 'import os, subprocess
print(subprocess.check_output("echo abc | tr a-c A-C", shell=True,
                              text=True).strip())
print(os.system("exit 3") >> 8)' 'ABC
3'
}

@test "Bash: pipes, here-documents, process substitution, arrays, arithmetic" {
	config sort tr cat
	# shellcheck disable=SC2016 # it is a program
	inside bash 'a=(c b a)
printf "%s\n" "${a[@]}" | sort | tr "\n" " "
cat <<X
$((6 * 7))
X
while read -r l; do echo "got $l"; done < <(printf "1\n2\n")
echo x >file; [[ -s file ]] && echo ok
[ "$(printf "%s" "$HOME")" = "$PWD" ] && echo home' 'a b c 42
got 1
got 2
ok
home'
}

@test "awk and sh lead through their links" {
	config awk sh
	inside bash 'echo 1 2 | awk "{ print \$1 + \$2 }"; sh -c "echo sh"' '3
sh'
}

@test "files are copied and edited with their modes, without a complaint" {
	config sed cp cat
	inside bash 'exec 2>&1
echo a >f; sed -i s/a/b/ f; cp -p f g; cat g' 'b'
}

@test "JavaScript: worker threads, timers, files, crypto, compression, ICU" {
	inside javascript 'const { Worker } = require("worker_threads");
const fs = require("fs"), zlib = require("zlib");
fs.writeFileSync("f", "text");
console.log(fs.readFileSync("f", "utf8"));
console.log(require("crypto").createHash("sha256").update("").digest("hex")
    .slice(0, 8));
console.log(zlib.gunzipSync(zlib.gzipSync("z")).toString());
console.log(new Intl.NumberFormat("de-DE").format(1234.5));
const w = new Worker("require(\"worker_threads\").parentPort.postMessage(5)",
    { eval: true });
w.on("message", (m) => console.log(m));' 'text
e3b0c442
z
1.234,5
5'
}

@test "JavaScript: promises, fetch of what is its own" {
	inside javascript 'const http = require("http");
const s = http.createServer((q, r) => r.end("hi")).listen(0, async () => {
  const r = await fetch(`http://127.0.0.1:${s.address().port}/`);
  console.log(await r.text());
  s.close();
});' hi
}

@test "/dev/null, /dev/zero, /dev/urandom, /dev/stdin, /dev/fd" {
	inside python 'import os
open("/dev/null", "w").write("x" * 100000)
print(open("/dev/zero", "rb").read(3), len(open("/dev/urandom", "rb").read(9)))
print(open("/dev/stdin").read())
import sys; sys.stdout.flush()
open("/dev/stdout", "w").write("out\n")
print(sorted(os.listdir("/dev/fd"))[:3])' "b'\x00\x00\x00' 9
in
out
['0', '1', '2']" '.stdin = "in"'
}

@test "temporary files, directories, locks, memory maps" {
	inside python 'import tempfile, fcntl, mmap, os, shutil
with tempfile.NamedTemporaryFile("w+") as f:
    f.write("t")
    f.seek(0)
    fcntl.flock(f, fcntl.LOCK_EX)
    print(f.read())
d = tempfile.mkdtemp()
os.makedirs(d + "/a/b")
shutil.rmtree(d)
print(os.path.exists(d), os.getcwd())
with open("m", "w+b") as f:
    f.truncate(4096)
    m = mmap.mmap(f.fileno(), 4096)
    m[0:2] = b"mm"
print(open("m").read(2))' 't
False /tmp/work
mm'
}

@test "locale, time zones, user, host name, random numbers" {
	inside python 'import locale, zoneinfo, datetime, os, pwd, socket, uuid
locale.setlocale(locale.LC_ALL, "C.UTF-8")
print(locale.getpreferredencoding())
print(datetime.datetime(2026, 7, 1,
      tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")).utcoffset())
print(pwd.getpwuid(os.getuid()).pw_dir, os.path.expanduser("~"))
print(len(socket.gethostname()) > 0, len(str(uuid.uuid4())))' 'UTF-8
2:00:00
/tmp/work /tmp/work
True 36'
}

@test "sqlite3, ssl, ctypes, lzma, bz2, curses, readline, decimal, hashlib" {
	inside python 'import sqlite3, ssl, ctypes, lzma, bz2, zlib, curses
import readline, decimal, hashlib, uuid, json, xml.etree.ElementTree, csv
c = sqlite3.connect("db")
c.execute("create table t (x)")
c.execute("insert into t values (1)")
c.commit()
print(c.execute("select * from t").fetchall())
ssl.create_default_context()
print(ctypes.CDLL(None).abs(-3), bz2.decompress(bz2.compress(b"x")))
print(hashlib.sha3_256(b"").hexdigest()[:6])' "[(1,)]
3 b'x'
a7ffc6"
}

@test "sixty modules can be imported" {
	inside python 'import importlib
for m in """abc argparse array ast asyncio base64 bisect calendar cmath
codecs collections configparser contextlib copy csv ctypes dataclasses datetime
decimal difflib dis email enum fileinput fnmatch fractions functools getpass
glob graphlib gzip hashlib heapq html http.client imaplib inspect io ipaddress
itertools json keyword logging lzma mailbox math mimetypes numbers operator
optparse os pathlib pickle platform plistlib pprint queue random re sched
secrets select selectors shelve shlex signal smtplib socketserver sqlite3 ssl
statistics string struct subprocess symtable tarfile tempfile textwrap threading
timeit tokenize tomllib traceback tracemalloc turtle types typing unicodedata
unittest urllib.request uuid venv wave weakref webbrowser xmlrpc.client zipapp
zipfile zlib""".split():
    try:
        importlib.import_module(m)
    except ImportError as e:
        if m != "turtle":
            raise
print("all")' all
}

@test "half a megabyte of output arrives whole" {
	inside python 'import sys
sys.stdout.write("x" * 524288)' "$(printf '%0524288d' 0 | tr 0 x)"
}

@test "exit status, signals and output after a crash are told" {
	run --separate-stderr ask us \
		< <(doc python 'import os, sys
print("before", flush=True)
os.kill(os.getpid(), 11)')
	assert_json '.run.status == "signal" and .run.signal != null and
		.run.stdout == "before\n"'
	run --separate-stderr ask us \
		< <(doc python 'import sys
sys.exit(7)')
	assert_json '.run.status == "failed" and .run.exit_code == 7'
}

@test "what left its parent ends with the program" {
	run --separate-stderr ask us \
		< <(doc python 'import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for fd in (0, 1, 2):
            os.close(fd)
        os.execv("/proc/self/exe", ["ae-control-left-over-of-'"${engine:-local}"'", "-c",
                 "import time; time.sleep(1000)"])
    os._exit(0)
time.sleep(0.3)
print("done")')
	assert_json '.run.status == "ok" and .run.stdout == "done\n"'
	run ! pgrep -f "ae-control-left-over-of-${engine:-local}"
}

@test "a program cannot end, stop or outlive its supervisor" {
	run --separate-stderr ask us \
		< <(doc python 'import os, signal, time
for s in range(1, 65):
    for pid in (1, os.getppid()):
        try:
            os.kill(pid, s)
        except OSError:
            pass
print("sent", flush=True)
time.sleep(30)' '.timeout = 1')
	# gVisor lets a program end it; then everything has ended.
	[ "$engine" != runsc ] || {
		assert_json '.run.status == "unavailable" or
			.run.status == "timeout"'
		return
	}
	assert_json '.run.status == "timeout" and .run.stdout == "sent\n" and
		.run.wall_ms < 3000'
}
