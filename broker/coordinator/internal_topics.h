#pragma once

#include <string>

#include "io/task.h"
#include "model/error.h"

namespace barnabas {

/// Makes the topics that coordinators keep their state in, when they are first needed. Any thread.
class InternalTopics {
public:
    virtual ~InternalTopics() = default;

    /// Asks the controller to create `topic` with the partitions, replicas and configuration that it must have. Ends
    /// when the controller has answered, before the topic can be used; that it exists already is no error. Errors: the
    /// controller's, such as invalid_replication_factor.
    [[nodiscard]] virtual Task<Expected<void>> create(std::string topic) = 0;
};

}  // namespace barnabas
