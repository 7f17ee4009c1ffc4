#include "log/log_dirs.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/events.h"

namespace barnabas {

namespace {

using Kind = PartitionDir::Kind;

Error offline_error(const TopicPartition& partition, const LogDir& dir) {
    return {
        ErrorCode::kafka_storage_error,
        fmt::format("{} lies in {}, which is offline: {}", partition.text(), dir.path(), dir.why_offline())
    };
}

}  // namespace

LogDirs::LogDirs(Options options, std::vector<std::shared_ptr<LogDir>> dirs)
    : files_(options.files), dirs_(std::move(dirs)), config_(std::move(options.config)), random_(options.seed) {}

Expected<std::shared_ptr<HostedLog>> LogDirs::find(const TopicPartition& partition) const {
    const std::lock_guard lock(mutex_);
    return find_locked(partition);
}

Expected<std::shared_ptr<HostedLog>> LogDirs::find_locked(const TopicPartition& partition) const {
    if (const auto broken = broken_.find(partition); broken != broken_.end()) {
        return std::unexpected(broken->second);
    }
    if (const auto found = current_.find(partition); found != current_.end()) {
        if (found->second->dir->offline()) {
            return std::unexpected(offline_error(partition, *found->second->dir));
        }
        return found->second;
    }
    return nullptr;
}

Expected<std::shared_ptr<HostedLog>> LogDirs::find_or_create(const NewLog& wanted, Timestamp now) {
    const std::lock_guard creating(turn_of(wanted.partition));
    auto found = find(wanted.partition);
    if (!found) {
        return found;
    }
    if (*found) {
        const std::lock_guard lock((*found)->mutex);
        if (auto named = (*found)->log->set_topic_id(wanted.topic); !named) {
            return std::unexpected(std::move(named).error());
        }
        return found;
    }
    const auto offline = std::ranges::find_if(dirs_, &LogDir::offline, [](const auto& dir) -> LogDir& { return *dir; });
    if (!wanted.new_partition && offline != dirs_.end()) {
        return std::unexpected(Error{
            ErrorCode::kafka_storage_error,
            fmt::format(
                "{} may lie in {}, which is offline; no second log is made", wanted.partition.text(), (*offline)->path()
            )
        });
    }
    Error last{ErrorCode::kafka_storage_error, "every log directory is offline"};
    for (const auto& dir : candidates(wanted.directory)) {
        auto created = create_in(dir, wanted, now);
        if (created || created.error().code != ErrorCode::kafka_storage_error) {
            return created;
        }
        last = std::move(created).error();
        dir->probe(last.detail);
    }
    return std::unexpected(std::move(last));
}

std::vector<std::shared_ptr<LogDir>> LogDirs::candidates(std::optional<Uuid> directory) const {
    std::map<const LogDir*, std::size_t> partitions;
    {
        const std::lock_guard lock(mutex_);
        partitions = counts_;
    }
    // The wanted one, then by the number of partitions, then by the order of log.dirs.
    std::map<std::tuple<bool, std::size_t, std::size_t>, std::shared_ptr<LogDir>> ranked;
    for (std::size_t i = 0; i < dirs_.size(); ++i) {
        if (!dirs_[i]->offline()) {
            ranked[{dirs_[i]->id() != directory, partitions[dirs_[i].get()], i}] = dirs_[i];
        }
    }
    std::vector<std::shared_ptr<LogDir>> usable;
    for (auto& [rank, dir] : ranked) {
        usable.push_back(std::move(dir));
    }
    return usable;
}

std::mutex& LogDirs::turn_of(const TopicPartition& partition) {
    return turns_[std::hash<TopicPartition>()(partition) % turns_.size()];
}

Expected<std::shared_ptr<HostedLog>> LogDirs::create_in(
    const std::shared_ptr<LogDir>& dir, const NewLog& wanted, Timestamp now
) {
    {
        const std::lock_guard lock(mutex_);
        ++counts_[dir.get()];
    }
    auto created = open_new(dir, wanted, now);
    const std::lock_guard lock(mutex_);
    if (created) {
        current_[wanted.partition] = *created;
    } else {
        --counts_[dir.get()];
    }
    return created;
}

Expected<std::shared_ptr<HostedLog>> LogDirs::open_new(
    const std::shared_ptr<LogDir>& dir, const NewLog& wanted, Timestamp now
) {
    LogOptions options;
    options.partition = wanted.partition;
    options.directory = fmt::format("{}/{}", dir->path(), wanted.partition.text());
    options.config = wanted.config;
    options.clean_shutdown = true;
    {
        const std::lock_guard lock(mutex_);
        options.producer_id_expiration = config_->producer_id_expiration_ms;
        options.seed = random_.next();
    }
    auto log = Log::open(files_, std::move(options), now);
    if (!log) {
        return std::unexpected(std::move(log).error());
    }
    if (auto named = (*log)->set_topic_id(wanted.topic); !named) {
        return std::unexpected(std::move(named).error());
    }
    event::info("partition created", {{"partition", wanted.partition.text()}, {"directory", dir->path()}});
    return std::make_shared<HostedLog>(dir, *std::move(log));
}

Expected<void> LogDirs::remove(const TopicPartition& partition, Instant now) {
    auto hosted = take_out(partition, Kind::deleted);
    if (!hosted) {
        return std::unexpected(std::move(hosted).error());
    }
    if (*hosted) {
        const std::lock_guard lock(mutex_);
        // Bounded, since it becomes finer than milliseconds.
        const auto delay =
            std::min<std::chrono::milliseconds>(config_->log_segment_delete_delay_ms, std::chrono::years(1));
        leaving_.emplace(now + delay, Leaving{*hosted, (*hosted)->log->directory()});
    }
    return {};
}

Expected<void> LogDirs::set_aside(const TopicPartition& partition) {
    auto hosted = take_out(partition, Kind::stray);
    if (!hosted) {
        return std::unexpected(std::move(hosted).error());
    }
    return {};
}

Expected<std::shared_ptr<HostedLog>> LogDirs::take_out(const TopicPartition& partition, Kind kind) {
    const std::lock_guard leaving(turn_of(partition));
    auto found = find(partition);
    if (!found || !*found) {
        return found;
    }
    const std::shared_ptr<HostedLog>& hosted = *found;
    Uuid unique;
    {
        const std::lock_guard lock(mutex_);
        unique = random_.uuid();
    }
    const std::string name = PartitionDir::name(partition, kind, unique);
    {
        const std::lock_guard lock(hosted->mutex);
        if (auto renamed = hosted->log->rename_directory(fmt::format("{}/{}", hosted->dir->path(), name)); !renamed) {
            return std::unexpected(std::move(renamed).error());
        }
        hosted->removed = true;
    }
    const std::lock_guard lock(mutex_);
    current_.erase(partition);
    --counts_[hosted->dir.get()];
    event::info("partition left", {{"partition", partition.text()}, {"renamed_to", name}});
    return hosted;
}

void LogDirs::set_topic_config(const std::string& topic, const std::shared_ptr<const TopicConfig>& config) {
    std::vector<std::shared_ptr<HostedLog>> of_topic;
    {
        const std::lock_guard lock(mutex_);
        for (auto each = current_.lower_bound({topic, {0}}); each != current_.end() && each->first.topic == topic;
             ++each) {
            of_topic.push_back(each->second);
        }
    }
    for (const auto& hosted : of_topic) {
        const std::lock_guard lock(hosted->mutex);
        hosted->log->set_config(config);
    }
}

void LogDirs::set_config(std::shared_ptr<const Config> config) {
    const auto expiration = config->producer_id_expiration_ms;
    {
        const std::lock_guard lock(mutex_);
        config_ = std::move(config);
    }
    for (const auto& [partition, hosted] : logs()) {
        const std::lock_guard lock(hosted->mutex);
        hosted->log->set_producer_id_expiration(expiration);
    }
}

std::shared_ptr<const Config> LogDirs::config() const {
    const std::lock_guard lock(mutex_);
    return config_;
}

HostedLogs LogDirs::logs() const {
    const std::lock_guard lock(mutex_);
    HostedLogs usable = current_;
    std::erase_if(usable, [](const auto& each) { return each.second->dir->offline(); });
    return usable;
}

bool LogDirs::usable() const {
    return std::ranges::any_of(dirs_, [](const auto& dir) { return !dir->offline(); });
}

std::vector<LogDirs::PartitionSize> LogDirs::sizes(const LogDir& dir) const {
    std::vector<PartitionSize> sizes;
    const std::lock_guard lock(mutex_);
    for (const auto& [partition, hosted] : current_) {
        if (hosted->dir.get() == &dir) {
            sizes.push_back({partition, hosted->log->size()});
        }
    }
    return sizes;
}

void LogDirs::storage_failed(const HostedLog& hosted, const Error& error) {
    if (hosted.log->failed()) {
        // What a failed sync left on the disk is not known: nothing in the directory may be acknowledged any more.
        hosted.dir->take_offline(error.detail);
    } else {
        hosted.dir->probe(error.detail);
    }
}

bool LogDirs::adopt(const std::shared_ptr<HostedLog>& hosted) {
    const std::lock_guard lock(mutex_);
    const bool first = current_.try_emplace(hosted->log->partition(), hosted).second;
    counts_[hosted->dir.get()] += first ? 1 : 0;
    return first;
}

void LogDirs::adopt_leaving(std::string directory) {
    const std::lock_guard lock(mutex_);
    leaving_.emplace(Instant::min(), Leaving{nullptr, std::move(directory)});
}

void LogDirs::adopt_broken(const TopicPartition& partition, const Error& error) {
    const std::lock_guard lock(mutex_);
    broken_[partition] = {ErrorCode::kafka_storage_error, error.detail};
}

std::vector<LogDirs::Leaving> LogDirs::take_leaving(Instant now) {
    const std::lock_guard lock(mutex_);
    std::vector<Leaving> due;
    while (!leaving_.empty() && leaving_.begin()->first <= now) {
        due.push_back(std::move(leaving_.begin()->second));
        leaving_.erase(leaving_.begin());
    }
    return due;
}

std::optional<Instant> LogDirs::next_leaving() const {
    const std::lock_guard lock(mutex_);
    return leaving_.empty() ? std::nullopt : std::optional(leaving_.begin()->first);
}

}  // namespace barnabas
