#!/usr/bin/env bash
# One broker in a directory, ours or Apache's, both from the same server.properties and over the same data.
# usage: broker.sh configure DIR [KEY=VALUE...]    write DIR/server.properties for two free loopback ports; prints the address
#        broker.sh start apache|barnabas DIR       start and wait until it answers; prints the address
#        broker.sh stop DIR                        SIGTERM, and SIGKILL when it has not ended after 30 s (exit status 1)
#        broker.sh kill DIR                        SIGKILL at once
#        broker.sh address DIR                     HOST:PORT for clients
#        broker.sh controller-port DIR
#        broker.sh sasl-port DIR
# BARNABAS names another program than build/release/barnabas. With SASL_USERS, names between blanks, `configure` adds a
# listener where they log in by PLAIN with the password NAME-secret; delegation tokens and SCRAM users come in there too.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
program=${BARNABAS:-$here/../build/release/barnabas}
apache=$here/apache/apache.sh

free_ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets:
    s.bind(("127.0.0.1", 0))
print(*[s.getsockname()[1] for s in sockets])
PYTHON
}

configure() {
    local dir=$1 port controller
    shift
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    read -r port controller <<<"$(free_ports 2)"
    cat >"$dir/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:$controller
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$dir/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=2
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
PROPERTIES
    [ -z "${SASL_USERS:-}" ] || add_sasl "$dir/server.properties"
    printf '%s\n' "$@" >>"$dir/server.properties"
    address "$dir"
}

add_sasl() {
    local user users="" jaas=org.apache.kafka.common.security
    for user in $SASL_USERS; do users+=" user_$user=\"$user-secret\""; done
    sed -i -E "s#^((advertised\.)?listeners=.*)#\1,SASL://127.0.0.1:$(free_ports 1)#; s#^(listener.security.protocol.map=.*)#\1,SASL:SASL_PLAINTEXT#" "$1"
    cat >>"$1" <<PROPERTIES
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.sasl.plain.sasl.jaas.config=$jaas.plain.PlainLoginModule required$users;
listener.name.sasl.scram-sha-256.sasl.jaas.config=$jaas.scram.ScramLoginModule required;
listener.name.sasl.scram-sha-512.sasl.jaas.config=$jaas.scram.ScramLoginModule required;
PROPERTIES
}

address() { sed -nE 's#^listeners=PLAINTEXT://([^,]+),.*#\1#p' "$1/server.properties"; }

# A directory that is not yet formatted becomes a cluster of one voter; ours does that by itself.
format_for_apache() {
    [ ! -f "$1/data/meta.properties" ] || return 0
    "$apache" tool storage format -t "$("$apache" tool storage random-uuid)" -c "$1/server.properties" --standalone >/dev/null
}

start() {
    local kind=$1 dir
    dir=$(cd "$2" && pwd)
    case "$kind" in
    apache)
        format_for_apache "$dir"
        HEAP=${HEAP:-384m} LOG=warn setsid "$apache" java kafka.Kafka "$dir/server.properties" >>"$dir/$kind.log" 2>&1 </dev/null &
        ;;
    barnabas)
        setsid "$program" start --config "$dir/server.properties" --override barnabas.http.listener= >>"$dir/$kind.log" 2>&1 </dev/null &
        ;;
    *) echo "apache or barnabas, not $kind" >&2 && exit 2 ;;
    esac
    local pid=$!
    echo "$pid" >"$dir/pid"
    if ! "$here/ready.py" "$(address "$dir")" "${READY_SECONDS:-90}" "$pid"; then
        echo "$kind in $dir did not start:" >&2
        tail -20 "$dir/$kind.log" >&2
        end KILL "$dir"
        exit 1
    fi
    address "$dir"
}

# Nobody may reap it; and its first thread may be dead while others still hold the directory's lock.
gone() {
    local status
    status=$(cat "/proc/$1/status" 2>/dev/null) || return 0
    grep -q '^State:.*Z' <<<"$status" && grep -q '^Threads:[[:space:]]*1$' <<<"$status"
}

# Ends only what this script started in that directory.
end() {
    local signal=$1 dir=$2 pid tries
    pid=$(cat "$dir/pid" 2>/dev/null) || return 0
    kill "-$signal" "$pid" 2>/dev/null || true
    for tries in $(seq 1 300); do
        if gone "$pid"; then
            rm -f "$dir/pid"
            return 0
        fi
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    rm -f "$dir/pid"
    echo "the broker in $dir did not stop within 30 s" >&2
    return 1
}

command=${1:-}
shift || true
case "$command" in
configure) configure "$@" ;;
start) start "$@" ;;
stop) end TERM "$1" ;;
kill) end KILL "$1" ;;
address) address "$1" ;;
controller-port) sed -nE 's#^listeners=.*,CONTROLLER://[^:]+:([0-9]+).*#\1#p' "$1/server.properties" ;;
sasl-port) sed -nE 's#^listeners=.*,SASL://[^:]+:([0-9]+).*#\1#p' "$1/server.properties" ;;
*) sed -n '2,11s/^# //p' "$0" >&2 && exit 2 ;;
esac
