#!/usr/bin/env bash
# Measures NATS JetStream, which syncs every message, against Parley's durable send in alternating rounds. See README.md.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

install wrk curl

(cd "$peers/nats" && go build -o "$work/publish" . && go build -o "$work/nats-server" github.com/nats-io/nats-server/v2)

port=$(freePort)
cat >"$work/nats.conf" <<END
listen: "127.0.0.1:$port"
jetstream {
	store_dir: "$work/jetstream"
	sync_interval: always
}
END
start nats "$work/nats-server" -c "$work/nats.conf"
natsPID=${started[-1]}
await 15 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"

startParley
check "$parley"

natsLoad() {
	local rate before
	before=$(cpu "$natsPID")
	rate=$("$work/publish" -url "nats://127.0.0.1:$port" -connections "$connections" -duration "$2s" -text "$text")
	awk -v rate="$rate" -v time="$2" -v ms=$(($(cpu "$natsPID") - before)) 'BEGIN { printf "%d %.1f", rate, ms * 1000 / (rate * time) }'
}
alternate "NATS JetStream" send natsLoad parleyLoad
