#!/usr/bin/env bash
# Sends the scenarios to an Apache broker and to ours, both fresh and with equal settings, and compares the answers.
# usage: run.sh [SCENARIO...]           all by default; what they wrote stays in build/e2e/differential
#        run.sh --ask HOST:PORT SCENARIO...    print what one broker answers
# BROKER_SETTINGS are further settings of both brokers, separated by blanks; SASL_USERS are users who log in at a listener
# of its own, alice by default; WORK is another place for what they write.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${WORK:-$root/build/e2e/differential}
broker=$here/../broker.sh
export SASL_USERS=${SASL_USERS:-alice}

ask() {
    local libs
    libs=$("$here/../apache/apache.sh" libs)
    mkdir -p "$work/classes"
    javac -cp "$libs" -d "$work/classes" "$here"/*.java
    java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp "$work/classes:$libs" Ask \
        "$here/rules.yaml" "$here/expected_differences.yaml" "$@"
}

if [ "${1:-}" = --ask ]; then
    shift
    ask "$1" -- "${@:2}"
    exit
fi

scenarios=("$@")
[ ${#scenarios[@]} -gt 0 ] || scenarios=("$here"/scenarios/*.yaml)
rm -rf "$work/apache" "$work/barnabas"
stop_both() {
    "$broker" stop "$work/apache" || true
    "$broker" stop "$work/barnabas" || true
}
trap stop_both EXIT
peers=()
for kind in apache barnabas; do
    # Records with old timestamps stay until the end.
    # shellcheck disable=SC2086
    "$broker" configure "$work/$kind" log.initial.task.delay.ms=600000 ${BROKER_SETTINGS:-} >/dev/null
    "$broker" start "$kind" "$work/$kind" >/dev/null
    peers+=("$("$broker" address "$work/$kind")/$("$broker" controller-port "$work/$kind")/$("$broker" sasl-port "$work/$kind")=$work/$kind/data")
done
ask "${peers[@]}" -- "${scenarios[@]}"
