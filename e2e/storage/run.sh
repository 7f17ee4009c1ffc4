#!/usr/bin/env bash
# Hands data directories from Apache Kafka to Barnabas and back: what one holds, the other must hold too.
# usage: run.sh [PART...]
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
work=$here/../../build/e2e/storage
broker=$here/../broker.sh
apache=$here/../apache/apache.sh
ours=${OURS:-barnabas} # apache here shows that the test itself is right
. "$here/checks.sh"

fill() { "$python" "$here/fill.py" "$("$broker" address "$1")" "${@:2}" 2>&1 | grep -v "Coordinator load in progress"; return "${PIPESTATUS[0]}"; }
digest() { "$python" "$here/digest.py" "$("$broker" address "$1")" >"$2"; }
same_digest() { digest "$1" "$2.now" && diff "$2" "$2.now"; }

# A broker that knows users: access rules that do not bind whoever does not log in, a listener for SCRAM, and snapshots of
# the metadata often enough to have all that in one.
configure_with_users() {
    local dir=$1 mechanism port
    "$broker" configure "$dir" authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer \
        super.users=User:ANONYMOUS sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512 \
        metadata.log.max.record.bytes.between.snapshots=2000 >/dev/null
    for mechanism in scram-sha-256 scram-sha-512; do
        echo "listener.name.sasl_plaintext.$mechanism.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;"
    done >>"$dir/server.properties"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    sed -i -E "s#^((advertised.)?listeners=.*),CONTROLLER:#\1,SASL_PLAINTEXT://127.0.0.1:$port,CONTROLLER:#
        s#^(listener.security.protocol.map=.*)#\1,SASL_PLAINTEXT:SASL_PLAINTEXT#" "$dir/server.properties"
    echo "$port" >"$dir/sasl-port"
}
rights() { "$python" "$here/rights.py" "$2" "$("$broker" address "$1")"; }
login() { "$python" "$here/rights.py" login "$("$broker" address "$1"),127.0.0.1:$(cat "$1/sasl-port")"; }
same_rights() { rights "$1" facts >"$2.now" && diff "$2" "$2.now"; }
has_snapshot() { compgen -G "$1/data/__cluster_metadata-0/*.checkpoint" | grep -qv 00000000000000000000-0000000000; }

# A second directory of the same broker, with the same ports: only one of the two runs at a time.
copy() {
    rm -rf "$2"
    cp -a "$1" "$2"
    rm -f "$2"/*.log "$2/pid"
    sed -i "s#^log.dirs=.*#log.dirs=$2/data#" "$2/server.properties"
}

# Apache's own reader must know every file and find nothing to say against it.
dump() {
    local dir=$1 output files
    dump_some() {
        [ -n "$2" ] || return 0
        output=$(HEAP=512m "$apache" tool dump-log $1 --files "$2" 2>&1) || { echo "$output" | tail -20; return 1; }
        ! grep -iE 'mismatch|exception|could not|corrupt|invalid bytes' <<<"$output" || return 1
    }
    list() { find "$dir" -type f -not -path '*-delete/*' "$@" -size +0 | sort | paste -sd,; }
    files=$(list -path '*/__consumer_offsets-*' -name '*.log')
    dump_some --offsets-decoder "$files" || return 1
    files=$(list -path '*/__cluster_metadata-*' \( -name '*.log' -o -name '*.checkpoint' \))
    dump_some --cluster-metadata-decoder "$files" || return 1
    files=$(list \( -name '*.log' -o -name '*.index' -o -name '*.timeindex' -o -name '*.txnindex' -o -name '*.snapshot' \) \
        -not -path '*/__cluster_metadata-*/*' -not -path '*/__consumer_offsets-*/*')
    [ -n "$files" ] && dump_some --deep-iteration "$files"
}

apache_to_ours_and_back() {
    local a=$work/from-apache b=$work/taken-over
    "$broker" configure "$a" >/dev/null
    "$broker" start apache "$a" >/dev/null
    fill "$a" --transactions
    digest "$a" "$work/apache.digest"
    "$broker" stop "$a"
    copy "$a" "$b"
    check "our node starts on what Apache wrote" "$broker" start "$ours" "$b" || return 0
    check "and holds the same" same_digest "$b" "$work/apache.digest"
    check "and goes on writing there" fill "$b" --more
    digest "$b" "$work/taken-over.digest" || true
    check "and stops" "$broker" stop "$b"
    check "Apache starts on it again" "$broker" start apache "$b" || return 0
    check "and holds what both wrote" same_digest "$b" "$work/taken-over.digest"
    "$broker" stop "$b"
}

ours_to_apache() {
    local a=$work/ours b=$work/ours-for-apache
    "$broker" configure "$a" >/dev/null
    check "our node starts on nothing" "$broker" start "$ours" "$a" || return 0
    check "and takes all kinds of records" fill "$a"
    digest "$a" "$work/ours.digest" || true
    check "and stops" "$broker" stop "$a"
    check "Apache's dump-log accepts every file" dump "$a/data"
    copy "$a" "$b"
    check "Apache starts on what we wrote" "$broker" start apache "$b" || return 0
    check "and holds the same" same_digest "$b" "$work/ours.digest"
    "$broker" stop "$b"
}

users_from_apache_and_back() {
    local a=$work/users-from-apache b=$work/users-taken-over
    configure_with_users "$a"
    "$broker" start apache "$a" >/dev/null
    rights "$a" fill
    rights "$a" facts >"$work/apache.rights"
    "$broker" stop "$a"
    copy "$a" "$b"
    check "our node starts on Apache's users, rules and quotas" "$broker" start "$ours" "$b" || return 0
    check "and knows the same" same_rights "$b" "$work/apache.rights"
    check "and they log in" login "$b"
    check "and can be changed" rights "$b" change
    rights "$b" facts >"$work/taken-over.rights" || true
    check "and written as a snapshot" has_snapshot "$b"
    check "and stops" "$broker" stop "$b"
    check "Apache starts on it again" "$broker" start apache "$b" || return 0
    check "and knows what both wrote" same_rights "$b" "$work/taken-over.rights"
    check "and they log in" login "$b"
    "$broker" stop "$b"
}

users_from_ours() {
    local a=$work/users-from-ours b=$work/users-for-apache
    configure_with_users "$a"
    check "our node starts on nothing" "$broker" start "$ours" "$a" || return 0
    check "and Apache's tools make users, rules and quotas" rights "$a" fill
    check "which are what they are at Apache" same_rights "$a" "$work/apache.rights"
    check "and they log in" login "$a"
    check "and stops" "$broker" stop "$a"
    copy "$a" "$b"
    check "Apache starts on what we wrote" "$broker" start apache "$b" || return 0
    check "and knows the same" same_rights "$b" "$work/apache.rights"
    check "and they log in" login "$b"
    "$broker" stop "$b"
}

killed_over() {
    local a=$work/ours b=$work/killed-for-apache
    check "our node starts again" "$broker" start "$ours" "$a" || return 0
    check "and holds the same" same_digest "$a" "$work/ours.digest"
    check "and takes more" fill "$a" --more
    digest "$a" "$work/killed.digest" || true
    "$broker" kill "$a"
    copy "$a" "$b"
    check "Apache starts on what we were killed over" "$broker" start apache "$b" || return 0
    check "and holds the same" same_digest "$b" "$work/killed.digest"
    "$broker" stop "$b"
    check "our node starts after the kill" "$broker" start "$ours" "$a" || return 0
    check "and holds the same" same_digest "$a" "$work/killed.digest"
    check "and stops" "$broker" stop "$a"
    check "Apache's dump-log accepts every file after that" dump "$a/data"
}

rm -rf "$work"
mkdir -p "$work"
work=$(cd "$work" && pwd)
python=$("$here/../venv.sh" confluent-kafka)
stop_all() {
    local pid
    for pid in "$work"/*/pid; do [ ! -f "$pid" ] || "$broker" kill "$(dirname "$pid")"; done
}
trap stop_all EXIT
for part in ${*:-apache_to_ours_and_back ours_to_apache killed_over users_from_apache_and_back users_from_ours}; do
    echo "-- ${part//_/ }"
    "$part" || { failed=$((failed + 1)) && echo "failed: $part came to a stop"; }
    stop_all
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
