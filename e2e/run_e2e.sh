# Sourced by ./dev: tests with real peers against real nodes, in parts.

. e2e/toolchains.sh
. e2e/clients/run_clients.sh

run_e2e() {
    part e2e-operation e2e/operation/run.sh
    part e2e-faults e2e/faults/run.sh
    part e2e-sasl e2e/security/sasl_run.sh
    build release e2e_librdkafka_logins_test >&2
    part e2e-sasl-librdkafka e2e/security/clients/run.sh librdkafka
    part_with python e2e-sasl-librdkafka-new e2e/security/clients/run.sh librdkafka-new
    part_with kcat e2e-sasl-kcat e2e/security/clients/run.sh kcat
    part_with python e2e-sasl-confluent e2e/security/clients/run.sh python
    part_with node e2e-sasl-kafkajs e2e/security/clients/run.sh node
    part_with go e2e-sasl-franz-go e2e/security/clients/run.sh go
    part_with go e2e-sasl-franz-go-suite e2e/security/clients/run.sh kgo
    part_with java e2e-sasl-java e2e/security/clients/run.sh java
    part_with kerberos e2e-kerberos e2e/security/kerberos/run.sh $(command -v java >/dev/null && echo java)
    part e2e-kill e2e/kill_rounds.sh 3
    build release barnabas-bench barnabas-bench-client allocations >&2
    part_with strace e2e-speed e2e/speed/run.sh
    build release e2e_librdkafka_test >&2
    part e2e-tls e2e/security/tls/run.sh
    part_with java e2e-tls-java e2e/security/tls/run_java.sh
    part_with java e2e-differential e2e/differential/run.sh
    part_with java e2e-storage e2e/storage/run.sh
    part_with java e2e-tokens e2e/storage/tokens.sh
    part_with java e2e-tools e2e/tools/run.sh
    part_with java e2e-acl e2e/security/acl.sh
    part_with java e2e-quotas e2e/security/quota_run.sh
    run_client_parts
}
