# Sourced by ./dev: tests with real peers against real nodes, in parts.

# What `./dev test` runs.
. e2e/clients/run_clients.sh

run_e2e() {
    part e2e-operation e2e/operation/run.sh
    part e2e-kill e2e/kill_rounds.sh 3
}

# What `./dev peers` runs besides: a real Apache Kafka beside our node. Both need minutes of their own.
run_peers() {
    install "tests beside Apache Kafka" openjdk-17-jdk-headless maven
    part e2e-differential e2e/differential/run.sh
    part e2e-storage e2e/storage/run.sh
    run_client_parts
}
