#pragma once

#include "raft/messages.h"

namespace barnabas {

/// The port to the other replicas of the metadata log. Called on the raft thread.
class RaftTransport {
public:
    virtual ~RaftTransport() = default;

    /// Sends `request` to the node (endpoints: `RaftClient::quorum().voter_set`), or, for no_node, to one of
    /// `controller.quorum.bootstrap.servers` in turn. What comes of it is told to the driver on the raft thread, with
    /// the same node and correlation: `received()`, or `undelivered()` when there will be no reply.
    virtual void send(NodeId to, raft::Correlation correlation, raft::Request request) = 0;
};

}  // namespace barnabas
