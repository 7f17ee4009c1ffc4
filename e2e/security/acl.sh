#!/usr/bin/env bash
# Compares with Apache who may do what: every API by those who have no rights, some, all, or are denied some.
# usage: acl.sh
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
root=$(cd "$here/../.." && pwd)
export WORK=$root/build/e2e/acl
export BROKER_SETTINGS="authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer allow.everyone.if.no.acl.found=true \
delegation.token.secret.key=shared-by-both"
export SASL_USERS="alice bob carol maker describer manager reader"
mkdir -p "$WORK"
"$here/acl_matrix.py" "$WORK/acl_matrix.yaml"
"$here/../differential/run.sh" "$WORK/acl_matrix.yaml" "$here/acl_rules.yaml" "$here/acl_tokens.yaml" "$here/acl_scram.yaml"
