#pragma once

#include "handlers/quorum_source.h"
#include "io/waiter.h"
#include "raft/raft_client.h"

namespace barnabas {

/// Asks this node's replica of the metadata log, on its loop.
class RaftQuorum final : public QuorumSource {
public:
    RaftQuorum(RaftClient& raft, EventLoop& raft_loop, NodeId self) : raft_(raft), raft_loop_(raft_loop), self_(self) {}

    Task<Expected<QuorumInfo>> quorum() override;

private:
    RaftClient& raft_;
    EventLoop& raft_loop_;
    NodeId self_;
};

}  // namespace barnabas
