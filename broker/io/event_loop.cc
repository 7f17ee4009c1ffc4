#include "io/event_loop.h"

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "common/check.h"
#include "common/events.h"

namespace barnabas {

namespace {

thread_local EventLoop* current_loop = nullptr;

void report(std::string_view what, const std::exception_ptr& escaped) {
    try {
        std::rethrow_exception(escaped);
    } catch (const std::exception& error) {
        event::error("coroutine ended by an exception", {{"coroutine", what}, {"error", error.what()}});
    }
}

}  // namespace

EventLoop::EventLoop(std::string name) : name_(std::move(name)) {}

EventLoop::~EventLoop() {
    CHECK(!in_thread());
    stop();
}

void EventLoop::start() {
    CHECK(!thread_.joinable());
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
        current_loop = this;
        context_.run();
    });
}

void EventLoop::stop() {
    context_.stop();
    if (thread_.joinable() && !in_thread()) {
        thread_.join();
    }
}

void EventLoop::spawn(std::string_view what, Task<> task) {
    boost::asio::co_spawn(context_, std::move(task), [what](const std::exception_ptr& escaped) {
        if (escaped) {
            report(what, escaped);
        }
    });
}

EventLoop* EventLoop::current() {
    return current_loop;
}

LoopPool::LoopPool(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        loops_.push_back(std::make_unique<EventLoop>("loop-" + std::to_string(i)));
        loops_.back()->start();
    }
}

void LoopPool::stop() {
    for (const auto& loop : loops_) {
        loop->stop();
    }
}

}  // namespace barnabas
