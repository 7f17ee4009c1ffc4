#include "raft/raft_loop.h"

namespace barnabas {

RaftLoop::RaftLoop(RaftDriver& driver, EventLoop& loop) : driver_(driver), waiter_(Waiter::on(loop)) {
    driver_.on_work([waiter = waiter_] { waiter->notify(); });
}

Task<Expected<void>> RaftLoop::run() {
    while (!stopped_) {
        auto done = driver_.step();
        if (!done) {
            co_return done;
        }
        co_await waiter_->wait(driver_.next_deadline());
    }
    co_return Expected<void>();
}

void RaftLoop::stop() {
    stopped_ = true;
    waiter_->notify();
}

}  // namespace barnabas
