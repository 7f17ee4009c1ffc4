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
SASL_USERS=alice "$here/../broker.sh" configure "$work" delegation.token.secret.key=secret-of-tokens authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer \
    "super.users=User:ANONYMOUS;User:alice" >/dev/null
trap '"$here/../broker.sh" stop "$work"' EXIT
address=$("$here/../broker.sh" start barnabas "$work")
cat >"$work/alice.properties" <<PROPERTIES
security.protocol=SASL_PLAINTEXT
sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="alice-secret";
PROPERTIES
# Settings of nodes that never start, for `storage`: their voters may change, or are those of the settings.
static_node="process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
controller.quorum.voters=1@127.0.0.1:9093
"
mkdir "$work/links"
"$program" install-links "$work/links" >/dev/null
"$here/compare.py" "$work/links" "$here/../apache/apache.sh" "$address" "$work/data" "$here/cases.txt" "${1:-}" \
    "sasl=127.0.0.1:$("$here/../broker.sh" sasl-port "$work")" "alice=$work/alice.properties" \
    "work=$work" "voter=1@127.0.0.1:9093:tBrzjx4pTGGUUmk9jpcKuQ" "static=$static_node" "node=${static_node/voters=1@/bootstrap.servers=}"
