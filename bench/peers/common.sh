# Sourced by php.sh and nats.sh: a private directory, servers that are stopped at the end, and rounds of load.
# shellcheck shell=bash
set -euo pipefail

rounds=${ROUNDS:-3}
seconds=${SECONDS_PER_ROUND:-3}
connections=${CONNECTIONS:-64}

peers=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$peers/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/parley-peers.XXXXXX")
started=()   # process ids, stopped in reverse
installed=() # packages that were not there before

# The users of the demo: who writes if a call has no token, and whom it writes to.
peer=12345678123456781234567812345678
text=今晚一起吃饭吗？' Shall we have dinner at the usual place tonight?'

say() { printf '%s\n' "$*" >&2; }
die() {
	say "$0: $*"
	exit 1
}

cleanup() {
	local code=$? i pid
	trap - EXIT INT TERM
	for ((i = ${#started[@]} - 1; i >= 0; i--)); do
		pid=${started[i]}
		kill "$pid" 2>/dev/null || continue
		for _ in {1..100}; do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill -9 "$pid" 2>/dev/null || true
	done
	if ((code != 0)); then
		tail -n 5 "$work"/*.log >&2 2>/dev/null || true
	fi
	rm -rf "$work"
	if ((${#installed[@]} > 0)) && [[ -z ${KEEP_PACKAGES:-} ]]; then
		apt-get purge -qq -y "${installed[@]}" >/dev/null || say "these packages could not be removed: ${installed[*]}"
	fi
	exit "$code"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

[[ $(stat -f -c %T "$work") != tmpfs ]] || die "$work is in memory, where syncs are free: set TMPDIR to a directory on a disk"

# install PACKAGE...: installs what is missing of Debian's packages, and lets none of them start a service.
install() {
	local missing=() package policy=/usr/sbin/policy-rc.d guarded=
	for package in "$@"; do
		[[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || missing+=("$package")
	done
	((${#missing[@]} > 0)) || return 0
	((EUID == 0)) || die "run as root, or install first: ${missing[*]}"
	say "installing ${missing[*]}"
	if [[ ! -e $policy ]]; then
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod 755 $policy
		guarded=1
	fi
	local failed=
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq >"$work/apt.log" 2>&1 || failed=1
	# What is new is removed at the end; a package that is only upgraded names its old version in the third field.
	mapfile -t installed < <(apt-get install -s --no-install-recommends "${missing[@]}" 2>>"$work/apt.log" |
		awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }')
	apt-get install -qq -y --no-install-recommends "${missing[@]}" >>"$work/apt.log" 2>&1 || failed=1
	[[ -z $guarded ]] || rm -f $policy
	[[ -z $failed ]] || die "apt-get failed"
}

# start NAME COMMAND...: starts a server that is stopped at the end.
start() {
	local name=$1
	shift
	"$@" >"$work/$name.log" 2>&1 </dev/null &
	started+=($!)
}

# freePort: prints a port below the ephemeral ones that nobody listens on.
freePort() {
	local port
	while :; do
		port=$((20000 + RANDOM % 10000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	printf '%s' "$port"
}

# await SECONDS COMMAND...: repeats a command until it succeeds.
await() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || die "gave up waiting for: $*"
		sleep 0.1
	done
}

startParley() {
	local binary=${PARLEY:-} port admin
	if [[ -z $binary ]]; then
		binary=$work/parley
		(cd "$root" && go build -o "$binary" ./cmd/parley)
	fi
	port=$(freePort)
	admin=$(freePort)
	parley=http://127.0.0.1:$port/api/platform
	start parley "$binary" serve --demo --store "badger://$work/store" --listen "127.0.0.1:$port" --admin "127.0.0.1:$admin"
	parleyPID=${started[-1]}
	await 15 curl -sf "$parley"
}

# sendOnce URL: sends one message and prints the answer.
sendOnce() {
	curl -sf "$1" -d service=Platform.ChatMessage.Send -d "chat_message_to_uuid=$peer" -d chat_message_type=text \
		--data-urlencode "chat_message_data=$text"
}

listURL() { printf '%s?service=Platform.ChatMessage.GetMessageList&chat_message_to_uuid=%s&perpage=20' "$1" "$peer"; }

# check URL: makes sure that sends and lists do what they should. Afterwards there is a full page to list.
check() {
	local answer
	for _ in {1..20}; do
		answer=$(sendOnce "$1")
		[[ $answer =~ ^'{"ret":200,"data":{"id":"'[0-9]+'"},"msg":""}'$ ]] || die "$1 answers $answer to Send"
	done
	answer=$(curl -sf "$(listURL "$1")")
	[[ $answer == '{"ret":200,"data":{"items":[{"id":'* && $(grep -o '"add_time"' <<<"$answer" | wc -l) == 20 ]] ||
		die "$1 answers $answer to GetMessageList"
	say "$1: a list of 20 has ${#answer} characters"
}

# cpu PID...: prints the CPU time, in milliseconds, that the processes and their children have used.
cpu() {
	local pid list=()
	for pid in "$@"; do
		list+=("/proc/$pid/stat")
		for pid in $(<"/proc/$pid/task/$pid/children"); do
			list+=("/proc/$pid/stat")
		done
	done
	# The name of a process may hold spaces; what counts begins behind it.
	cat "${list[@]}" | sed 's/^.*) //' | awk -v tick="$(getconf CLK_TCK)" '{ t += $12 + $13 } END { printf "%.0f", t * 1000 / tick }'
}

# load URL KIND SECONDS PID...: prints requests per second and the microseconds of CPU that the servers with these process
# ids spent on each. KIND is send or list.
load() {
	local url=$1 kind=$2 time=$3 script=() out before after
	shift 3
	if [[ $kind == list ]]; then
		url=$(listURL "$url")
	else
		script=(-s "$peers/send.lua")
	fi
	before=$(cpu "$@")
	out=$(wrk --timeout 10s -t 2 -c "$connections" -d "${time}s" "${script[@]}" "$url")
	after=$(cpu "$@")
	if grep -qE 'Non-2xx|Socket errors' <<<"$out"; then
		die "errors under load: $out"
	fi
	awk -v ms=$((after - before)) '/ requests in / { n = $1 } /^Requests\/sec/ { printf "%.0f %.1f", $2, ms * 1000 / n }' <<<"$out"
}

median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { printf "%.1f", (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }

# ratios A B: prints the median of the quotients of two lists of numbers, and the least and the greatest.
ratios() {
	local a b i all
	read -ra a <<<"$1"
	read -ra b <<<"$2"
	all=$(for i in "${!a[@]}"; do awk -v a="${a[i]}" -v b="${b[i]}" 'BEGIN { printf "%.1f\n", a / b }'; done | sort -n)
	# shellcheck disable=SC2086 # one number to a word
	printf '%s (%s to %s)' "$(median $all)" "$(head -n 1 <<<"$all")" "$(tail -n 1 <<<"$all")"
}

# alternate NAME KIND THEIRS OURS: runs the two commands in turn, each with the seconds as its last argument, and prints the
# medians of what they print, which is as from load. The first run of each is the warm-up.
alternate() {
	local name=$1 kind=$2 i rate micros peerRates=() peerMicros=() rates=() all=()
	$3 "$kind" 1 >/dev/null
	$4 "$kind" 1 >/dev/null
	for ((i = 1; i <= rounds; i++)); do
		read -r rate micros <<<"$($3 "$kind" "$seconds")"
		peerRates+=("$rate") peerMicros+=("$micros")
		read -r rate micros <<<"$($4 "$kind" "$seconds")"
		rates+=("$rate") all+=("$micros")
		say "round $i, $kind: $name ${peerRates[-1]}/s at ${peerMicros[-1]} µs, Parley $rate/s at $micros µs"
	done
	printf '%s: %s %.0f/s at %.1f µs CPU, Parley %.0f/s at %.1f µs CPU\n' "$kind" "$name" \
		"$(median "${peerRates[@]}")" "$(median "${peerMicros[@]}")" "$(median "${rates[@]}")" "$(median "${all[@]}")"
	printf '%s: Parley answers %s times as many, with a CPU time that is smaller by a factor of %s\n' "$kind" \
		"$(ratios "${rates[*]}" "${peerRates[*]}")" "$(ratios "${peerMicros[*]}" "${all[*]}")"
}

parleyLoad() { load "$parley" "$1" "$2" "$parleyPID"; }
