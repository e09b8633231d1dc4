#!/usr/bin/env bats
# A granted network, on an Internet of the test's own (internet.py): what is
# granted is reached, by every usual way; nothing else is, by none.  In
# tests/engines there are links to this file, ENGINE-network.bats: the same
# claims of that engine's containers.

bats_require_minimum_version 1.5.0
load ../lib/common

case ${BATS_TEST_FILENAME##*/} in
*-network.bats) load engine ;;
esac
engine=${BATS_TEST_FILENAME##*/} engine=${engine%-network.bats}

setup_file() {
	case $engine in
	broker.bats) return ;;
	esac
	network=internet start_engine
	chmod 711 "$DIR"
	[ ! -S "$DIR/engine.sock" ] || chmod 666 "$DIR/engine.sock"
	export image backend runtime DOCKER_HOST="unix://$DIR/engine.sock"
}

teardown_file() {
	[ "$engine" = broker.bats ] || stop_engine
}

setup() {
	[ "$(id -u)" -eq 0 ] ||
		skip "not root: an Internet of the test's own cannot be made"
	here=$(mktemp -d /tmp/ae-test-broker-XXXXXX)
	chmod 755 "$here"
	mkdir -m 777 "$here/home"
	chmod 777 "$here/home"
	export HOME=$here/home
	as=()
	# An engine's containers are the same kernel's work.
	races=5000
	[ "$engine" = broker.bats ] || races=2400
}

teardown() {
	rm -rf "$here"
}

# online LANGUAGE NETS CODE: with these granted, as JSON arrays' members.
online() {
	printf '%s\n' "code_execution:" "  enabled: true" "  defaults:" \
		"    network_access: true" "  security:" \
		"    require_approval: false" "    scan_code: false" \
		"    allow_dangerous_operations: true" \
		"  docker:" "    pull: never" "    network_mode: ${mode:-bridge}" \
		"    images: {python: '${image:-}', bash: '${image:-}'," \
		"      javascript: '${image:-}'}" \
		"sandbox:" "  backend: ${backend:-local}" \
		"  oci: {runtime: '${runtime:-runc}'}" \
		"  grants:" "    net: [$2]" \
		"    run: [curl, cat, head]" >"$here/config.yaml"
	doc "$1" "$3" '.timeout = 60' >"$here/doc"
	run --separate-stderr in_internet \
		"${as[@]}" "$AE_BUILD/bin/ae-run" --config "$here/config.yaml" \
		<"$here/doc"
	echo "$output" >>"$AE_TEST_DOCS/broker.bats.ndjson"
	[ "$status" -le 1 ] || echo "$stderr"
	stdout=$(jq -r .run.stdout <<<"$output")
}

in_internet() {
	case $engine in
	docker | podman) in_net timeout 80 "$@" ;;
	crun) timeout 80 "$TOP/tests/sandbox/internet" \
		"$TOP/tests/engines/for-crun" "$@" ;;
	*) timeout 80 "$TOP/tests/sandbox/internet" "$@" ;;
	esac
}

prints() {
	[ "$stdout" = "$1" ] || {
		jq -c '[.error, .run.status, .run.stdout, .run.stderr]' \
			<<<"$output"
		return 1
	}
}

get='import urllib.request as u, socket, errno, os
def get(url):
    try:
        return u.urlopen(url, timeout=5).read().decode().strip()
    except Exception as e:
        e = getattr(e, "reason", e)
        return errno.errorcode.get(getattr(e, "errno", 0), type(e).__name__)
'

@test "a granted name is reached, by IPv4 and by IPv6" {
	online python '"second.example", "six.example"' "$get"'
print(get("http://second.example/"))
print(get("http://six.example/"))'
	prints 'hello from ::ffff:93.184.215.15
hello from 2606:2800:220:1::14'
	assert_json '[.run.receipt[] | select(.used == 1 and .granted) | .value]
		== ["second.example:80", "six.example:80"]'
	assert_json '[.run.receipt[] | select(.used == 1) | .sent > 0 and
		.received > 0] | all'
	assert_json '.run.sandbox.layers[] | select(.name == "network") |
		.active and .how == "netns+broker"'
}

@test "as an ordinary user too" {
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	online python '"second.example"' "$get"'
print(get("http://second.example/"))
print(get("http://good.example/"))'
	prints 'hello from ::ffff:93.184.215.15
gaierror'
}

@test "a name that is not granted does not exist, and the try is recorded" {
	online python '"good.example"' "$get"'
print(get("http://other.example/"))
print(get("http://secret.data.of.ours.attacker.example/"))'
	prints 'gaierror
gaierror'
	assert_json '[.run.receipt[] | select(.denied > 0) | .value] |
		index("secret.data.of.ours.attacker.example") != null'
}

@test "an address is reached only if it was granted or looked up, on its port" {
	online python '"93.184.215.15:8443", "www.good.example"' "$get"'
print(get("http://93.184.215.15:8443/"))
print(get("http://93.184.215.15/"))
print(get("http://93.184.215.14/"))
print(get("http://www.good.example/"))
print(get("http://93.184.215.14/"))
print(get("http://93.184.215.14:8443/"))'
	prints 'hello from ::ffff:93.184.215.15
EACCES
EACCES
hello from ::ffff:93.184.215.14
hello from ::ffff:93.184.215.14
EACCES'
}

@test "a pattern of names grants those below it" {
	online python '"*.example:80"' "$get"'
print(get("http://good.example/")[:10])
print(get("http://localhost/"))'
	prints 'hello from
ECONNREFUSED'
}

@test "the whole network is the public one, ports 80 and 443" {
	online python '"*"' "$get"'
print(get("http://second.example/"))
print(get("http://93.184.215.14:443/"))
for a in """127.0.0.1 127.8.8.8 0.0.0.0 [::1] [::]
[::ffff:127.0.0.1]""".split():
    print(a, get(f"http://{a}/"))
for a in """93.184.215.14:25 93.184.215.14:8443 10.1.2.3 172.16.9.9
192.168.7.7 169.254.169.254 100.64.1.1 224.0.0.5 255.255.255.255 240.0.0.1
198.18.0.1 192.0.2.1 [fd00::14] [fe80::14]
[64:ff9b::7f00:1] [::ffff:10.1.2.3] [2002:7f00:1::] [2001:0:1::]
[2001:db8::1] [ff02::1] [::10.1.2.3]""".split():
    if get(f"http://{a}/") != "EACCES":
        print("reached", a)
for a in "private metadata rebind".split():
    print(a, get(f"http://{a}.example/"))'
	prints 'hello from ::ffff:93.184.215.15
hello from ::ffff:93.184.215.14
127.0.0.1 ECONNREFUSED
127.8.8.8 ECONNREFUSED
0.0.0.0 ECONNREFUSED
[::1] ECONNREFUSED
[::] ECONNREFUSED
[::ffff:127.0.0.1] ECONNREFUSED
private gaierror
metadata gaierror
rebind gaierror'
}

@test "this machine's own public addresses are not the public network" {
	online python '"*"' "$get"'
print([get(f"http://{a}/") for a in ("93.184.215.1", "[2606:2800:220:1::1]",
    "myself.example")])'
	prints "['EACCES', 'EACCES', 'gaierror']"
}

@test "a name that leads elsewhere at every look-up leads nowhere else" {
	online python '"flip.example"' "$get"'
got = {get("http://flip.example/") for _ in range(10)}
print(sorted(got))
print(get("http://10.1.2.3/"))'
	prints "['gaierror', 'hello from ::ffff:93.184.215.14']
EACCES"
}

@test "a name with a public and a private address leads to the public one" {
	online python '"mixed.example"' "$get"'
print(get("http://mixed.example/"))
print([a[4][0] for a in socket.getaddrinfo("mixed.example", 80,
       type=socket.SOCK_STREAM)])'
	prints "hello from ::ffff:93.184.215.14
['93.184.215.14']"
}

@test "curl, Node.js and Bash's /dev/tcp" {
	online bash '"second.example"' 'curl -sS -m 5 http://second.example/
exec 3<>/dev/tcp/second.example/80
printf "GET / HTTP/1.0\r\n\r\n" >&3
cat <&3 | { read -r first; echo "${first%$'"'\r'"'}"; }
curl -sS -m 5 http://10.1.2.3/ 2>/dev/null || echo "status $?"'
	prints 'hello from ::ffff:93.184.215.15
HTTP/1.1 200 OK
status 7'
	online javascript '"second.example"' '
(async () => {
  console.log((await (await fetch("http://second.example/")).text()).trim());
  const big = await fetch("http://second.example/big");
  console.log((await big.text()).length);
  try { await fetch("http://10.1.2.3/"); } catch (e) {
    console.log(e.cause.code); }
  try { await fetch("http://other.example/"); } catch (e) {
    console.log(e.cause.code); }
})();'
	prints 'hello from ::ffff:93.184.215.15
1000000
EACCES
ENOTFOUND'
}

@test "non-blocking, with events that were registered before, and asyncio" {
	online python '"93.184.215.14", "good.example"' '
import asyncio, errno, select, socket
s = socket.socket()
s.setblocking(False)
e = select.epoll()
e.register(s, select.EPOLLOUT | select.EPOLLIN | select.EPOLLET)
e.poll(0)
print(errno.errorcode[s.connect_ex(("93.184.215.14", 80))])
print(e.poll(3)[0][1] & select.EPOLLOUT > 0)
s.send(b"GET / HTTP/1.0\r\n\r\n")
while not e.poll(3)[0][1] & select.EPOLLIN:
    pass
print(s.recv(12))
async def main():
    r, w = await asyncio.open_connection("good.example", 80)
    w.write(b"GET / HTTP/1.0\r\n\r\n")
    print((await r.readline()).strip())
asyncio.run(main())
s = socket.create_connection(("93.184.215.14", 80))
print(errno.errorcode[s.connect_ex(("93.184.215.14", 80))], s.getpeername())'
	prints "EINPROGRESS
True
b'HTTP/1.1 200'
b'HTTP/1.1 200 OK'
EISCONN ('93.184.215.14', 80)"
}

@test "servers of the program's own stay its own" {
	online python '"good.example"' '
import socket, threading
s = socket.socket()
s.bind(("0.0.0.0", 8018))
s.listen()
c = socket.create_connection(("127.0.0.1", 8018))
p, _ = s.accept()
p.send(b"own")
print(c.recv(3))
t = socket.socket()
t.listen()
c = socket.socket()
c.connect(("127.0.0.1", t.getsockname()[1]))
print(t.accept()[1][0])
u = socket.socket(socket.AF_UNIX)
u.bind("here")
u.listen()
c = socket.socket(socket.AF_UNIX)
c.connect("here")
u.accept()[0].send(b"unix")
print(c.recv(4))
d = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
d.bind(("127.0.0.1", 0))
e = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
e.connect(d.getsockname())
e.send(b"datagram")
print(d.recv(8))'
	prints "b'own'
127.0.0.1
b'unix'
b'datagram'"
}

@test "no other protocol leaves, and nothing is learnt of the machine" {
	online python '"*"' '
import fcntl, socket, struct
def tries(f):
    try:
        print(f())
    except OSError as e:
        print(e.strerror)
def udp(where):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    return s.sendto(b"x", where)
tries(lambda: udp(("93.184.215.15", 53)))
tries(lambda: udp(("10.1.2.3", 53)))
tries(lambda: socket.socket().sendto(b"x", 0x20000000, ("10.1.2.3", 80)))
tries(lambda: socket.socket(2, 1, 262))
tries(lambda: socket.socket(2, 3, 1))
tries(lambda: fcntl.ioctl(socket.socket(), 0x8912, b"\0" * 16))
tries(lambda: socket.socket().setsockopt(1, 25, b"out0\0"))
print([n for _, n in socket.if_nameindex()])'
	prints "Network is unreachable
Network is unreachable
Operation not permitted
Operation not permitted
Operation not permitted
Operation not permitted
Operation not permitted
['lo']"
}

@test "races of a second thread with the address: none of 5,000 gets through" {
	online python '"93.184.215.14"' '
import ctypes, socket, struct, threading, time
libc = ctypes.CDLL(None, use_errno=True)
good = struct.pack("!HH", 2 << 8, 80) + socket.inet_aton("93.184.215.14")
bad = struct.pack("!HH", 2 << 8, 80) + socket.inet_aton("10.1.2.3")
buf = ctypes.create_string_buffer(good + b"\0" * 8, 16)
stop = False
def flip():
    while not stop:
        ctypes.memmove(buf, bad, 8)
        ctypes.memmove(buf, good, 8)
ts = [threading.Thread(target=flip) for _ in range(2)]
[t.start() for t in ts]
reached = connected = 0
end = time.time() + 20
for _ in range('"$races"'):
    if time.time() > end:
        break
    s = socket.socket()
    if libc.connect(s.fileno(), buf, 16) == 0:
        connected += 1
        reached += s.getpeername()[0] != "93.184.215.14"
    s.close()
stop = True
print("reached", reached, connected > 0)'
	prints 'reached 0 True'
}

@test "a second thread that changes sockets meanwhile: none gets through" {
	online python '"93.184.215.14"' '
import os, socket, threading, time
outside = [socket.socket() for _ in range(8)]
inside = socket.socket()
inside.bind(("127.0.0.1", 0))
spot = os.dup(inside.fileno())
stop = False
def swap():
    while not stop:
        for o in outside:
            os.dup2(o.fileno(), spot)
            os.dup2(inside.fileno(), spot)
t = threading.Thread(target=swap)
t.start()
reached = 0
end = time.time() + '"$((races / 800))"'
s = socket.socket(fileno=spot)
s.setblocking(True)
n = 0
while time.time() < end and n < 3000:
    n += 1
    for where in (("127.0.0.1", 80), ("10.1.2.3", 80)):
        try:
            s.connect(where)
            reached += 1
        except OSError:
            pass
stop = True
t.join()
for o in outside:
    try:
        if o.getpeername()[0] != "93.184.215.14":
            reached += 1
    except OSError:
        pass
s.detach()
print("reached", reached)'
	prints 'reached 0'
}

@test "1,000 connections, slow and broken servers, nobody there" {
	online python '"good.example", "93.184.215.77"' "$get"'
import threading, time
n = []
def many():
    for _ in range(125):
        if get("http://good.example/").startswith("hello"):
            n.append(1)
ts = [threading.Thread(target=many) for _ in range(8)]
[t.start() for t in ts]
[t.join() for t in ts]
print(len(n))
print(get("http://good.example/slow")[:5], get("http://good.example/break"))
start = time.time()
try:
    socket.create_connection(("93.184.215.77", 80), 1)
except OSError as e:
    print(type(e).__name__, time.time() - start < 3)'
	prints '1000
hello RemoteDisconnected
TimeoutError True'
	assert_json '.run.receipt[] | select(.value == "good.example:80") |
		.used == 1002 and .received > 80000'
}

@test "docker.network_mode host changes no rule, in no backend" {
	mode=host online python '"*"' "$get"'
print(get("http://second.example/"))
print([get(f"http://{a}/") for a in ("127.0.0.1", "10.1.2.3", "172.30.0.1",
    "93.184.215.1", "[::1]", "[fd00::1]")])'
	prints "hello from ::ffff:93.184.215.15
['ECONNREFUSED', 'EACCES', 'EACCES', 'EACCES', 'ECONNREFUSED', 'EACCES']"
}

# Its own broker goes with a run that is killed.
killed() {
	doc python 'import time
time.sleep(30)' >"$here/doc"
	in_internet timeout -s KILL 1 "$AE_BUILD/bin/ae-run" \
		--config "$here/config.yaml" <"$here/doc" || true
}

@test "the broker ends with the run, however that ends" {
	online python '"good.example"' 'print(1)'
	killed
	if [ "${backend:-local}" = docker ]; then
		for _ in $(seq 100); do
			[ -n "$(in_net pgrep -x ae-broker)" ] || break
			sleep 0.1
		done
		[ -z "$(in_net pgrep -x ae-broker)" ]
		return
	fi
	online python '"good.example"' 'import time
time.sleep(60)' &
	sleep 1.5
	kill -9 %1
	wait %1 2>/dev/null || true
	sleep 0.5
	run pgrep -P 1 -x ae-broker
	[ -z "$output" ]
}
