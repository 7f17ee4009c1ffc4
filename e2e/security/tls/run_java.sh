#!/usr/bin/env bash
# Apache's Java clients over TLS: key stores in PEM and PKCS12 from `barnabas certs`, and a JKS that keytool wrote.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec python3 "$here/run.py" java
