#!/usr/bin/env bash
# ae-runtime: interpreters of their own for the local sandbox; see ae-runtime(1).
#
# A runtime is a directory NAME below the data directory: root/ is a tree, and
# the file identity says what it is, a word and a value a line (id, made, from,
# and "version PATH VERSION" for each interpreter).  It is made beside its
# place and renamed into it whole; packages are only unpacked, none of their
# scripts run, and no part of an imported image is ever executed here.
set -euo pipefail
shopt -s nullglob
umask 022
export LC_ALL=C

me=ae-runtime
suite=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
packages=(python3 nodejs bash dash base-files libc-bin coreutils grep sed mawk
	gawk findutils diffutils gzip bzip2 xz-utils zip unzip tar bc jq curl
	ca-certificates bsdextrautils hostname procps ncurses-bin)
usage="usage: ae-runtime [-fhq] [-m URL] [-n NAME] install | import IMAGE.tar | list | remove NAME"

die() {
	printf '%s: %s\n' "$me" "$1" >&2
	exit "${2:-2}"
}

say() {
	[ -n "$quiet" ] || printf '%s: %s\n' "$me" "$*" >&2
}

usage_error() {
	printf '%s: %s\n%s\n' "$me" "$1" "$usage" >&2
	exit 2
}

help() {
	cat <<-EOF
	$usage
	interpreters of their own for the local sandbox

	  install           Debian's Python, Node.js and Bash, from the machine's mirror
	  import IMAGE.tar  what docker save, docker export or an OCI layout holds
	  list              what is there, one a line
	  remove NAME       removes one

	  -f        replace one that is there
	  -m URL    take the packages from this Debian mirror
	  -n NAME   name of the runtime (install: debian; import: the file's name)
	  -q        say less
	  -h        this text
	EOF
}

data_dir() {
	if [ "$(id -u)" -eq 0 ]; then
		echo /var/lib/ae/runtimes
	else
		local base=${XDG_DATA_HOME:-${HOME:?no home directory}/.local/share}
		echo "$base/ae/runtimes"
	fi
}

field() { # field WORD FILE: its value in an identity file
	sed -n "s/^$1 //p" "$2" 2>/dev/null | head -n 1
}

need() {
	local c
	for c; do
		command -v "$c" >/dev/null || die "needs the command $c"
	done
}

# ---- putting one in place --------------------------------------------------

begin() { # begin NAME: an empty root in $new, removed if we do not finish
	[[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || die "not a name: $1"
	mkdir -p "$dir"
	sweep
	new=$(mktemp -d "$dir/.new-$$-XXXXXX")
	trap 'remove_tree "$new"' EXIT
	trap 'exit 130' INT TERM HUP
	mkdir "$new/root"
	chmod 755 "$new" "$new/root"
}

sweep() { # what a killed one left
	local d pid
	for d in "$dir"/.new-*; do
		pid=${d##*/.new-}
		kill -0 "${pid%%-*}" 2>/dev/null || remove_tree "$d"
	done
}

remove_tree() {
	[ -d "$1" ] || return 0
	find "$1" -type d ! -perm -700 -exec chmod u+rwx {} + 2>/dev/null || true
	rm -rf -- "$1"
}

finish() { # finish NAME FROM
	local root=$new/root id
	# Nothing in there is ever to have a privilege or be a device.
	find "$root" \( -type b -o -type c -o -type p -o -type s \) -delete
	find "$root" ! -type l -perm /7000 -exec chmod a-st {} +
	find "$root" ! -type l ! -perm -u+r -exec chmod u+r {} +
	find "$root" -type d ! -perm -555 -exec chmod a+rx {} +
	[ "$(id -u)" -ne 0 ] || chown -hR 0:0 "$root"
	versions >"$new/versions"
	[ -s "$new/versions" ] || die "$2: no interpreter found"
	id=$1-$( (cat "$new/versions"; find "$root" -printf '%P %s %l\n' |
		sort) | sha256sum | cut -c1-12)
	{
		echo "id $id"
		echo "made $(date -u +%Y-%m-%dT%H:%M:%SZ)"
		echo "from $2"
		cat "$new/versions"
	} >"$new/identity"
	rm "$new/versions"
	# Two renames: a run that has the old tree open keeps it.
	if [ -e "$dir/$1" ]; then
		mv -T "$dir/$1" "$new.old"
	fi
	mv -T "$new" "$dir/$1"
	remove_tree "$new.old"
	trap - EXIT
	say "$dir/$1: $id"
}

# "version PATH VERSION" for each interpreter, read from the file's own bytes.
versions() {
	local d f v found
	for d in usr/local/bin usr/bin bin opt/*/bin; do
		for f in "$new/root/$d"/{python3.[0-9]*,python3,node,nodejs,bash}; do
			[[ $f != *-config && $f != *m ]] || continue
			found=$(inside "$f") || continue
			v=$(version_of "$found") || continue
			echo "version ${found#"$new/root"} $v"
		done
	done | sort -u
}

# inside FILE: its real path, links followed as if root/ were the root.
inside() {
	local path=$1 target n=0
	while [ -L "$path" ]; do
		n=$((n + 1))
		[ "$n" -lt 20 ] || return 1
		target=$(readlink -- "$path")
		case $target in
		/*) path=$new/root$target ;;
		*) path=${path%/*}/$target ;;
		esac
	done
	path=$(realpath -e -- "$path" 2>/dev/null) || return 1
	[[ $path == "$(realpath "$new/root")"/* && -f $path ]] || return 1
	# An ELF file, not a script.
	[ "$(head -c 4 "$path" | tail -c 3)" = ELF ] || return 1
	echo "$new/root${path#"$(realpath "$new/root")"}"
}

version_of() {
	local v lib minor
	case ${1##*/} in
	python3.*)
		minor=${1##*/python3.}
		v=
		for lib in "$1" "${1%/bin/*}"/lib/{,*/}"libpython3.$minor.so.1.0"; do
			[ -f "$lib" ] || continue
			v=$(grep -aoE "3\.$minor\.[0-9]{1,2}[^0-9.]" "$lib" |
				grep -aoE '^[0-9.]+[0-9]' | sort | uniq -c |
				sort -rn | awk 'NR == 1 { print $2 }')
			[ -z "$v" ] || break
		done
		echo "${v:-3.$minor}"
		;;
	node | nodejs)
		for lib in "$1" "${1%/bin/*}"/lib/{,*/}libnode.so.*; do
			v=$(grep -aoE 'node-v[0-9]+\.[0-9]+\.[0-9]+' "$lib" |
				head -n 1) || true
			[ -z "$v" ] || break
		done
		[ -n "$v" ] && echo "${v#node-v}"
		;;
	bash)
		v=$(grep -aoE 'Bash version [0-9]+\.[0-9]+\.[0-9]+' "$1" |
			head -n 1) || true
		[ -n "$v" ] && echo "${v#Bash version }"
		;;
	*) return 1 ;;
	esac
}

# ---- install: Debian ---------------------------------------------------------

# The Debian archive that this machine's own apt uses.
mirror() {
	local uri
	# shellcheck disable=SC2016 # apt expands it
	uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' 'Label: Debian' 2>/dev/null | head -n 1)
	if [ -z "$uri" ]; then
		uri=$(sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' \
			-e 's/^deb  *\(\[[^]]*\]  *\)\{0,1\}\([^ ]*\).*/\2/p' \
			/etc/apt/sources.list.d/*.sources \
			/etc/apt/sources.list.d/*.list \
			/etc/apt/sources.list 2>/dev/null |
			grep -E '/debian/?$' | head -n 1) || true
	fi
	[ -n "$uri" ] ||
		die "no Debian mirror among apt's sources: name one with -m URL"
	echo "$uri"
}

# apt with a state of its own: its solver and signature check, for any user.
apt() {
	apt-get -qq -o Dir::State="$work" -o Dir::State::status="$work/status" \
		-o Dir::Cache="$work" -o Dir::Etc::sourcelist="$work/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o Acquire::Languages=none -o Debug::NoLocking=1 \
		-o APT::Sandbox::User="$(id -un)" -o APT::Install-Recommends=0 \
		-o Acquire::Retries=3 -o APT::Update::Error-Mode=any "$@"
}

download() { # download URL: the packages, into $work/archives
	work=$new/apt
	mkdir -p "$work"/{lists,archives}/partial
	: >"$work/status"
	echo "deb [signed-by=$keyring] $1 $suite main" >"$work/sources.list"
	apt update >&2 || die "cannot read $suite from $1" 75
	apt -y --download-only install "${packages[@]}" >/dev/null ||
		die "cannot fetch the packages from $1" 75
}

unpack() {
	local root=$new/root deb d
	# Merged /usr, as Debian has it, before any package can make directories.
	mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{tmp,etc,dev,proc}
	for d in bin sbin lib lib64; do
		ln -s "usr/$d" "$root/$d"
	done
	# tar keeps links to directories: no package's ./lib replaces ours.
	for deb in "$work"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" \
			--keep-directory-symlink --no-same-owner
	done
	(cd "$work/archives" && printf '%s\n' *.deb) >"$root/etc/packages"
	# Programs among the libraries would be one bind more for every run.
	rm -rf "$root"/usr/lib/*/awk
	remove_tree "$work"
}

# What the packages' own scripts would do, as far as anything here needs it.
configure() {
	local root=$new/root lib
	ln -sf gawk "$root/usr/bin/awk"
	[ -e "$root/usr/bin/which" ] ||
		ln -s which.debianutils "$root/usr/bin/which"
	mkdir -p "$root/etc/ssl/certs"
	cat "$root"/usr/share/ca-certificates/mozilla/*.crt \
		>"$root/etc/ssl/certs/ca-certificates.crt"
	echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
	echo 'root:x:0:' >"$root/etc/group"
	rm -rf "$root"/usr/share/{doc,man,info,lintian,bash-completion} \
		"$root"/var/{cache,log}
	# Byte code, checked against nothing: the tree never changes.
	lib=("$root"/usr/lib/python3.*/os.py)
	python_inside "$root" -m compileall -q --invalidation-mode \
		unchecked-hash -s "$root" -p / "${lib[0]%/os.py}" >/dev/null ||
		say "no byte code: Python starts slower"
}

python_inside() { # python_inside ROOT ARG ...: by the tree's own loader
	local root=$1 loader exe
	shift
	loader=("$root"/lib64/ld-linux* "$root"/lib/ld-linux*)
	exe=("$root"/usr/bin/python3.[0-9]*)
	PYTHONHOME=$root/usr "${loader[0]}" --library-path \
		"$(printf '%s:' "$root"/usr/lib/*-linux-gnu*)" "${exe[0]}" -B "$@"
}

install_debian() {
	local name=${name:-debian} from
	if [ -e "$dir/$name/identity" ] && [ -z "$force" ]; then
		say "$dir/$name: $(field id "$dir/$name/identity") (there already)"
		return
	fi
	need apt-get dpkg-deb tar sha256sum
	[ -r "$keyring" ] || die "no $keyring: install debian-archive-keyring"
	from=${mirror:-$(mirror)}
	begin "$name"
	say "fetching ${#packages[@]} packages of Debian $suite and what they need"
	download "$from"
	say "unpacking"
	unpack
	configure
	finish "$name" "Debian $suite"
}

# ---- import: an image ----------------------------------------------------------

import_image() {
	local image=$1 base
	[ -f "$image" ] || die "$image: no such file"
	need tar jq sha256sum
	base=${image##*/}
	base=${base%.gz}
	name=${name:-${base%.tar}}
	if [ -e "$dir/$name" ] && [ -z "$force" ]; then
		die "$dir/$name is there: -f replaces it, -n gives another name"
	fi
	begin "$name"
	work=$new/image
	mkdir "$work"
	tar -x -C "$work" -f "$image" --no-same-owner --delay-directory-restore \
		--exclude='dev/*' || die "$image: not an archive that tar reads"
	if [ -f "$work/manifest.json" ]; then
		layers_docker
	elif [ -f "$work/index.json" ]; then
		layers_oci
	else
		rmdir "$new/root"
		mv "$work" "$new/root"
	fi
	remove_tree "$work"
	finish "$name" "$(printf '%s' "${image##*/}" | tr -c '[:print:]' '?')"
}

layers_docker() {
	local layer
	[ "$(jq 'length' "$work/manifest.json")" = 1 ] ||
		die "the archive holds several images: save one"
	while IFS= read -r layer; do
		add_layer "$layer"
	done < <(jq -r '.[0].Layers[]' "$work/manifest.json")
}

blob() { # blob DIGEST: its path in an OCI layout
	[[ $1 =~ ^[a-z0-9]+:[a-f0-9]{32,}$ ]] || die "not a digest: $1"
	echo "blobs/${1/://}"
}

layers_oci() {
	local manifest machine
	manifest=$work/index.json
	case $(uname -m) in
	x86_64) machine=amd64 ;;
	aarch64) machine=arm64 ;;
	*) machine=$(uname -m) ;;
	esac
	# An index may point to an index; the platform, where told, is ours.
	while jq -e '.manifests' "$manifest" >/dev/null; do
		manifest=$work/$(blob "$(jq -r --arg m "$machine" \
			'[.manifests[] | select((.platform.architecture // $m) == $m)]
			 | .[0].digest' "$manifest")")
		[ -f "$manifest" ] || die "the archive holds no image for $machine"
	done
	while IFS= read -r layer; do
		add_layer "$(blob "$layer")"
	done < <(jq -r '.layers[].digest' "$manifest")
}

# One layer over those before it.  It is unpacked by itself first: a link that
# an earlier layer made is never followed.
add_layer() {
	local file=$work/$1 layer=$new/layer root=$new/root path
	[[ /$1/ != */../* && -f $file && ! -L $file ]] ||
		die "the archive lacks its layer $1"
	mkdir "$layer"
	tar -x -C "$layer" -f "$file" --no-same-owner --no-same-permissions \
		--exclude='dev/*' --delay-directory-restore ||
		die "layer $1: not an archive that tar reads"
	while IFS= read -r -d '' path; do
		whiteout "$root" "$path"
	done < <(cd "$layer" && find . -name '.wh.*' -printf '%P\0' -delete)
	# A directory takes the place of anything else, and the reverse.
	while IFS= read -r -d '' path; do
		if [ -L "$root/$path" ] ||
			{ [ -e "$root/$path" ] && [ ! -d "$root/$path" ]; }; then
			rm -f -- "$root/$path"
		fi
	done < <(cd "$layer" && find . -mindepth 1 -type d -printf '%P\0')
	while IFS= read -r -d '' path; do
		if [ -d "$root/$path" ] && [ ! -L "$root/$path" ]; then
			rm -rf -- "${root:?}/$path"
		fi
	done < <(cd "$layer" && find . ! -type d -printf '%P\0')
	cp -a --remove-destination -- "$layer/." "$root/"
	remove_tree "$layer"
}

whiteout() { # whiteout ROOT PATH: of what the path says is gone
	local in base=${2##*/}
	in=$1/$(dirname -- "$2")
	# Not through a link: what lies behind it is not this layer's.
	[ "$(realpath -m -- "$in")" = "$(realpath "$1")/$(dirname -- "$2")" ] ||
		[ "$(dirname -- "$2")" = . ] || return 0
	if [ "$base" = .wh..wh..opq ]; then
		find "$in" -mindepth 1 -delete 2>/dev/null || true
	elif [ "${base#.wh.}" != . ] && [ "${base#.wh.}" != .. ]; then
		rm -rf -- "${in:?}/${base#.wh.}"
	fi
}

# ---- list, remove ------------------------------------------------------------

list() {
	local f
	for f in "$dir"/*/identity; do
		f=${f%/identity}
		printf '%s\t%s\t%s\t%s\n' "${f##*/}" \
			"$(field id "$f/identity")" \
			"$(du -sm "$f" 2>/dev/null | cut -f1) MB" \
			"$(sed -n 's/^version [^ ]*\/\([^ /]*\) /\1 /p' \
				"$f/identity" | paste -sd, | sed 's/,/, /g')"
	done
}

remove() {
	[[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || die "not a name: $1"
	[ -d "$dir/$1" ] || die "$dir/$1: no such runtime" 1
	local old
	old=$dir/.new-$$-removed
	mv -T "$dir/$1" "$old"
	remove_tree "$old"
}

quiet='' force='' mirror='' name=''
while getopts :fhm:n:q opt; do
	case $opt in
	f) force=1 ;;
	m) mirror=$OPTARG ;;
	n) name=$OPTARG ;;
	q) quiet=1 ;;
	h)
		help
		exit 0
		;;
	:) usage_error "-$OPTARG needs a value" ;;
	*) usage_error "unknown option -$OPTARG" ;;
	esac
done
shift $((OPTIND - 1))
dir=$(data_dir)

case "${1:-} $#" in
"install 1") install_debian ;;
"import 2") import_image "$2" ;;
"list 1") list ;;
"remove 2") remove "$2" ;;
" 0") usage_error "what is to be done?" ;;
*) usage_error "cannot make sense of: $*" ;;
esac
