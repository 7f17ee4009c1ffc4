#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/create_partitions.h"
#include "protocol/create_topics.h"
#include "protocol/delete_topics.h"

namespace barnabas {

// The requests that make and remove topics. A topic that cannot be had has its error in the reply; the others are done,
// all in one batch.

[[nodiscard]] Decision<CreateTopicsResponse> create_topics(
    const Situation& situation, const CreateTopicsRequest& request
);

/// `version` decides whether the topics stand as names or as names and ids.
[[nodiscard]] Decision<DeleteTopicsResponse> delete_topics(
    const Situation& situation, const DeleteTopicsRequest& request, std::int16_t version
);

[[nodiscard]] Decision<CreatePartitionsResponse> create_partitions(
    const Situation& situation, const CreatePartitionsRequest& request
);

}  // namespace barnabas
