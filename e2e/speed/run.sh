#!/usr/bin/env bash
# The benchmark's harness, and what a request costs in system calls and allocations. Nothing is judged by time.
# usage: run.sh [TEST...], a test as unittest names it
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
export PYTHONPATH=$here/../../bench PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/tests.py" "$@"
