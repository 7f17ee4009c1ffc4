#include "io/background_pool.h"

#include <pthread.h>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>

#include "common/check.h"

namespace barnabas {

BackgroundPool::BackgroundPool(std::size_t threads, std::size_t max_queued) : max_queued_(max_queued) {
    resize(threads);
}

BackgroundPool::~BackgroundPool() {
    stop();
}

void BackgroundPool::resize(std::size_t threads) {
    {
        const std::lock_guard lock(mutex_);
        wanted_ = threads;
        for (; !stopping_ && running_ < wanted_; ++running_) {
            threads_.emplace_back([this, i = running_] {
                pthread_setname_np(pthread_self(), ("background-" + std::to_string(i)).substr(0, 15).c_str());
                work();
            });
        }
    }
    available_.notify_all();
}

bool BackgroundPool::post(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || jobs_.size() >= max_queued_) {
            return false;
        }
        jobs_.push_back(std::move(job));
    }
    available_.notify_one();
    return true;
}

void BackgroundPool::enqueue(Job job) {
    {
        const std::lock_guard lock(mutex_);
        CHECK(!stopping_);
        jobs_.push_back(std::move(job));
    }
    available_.notify_one();
}

Task<> BackgroundPool::run_job(Job job) {
    return boost::asio::async_initiate<decltype(use_task), void()>(
        [this](auto resume, Job todo) {
            enqueue([resume = std::move(resume), todo = std::move(todo)]() mutable {
                todo();
                const auto loop = boost::asio::get_associated_executor(resume);
                boost::asio::post(loop, std::move(resume));
            });
        },
        use_task, std::move(job)
    );
}

void BackgroundPool::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        available_.wait(lock, [this] { return stopping_ || running_ > wanted_ || !jobs_.empty(); });
        if (running_ > wanted_) {
            --running_;
            available_.notify_one();  // for a job it may have been woken for
            return;
        }
        if (jobs_.empty()) {
            return;
        }
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job();
        job = nullptr;  // what it holds is let go without the lock
        lock.lock();
    }
}

void BackgroundPool::stop() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        threads.swap(threads_);
    }
    available_.notify_all();
    for (std::thread& thread : threads) {
        thread.join();
    }
}

}  // namespace barnabas
