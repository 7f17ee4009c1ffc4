#pragma once

#include <cstdint>
#include <initializer_list>

namespace barnabas {

/// Kafka's numbers of what a principal may do (KIP-430).
enum class Operation : std::int8_t {
    read = 3,
    write = 4,
    create = 5,
    remove = 6,
    alter = 7,
    describe = 8,
    cluster_action = 9,
    describe_configs = 10,
    alter_configs = 11,
    idempotent_write = 12,
};

/// A bit for each operation, as it stands in answers that tell the authorized operations.
[[nodiscard]] constexpr std::int32_t bits(std::initializer_list<Operation> operations) {
    std::int32_t all = 0;
    for (const Operation operation : operations) {
        all |= 1 << static_cast<int>(operation);
    }
    return all;
}

/// What an answer holds when the client did not ask.
inline constexpr std::int32_t operations_not_asked = INT32_MIN;

// Every operation that the resource has: what holds for everybody where no authorizer is configured.
inline constexpr std::int32_t topic_operations = bits(
    {Operation::read, Operation::write, Operation::create, Operation::remove, Operation::alter, Operation::describe,
     Operation::describe_configs, Operation::alter_configs}
);
inline constexpr std::int32_t group_operations = bits(
    {Operation::read, Operation::remove, Operation::describe, Operation::describe_configs, Operation::alter_configs}
);
inline constexpr std::int32_t cluster_operations = bits(
    {Operation::create, Operation::alter, Operation::describe, Operation::cluster_action, Operation::describe_configs,
     Operation::alter_configs, Operation::idempotent_write}
);

}  // namespace barnabas
