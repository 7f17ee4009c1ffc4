#!/usr/bin/env bash
# GSSAPI with a real KDC: our own tools, kcat, and with `java` Apache's.    usage: run.sh [java]
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 -B "$here/gssapi_test.py" "$@"
