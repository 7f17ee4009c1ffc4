#!/usr/bin/env bash
# Runs command lines with Apache's tools and with ours against one node of ours, and compares what they print.
# usage: run.sh [PART OF A COMMAND LINE]     all by default; the node's directory is build/e2e/tools
# BARNABAS names another program than build/release/barnabas.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/e2e/tools
program=$(readlink -f "${BARNABAS:-$root/build/release/barnabas}")
export BARNABAS=$program
"$here/../apache/apache.sh" libs >/dev/null
rm -rf "$work"
# Rules can be made and bind nobody: whoever asks is a super user.
"$here/../broker.sh" configure "$work" authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer \
    super.users=User:ANONYMOUS >/dev/null
trap '"$here/../broker.sh" stop "$work"' EXIT
address=$("$here/../broker.sh" start barnabas "$work")
mkdir "$work/links"
"$program" install-links "$work/links" >/dev/null
"$here/compare.py" "$work/links" "$here/../apache/apache.sh" "$address" "$work/data" "$here/cases.txt" "${1:-}"
