#!/usr/bin/env bash
# Hands directories with delegation tokens and users made at format time from Apache Kafka to Barnabas and back: who could
# log in with the one can log in with the other, and the tokens stay what they are.    usage: tokens.sh
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/e2e/tokens
broker=$here/../broker.sh
apache=$here/../apache/apache.sh
program=${BARNABAS:-$root/build/release/barnabas}
jaas=org.apache.kafka.common.security.scram.ScramLoginModule
. "$here/checks.sh"

# client MECHANISM NAME PASSWORD [MORE]: the file of a client's settings.
client() {
    local file=$work/$2.properties
    cat >"$file" <<PROPERTIES
security.protocol=SASL_PLAINTEXT
sasl.mechanism=$1
sasl.jaas.config=$jaas required username="$2" password="$3"${4:+ $4};
PROPERTIES
    echo "$file"
}

configure() {
    SASL_USERS=unused "$broker" configure "$1" delegation.token.secret.key=shared-by-both \
        metadata.log.max.record.bytes.between.snapshots=2000 >/dev/null
}
sasl() { echo "127.0.0.1:$("$broker" sasl-port "$1")"; }
# tokens WHO DIR FLAG...: with Apache's tool or ours, as the user of admin.properties.
tokens() {
    local who=$1 dir=$2 tool=("$program" delegation-tokens)
    [ "$who" = barnabas ] || tool=("$apache" tool delegation-tokens)
    "${tool[@]}" --bootstrap-server "$(sasl "$dir")" --command-config "$work/admin.properties" "${@:3}"
}
# make WHO DIR RENEWER...: prints the id and the HMAC.
make() { tokens "$1" "$2" --create --max-life-time-period -1 --renewer-principal "$3" | sed -nE 's/^([A-Za-z0-9_-]{22}) +([A-Za-z0-9+/=]{88}) .*/\1 \2/p'; }
describe() { tokens "$1" "$2" --describe --owner-principal User:admin | sort; }
same_tokens() { describe barnabas "$1" >"$work/tokens.now" && diff "$work/tokens.facts" "$work/tokens.now"; }
# Whether one gets in with a client's settings; and whether as whom.
enters() { "$program" topics --bootstrap-server "$(sasl "$1")" --command-config "$2" --list; }
refused() {
    local output
    ! output=$(enters "$1" "$2" 2>&1) && grep -q "Authentication failed" <<<"$output"
}
by_token() {
    local mechanism
    for mechanism in SCRAM-SHA-256 SCRAM-SHA-512; do enters "$1" "$(client $mechanism "$2" "$3" tokenauth=\"true\")" || return 1; done
    refused "$1" "$(client SCRAM-SHA-256 "$2" "${3//[a-m]/x}" tokenauth=\"true\")"
}
# What the first start reads.
credentials() {
    "$apache" tool dump-log --cluster-metadata-decoder --files "$1/data/bootstrap.checkpoint" | grep -oE '"type":"USER_SCRAM_CREDENTIAL_RECORD".*'
}

# The directory with the same records whoever formats it; each starts on the other's.
formatted() {
    local salt=MXAxOTdwNWwzMWhseG1mZ3o3eTZ3bXhmMA== a=$work/by-apache b=$work/by-ours users
    users=("--add-scram" "SCRAM-SHA-256=[name=admin,password=admin-secret,salt=$salt]"
        "--add-scram" "SCRAM-SHA-512=[name=\"admin\",iterations=8192,password=\"admin-secret\",salt=\"$salt\"]"
        "--add-scram" "SCRAM-SHA-256=[name=salted,iterations=8192,salt=$salt,saltedpassword=mT0yyUUxnlJaC99HXgRTSYlbuqa4FSGtJCJfTMvjYCE=]")
    configure "$a"
    configure "$b"
    "$apache" tool storage format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$a/server.properties" --standalone "${users[@]}" >/dev/null
    check "our format makes users" "$program" format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$b/server.properties" "${users[@]}" || return 0
    credentials "$a" >"$work/apache.credentials"
    credentials "$b" >"$work/ours.credentials"
    check "and the same as Apache's" diff "$work/apache.credentials" "$work/ours.credentials"
    check "three of them" test "$(wc -l <"$work/apache.credentials")" = 3
    client SCRAM-SHA-512 admin admin-secret >/dev/null
    client SCRAM-SHA-512 wrong admin-secret >/dev/null
}

first_user() {
    check "the first user gets in" enters "$1" "$work/admin.properties"
    check "and nobody else" refused "$1" "$work/wrong.properties"
}

there_and_back() {
    local dir=$1 first=$2 second=$3 one two three
    check "$first starts on what $second has formatted" "$broker" start "$first" "$dir" || return 0
    first_user "$dir"
    read -r -a one <<<"$(make apache "$dir" User:bob)"
    read -r -a two <<<"$(make barnabas "$dir" User:carol)"
    check "Apache's tool and ours make tokens" test "${#one[1]} ${#two[1]}" = "88 88"
    check "which are good" by_token "$dir" "${one[@]}"
    describe apache "$dir" >"$work/tokens.facts"
    check "and which both tools describe" same_tokens "$dir"
    "$broker" stop "$dir"
    check "$second starts on them" "$broker" start "$second" "$dir" || return 0
    first_user "$dir"
    check "and holds the same tokens" same_tokens "$dir"
    check "which are good" by_token "$dir" "${one[@]}"
    check "and can be renewed" tokens barnabas "$dir" --renew --renew-time-period 7200000 --hmac "${one[1]}"
    check "and ended" tokens barnabas "$dir" --expire --expiry-time-period -1 --hmac "${two[1]}"
    read -r -a three <<<"$(make barnabas "$dir" User:dave)"
    describe apache "$dir" >"$work/tokens.facts"
    check "two are left" grep -q "Total number of tokens : 2" "$work/tokens.facts"
    "$broker" stop "$dir"
    check "$first starts on it again" "$broker" start "$first" "$dir" || return 0
    check "and holds the same tokens" same_tokens "$dir"
    check "of which the old one is good" by_token "$dir" "${one[@]}"
    check "and the new one" by_token "$dir" "${three[@]}"
    check "and not the one that was ended" refused "$dir" "$(client SCRAM-SHA-256 "${two[0]}" "${two[1]}" tokenauth=\"true\")"
    "$broker" stop "$dir"
}

rm -rf "$work"
mkdir -p "$work"
stop_all() {
    local pid
    for pid in "$work"/*/pid; do [ ! -f "$pid" ] || "$broker" kill "$(dirname "$pid")"; done
}
trap stop_all EXIT
part() {
    echo "-- $1"
    "${@:2}" || { failed=$((failed + 1)) && echo "failed: $1 came to a stop"; }
    stop_all
}
part "format" formatted
part "formatted by ours, from Apache to ours and back" there_and_back "$work/by-ours" apache barnabas
part "formatted by Apache, from ours to Apache and back" there_and_back "$work/by-apache" barnabas apache
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
