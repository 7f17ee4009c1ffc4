#!/usr/bin/env bash
# Runs the scenarios of kafkajs against the node at BOOTSTRAP.    usage: run.sh [install | PART OF A NAME]
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
modules=$(cd "$here/../../.." && pwd)/build/kafkajs
if ! cmp -s "$here/package.json" "$modules/installed.json"; then
    mkdir -p "$modules"
    cp "$here/package.json" "$modules"
    (cd "$modules" && npm install --silent --no-package-lock --no-audit --no-fund)
    cp "$here/package.json" "$modules/installed.json"
fi
[ "${1:-}" != install ] || exit 0
KAFKAJS_NO_PARTITIONER_WARNING=1 NODE_PATH=$modules/node_modules exec node "$here/scenarios.js" "$@"
