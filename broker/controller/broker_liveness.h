#pragma once

#include "controller/draft.h"
#include "controller/situation.h"

namespace barnabas {

// What the cluster does when brokers come and go. Each appends to the draft the record about the broker and those about
// the partitions that it led, or may lead now.

/// It leaves all ISRs, and others take over what it led.
void fence_broker(Draft& draft, const Situation& situation, NodeId broker);
/// It may lead, and takes over what nobody leads.
void unfence_broker(Draft& draft, const Situation& situation, NodeId broker);
/// It goes on serving, but others take over what it leads.
void begin_controlled_shutdown(Draft& draft, const Situation& situation, NodeId broker);
/// As fenced, and forgotten.
void unregister_broker(Draft& draft, const Situation& situation, NodeId broker);
/// It came back as another process. An orderly end leaves its log whole; any other may have lost the end of it
/// (KIP-966).
void leave_before_return(Draft& draft, const Situation& situation, NodeId broker, bool orderly);
/// Some of its directories failed.
void lose_directories(Draft& draft, const Situation& situation, NodeId broker, const std::vector<Uuid>& offline);

/// Whether it leads any partition.
[[nodiscard]] bool leads_anything(const MetadataImage& image, NodeId broker);

}  // namespace barnabas
