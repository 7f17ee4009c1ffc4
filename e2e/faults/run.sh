#!/usr/bin/env bash
# Bad input, bad disks and bad files against a real node.    usage: run.sh [TEST...], a test as unittest names it
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 "$here/run.py" "$@"
