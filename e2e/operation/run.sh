#!/usr/bin/env bash
# A node as its operator sees it: starts, stops, log lines, settings that change, metrics.
# usage: run.sh [TEST...], a test as unittest names it
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 "$here/run.py" "$@"
