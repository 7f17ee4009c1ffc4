#!/usr/bin/env bash
# Runs the C++ suite, built at build/release or the folder that BUILD names, against the node at BOOTSTRAP.
# CLIENT_SETTINGS="key=value;..." are settings of its clients, as for TLS; SUITE is another program than the main one.
# usage: run.sh [FLAGS OF GOOGLETEST]
set -uo pipefail
root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"${BUILD:-$root/build/release}/e2e/${SUITE:-e2e_librdkafka_test}" --gtest_color=no "$@" 2>&1 | tee "$log" | grep -vE '^\[ RUN |^\[---'
status=${PIPESTATUS[0]}
count() { sed -nE "s/^\[  $1  \] ([0-9]+) tests?.*/\1/p" "$log" | tail -1; }
passed=$(count PASSED)
failed=$(count FAILED)
if [ "$status" != 0 ] && [ -z "$failed" ]; then
    failed=1 # it did not come to its end
fi
echo "${passed:-0} passed, ${failed:-0} failed"
exit "$status"
