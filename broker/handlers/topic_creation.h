#pragma once

#include <string>
#include <vector>

#include "handlers/request_context.h"

namespace barnabas {

/// Begins to create topics that a client asked for and nobody has (`auto.create.topics.enable`), with the defaults of
/// the configuration; internal topics with theirs. Does not wait: the client asks again. What fails is logged.
void create_missing_topics(const RequestContext& context, const std::vector<std::string>& names);

}  // namespace barnabas
