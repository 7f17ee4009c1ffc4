#!/usr/bin/env bash
# Runs the Go clients against the node at BOOTSTRAP.    usage: run.sh install|franz|sarama|logins|kgo|kgo-scram
# kgo is the part of franz-go's own test suite that kgo_tests.txt lists, from the published module, and kgo-scram its tests
# of SCRAM; logins and kgo-scram are for e2e/security/clients.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
go=$(./toolchain.sh)
export GOTOOLCHAIN=local KGO_SEEDS=${BOOTSTRAP:-} KGO_TEST_RF=1 KGO_TEST_RECORDS=20000 KGO_LOG_LEVEL=none
case "$1" in
install) exec "$go" mod download ;;
franz | sarama | logins) package=./$1 only=. ;;
kgo) package=github.com/twmb/franz-go/pkg/kgo only="^($(grep -v '^#' kgo_tests.txt | paste -sd '|'))\$" ;;
kgo-scram) package=github.com/twmb/franz-go/pkg/kgo only="^TestSCRAM" ;;
*) sed -n '2,4s/^# //p' "$0" >&2 && exit 2 ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
"$go" test -count=1 -timeout=5m -v -run "$only" "$package" >"$log" 2>&1 || status=$?
if [ $status = 0 ]; then
    grep -E '^ *--- ' "$log"
else
    grep -vE '^=== ' "$log" | tail -200
fi
count() { grep -cE "^--- $1" "$log" || true; }
failed=$(count FAIL)
if [ $status != 0 ] && [ "$failed" = 0 ]; then
    failed=1 # did not compile, took too long, panicked
fi
echo "$(count PASS) passed, $failed failed, $(count SKIP) skipped"
exit $status
