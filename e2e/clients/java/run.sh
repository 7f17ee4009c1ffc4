#!/usr/bin/env bash
# Runs the scenarios of Apache's Java clients against the node at BOOTSTRAP.    usage: run.sh [PART OF A NAME]
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
exec "$here/../../apache/apache.sh" java "$here/Scenarios.java" "$@"
