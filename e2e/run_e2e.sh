# Sourced by e2e/run_tests.sh: tests with real peers against real nodes, in parts.

run_e2e() {
    install "tests beside Apache Kafka" openjdk-17-jdk-headless maven
    part e2e-differential e2e/differential/run.sh
    part e2e-storage e2e/storage/run.sh
    part e2e-kill e2e/kill_rounds.sh 5
}
