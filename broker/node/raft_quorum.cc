#include "node/raft_quorum.h"

#include <optional>

namespace barnabas {

Task<Expected<QuorumInfo>> RaftQuorum::quorum() {
    struct Asked {
        std::shared_ptr<Waiter> waiter;
        std::optional<QuorumInfo> info;
    };
    // Shared: when the client hangs up, this coroutine may be gone before the raft loop answers.
    auto asked = std::make_shared<Asked>(Waiter::on(*EventLoop::current()));
    raft_loop_.post([&raft = raft_, asked] {
        asked->info = raft.quorum();
        asked->waiter->notify();
    });
    if (!co_await asked->waiter->wait(Instant::max())) {
        co_return fail(ErrorCode::request_timed_out, "the request was cut short");
    }
    if (asked->info->leader != self_) {
        co_return fail(ErrorCode::not_leader_or_follower, "this node does not lead the metadata quorum");
    }
    co_return *std::move(asked->info);
}

}  // namespace barnabas
