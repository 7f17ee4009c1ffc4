#include "controller/directory_reports.h"

#include <algorithm>
#include <utility>

#include "common/events.h"
#include "protocol/assign_replicas_to_dirs.h"

namespace barnabas {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds answer_timeout = 10s;
constexpr std::chrono::milliseconds pause_after_failure = 1s;
/// Kafka's bound on the replicas of one request.
constexpr std::size_t most_replicas_of_a_request = 2250;

AssignReplicasToDirsRequest request_of(const std::map<std::pair<TopicId, PartitionId>, Uuid>& reports) {
    std::map<Uuid, std::map<TopicId, std::vector<PartitionId>>> grouped;
    for (const auto& [replica, directory] : reports) {
        grouped[directory][replica.first].push_back(replica.second);
    }
    AssignReplicasToDirsRequest request;
    for (const auto& [directory, topics] : grouped) {
        auto& written = request.directories.emplace_back();
        written.id = directory;
        for (const auto& [id, partitions] : topics) {
            auto& topic = written.topics.emplace_back();
            topic.topic_id = id;
            for (const PartitionId partition : partitions) {
                topic.partitions.emplace_back().partition_index = partition.value;
            }
        }
    }
    return request;
}

}  // namespace

DirectoryReports::DirectoryReports(
    EventLoop& loop, ControllerClient& controller, const Clock& clock, NodeId self,
    std::function<BrokerEpoch()> broker_epoch
)
    : controller_(controller),
      clock_(clock),
      self_(self),
      broker_epoch_(std::move(broker_epoch)),
      waiter_(Waiter::on(loop)) {}

void DirectoryReports::add(const TopicId& topic, PartitionId partition, const Uuid& directory) {
    {
        const std::scoped_lock lock(mutex_);
        waiting_[{topic, partition}] = directory;
    }
    waiter_->notify();
}

void DirectoryReports::stop() {
    stopped_ = true;
    waiter_->notify();
}

DirectoryReports::Reports DirectoryReports::take() {
    const std::scoped_lock lock(mutex_);
    if (broker_epoch_() < BrokerEpoch{0}) {
        return {};
    }
    Reports some;
    while (!waiting_.empty() && some.size() < most_replicas_of_a_request) {
        some.insert(waiting_.extract(waiting_.begin()));
    }
    return some;
}

Task<> DirectoryReports::run() {
    while (!stopped_) {
        Reports reports = take();
        if (reports.empty()) {
            // Before the broker has registered nothing can be sent, so look again then.
            const bool registered = broker_epoch_() >= BrokerEpoch{0};
            co_await waiter_->wait(registered ? Instant::max() : clock_.now() + pause_after_failure);
            continue;
        }
        Reports again = co_await send(std::move(reports));
        if (!again.empty()) {
            {
                const std::scoped_lock lock(mutex_);
                waiting_.merge(again);
            }
            co_await waiter_->wait(clock_.now() + pause_after_failure);
        }
    }
}

Task<DirectoryReports::Reports> DirectoryReports::send(Reports reports) {
    AssignReplicasToDirsRequest request = request_of(reports);
    request.broker_id = self_.value;
    request.broker_epoch = broker_epoch_().value;
    const auto reply = co_await controller_.submit(
        std::move(request), AssignReplicasToDirsRequest::versions.last, clock_.now() + answer_timeout
    );
    const ErrorCode code = reply ? reply->error_code : reply.error().code;
    if (code != ErrorCode::none) {
        event::warn("the controller did not take the replicas' directories", {{"error", name(code)}});
        co_return reports;
    }
    // A replica that the controller does not know is gone by now.
    co_return Reports();
}

}  // namespace barnabas
