#!/usr/bin/env bash
# Rounds of SIGKILL under load against our node.    usage: kill_rounds.sh [ROUNDS=5] [SEED]
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
work=$here/../build/e2e/kill
"$here/broker.sh" kill "$work" 2>/dev/null || true
rm -rf "$work"
python=$("$here/venv.sh" confluent-kafka)
"$here/broker.sh" configure "$work" log.segment.bytes=1048576 >/dev/null
trap '"$here/broker.sh" kill "$work"' EXIT
"$python" "$here/kill_rounds.py" "$work" "${OURS:-barnabas}" "${1:-5}" "${@:2}"
