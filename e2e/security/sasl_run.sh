#!/usr/bin/env bash
# SASL by hand against a real node: every mechanism, right and wrong, cut and flipped.    usage: sasl_run.sh [TEST...], as unittest names it
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 -B "$here/sasl_run.py" "$@"
