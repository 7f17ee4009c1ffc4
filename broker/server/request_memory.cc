#include "server/request_memory.h"

namespace barnabas {

bool RequestMemory::try_take_locked(std::size_t size) {
    if (bound_ && taken_ >= *bound_) {
        return false;
    }
    taken_ += static_cast<std::int64_t>(size);
    return true;
}

bool RequestMemory::may_keep() {
    const std::scoped_lock lock(mutex_);
    return !bound_ || taken_ <= *bound_ / 2;
}

bool RequestMemory::try_take(std::size_t size) {
    if (bound_) {
        const std::lock_guard lock(mutex_);
        if (!try_take_locked(size)) {
            return false;
        }
    }
    used_.add(static_cast<std::int64_t>(size));
    return true;
}

Task<bool> RequestMemory::take(EventLoop& loop, std::size_t size) {
    const auto waiter = Waiter::on(loop);
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (try_take_locked(size)) {
                break;
            }
            waiting_.push_back(waiter);
        }
        if (!co_await waiter->wait(Instant::max())) {
            const std::lock_guard lock(mutex_);
            std::erase(waiting_, waiter);
            co_return false;
        }
    }
    used_.add(static_cast<std::int64_t>(size));
    co_return true;
}

void RequestMemory::give_back(std::size_t size) {
    used_.add(-static_cast<std::int64_t>(size));
    if (!bound_) {
        return;
    }
    std::vector<std::shared_ptr<Waiter>> waiting;
    {
        const std::lock_guard lock(mutex_);
        taken_ -= static_cast<std::int64_t>(size);
        if (taken_ < *bound_) {
            waiting.swap(waiting_);
        }
    }
    for (const auto& waiter : waiting) {
        waiter->notify();
    }
}

}  // namespace barnabas
