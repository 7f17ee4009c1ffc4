#pragma once

#include "cli/tool.h"

namespace barnabas {

/// `barnabas storage`, with the sub-commands and flags of Apache's kafka-storage.
extern const Tool storage_tool;

/// `barnabas format`: `storage format` that finds by itself what is not said, a cluster id and that this node is the
/// quorum. `barnabas start` does so too; this is for features of one's own, and for users that must be there before
/// anybody can log in.
extern const Tool format_tool;

}  // namespace barnabas
