#!/usr/bin/env bash
# Clients that use far more than their quotas allow, at a node of ours and at Apache Kafka.    usage: quota_run.sh [TEST...], as unittest names it
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
"$here/../clients/python/run.sh" install
exec "$here/../../build/venv-clients/bin/python" -B "$here/quota_run.py" "$@"
