# Sourced by e2e/run_e2e.sh: clients of five languages, in parts, against one node.
# CLIENTS_BROKER=apache runs them against Apache's broker, which tells whether a test itself is right.

run_client_parts() {
    local node=$PWD/build/e2e/clients
    build release e2e_librdkafka_test >&2
    rm -rf "$node"
    e2e/broker.sh configure "$node" >/dev/null
    if ! BOOTSTRAP=$(e2e/broker.sh start "${CLIENTS_BROKER:-barnabas}" "$node"); then
        part client-node echo "0 passed, 1 failed"
        return
    fi
    export BOOTSTRAP
    part client-librdkafka e2e/librdkafka/run.sh
    part_with python client-confluent-kafka e2e/clients/python/run.sh confluent
    part_with python client-kafka-python e2e/clients/python/run.sh kafka_python
    part_with python client-aiokafka e2e/clients/python/run.sh aio
    part_with node client-kafkajs e2e/clients/kafkajs/run.sh
    part_with go client-franz-go e2e/clients/go/run.sh franz
    part_with go client-franz-go-suite e2e/clients/go/run.sh kgo
    part_with go client-sarama e2e/clients/go/run.sh sarama
    part_with java client-java e2e/clients/java/run.sh
    part_with java client-apache-tools e2e/clients/tools/run.sh
    part client-node-stops stops_cleanly "$node"
}

# After all that was asked of it, the node still ends by itself.
stops_cleanly() {
    if e2e/broker.sh stop "$1"; then
        echo "1 passed, 0 failed"
    else
        echo "0 passed, 1 failed"
    fi
}
