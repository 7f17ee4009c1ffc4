#include "log/log_loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <ranges>

#include "common/events.h"
#include "io/whole_file.h"
#include "log/partition_metadata.h"
#include "log/storage_error.h"

namespace barnabas {

namespace {

using Kind = PartitionDir::Kind;
constexpr std::chrono::seconds between_tellings{3};

/// The metadata log lies among the partitions, but the quorum owns it; the index cache is tiered storage's.
bool not_ours(std::string_view name) {
    return name == "__cluster_metadata-0" || name == "remote-log-index-cache";
}

Expected<std::optional<TopicId>> read_topic_id(FileSystem& files, const std::string& folder) {
    const std::string path = fmt::format("{}/{}", folder, partition_metadata_file);
    const auto text = read_whole_file(files, path);
    if (!text) {
        return storage_failure(text.error());
    }
    if (!*text || (*text)->empty()) {
        return std::nullopt;
    }
    const auto topic = parse_partition_metadata(as_text(**text));
    if (!topic) {
        return fail(ErrorCode::kafka_storage_error, fmt::format("{}: {}", path, topic.error()));
    }
    return *topic;
}

Offset row(const PartitionOffsets& offsets, const TopicPartition& partition) {
    const auto found = offsets.find(partition);
    return found == offsets.end() ? Offset{0} : found->second;
}

}  // namespace

LogLoading::LogLoading(LogDirs& dirs, FileSystem& files, const Clock& clock)
    : dirs_(dirs),
      files_(files),
      clock_(clock),
      config_(dirs.config()),
      told_(clock.now()),
      random_(static_cast<std::uint64_t>(told_.time_since_epoch().count())) {
    for (const auto& dir : dirs.dirs()) {
        if (dir->offline()) {
            continue;
        }
        auto last = dir->take_clean_shutdown_mark();
        auto offsets = dir->read_checkpoints();
        if (!last || !offsets) {
            dir->take_offline((last ? offsets.error() : last.error()).detail);
            continue;
        }
        directories_.push_back({dir, *last, *std::move(offsets)});
    }
}

BrokerEpoch LogLoading::previous_broker_epoch() const {
    constexpr BrokerEpoch unknown{-1};
    if (directories_.size() != dirs_.dirs().size()) {
        return unknown;
    }
    const auto& first = directories_.front().last.broker_epoch;
    const bool same =
        std::ranges::all_of(directories_, [&](const auto& each) { return each.last.broker_epoch == first; });
    return same ? first.value_or(unknown) : unknown;
}

void LogLoading::run(const Sources& sources, const RunAll& run_all) {
    const Instant start = clock_.now();
    // One of each directory in turn, so that all disks work from the beginning to the end.
    std::map<std::pair<std::size_t, std::size_t>, std::function<void()>> by_turn;
    for (std::size_t d = 0; d < directories_.size(); ++d) {
        Jobs jobs = jobs_of(directories_[d], sources);
        for (std::size_t turn = 0; turn < jobs.size(); ++turn) {
            by_turn[{turn, d}] = std::move(jobs[turn]);
        }
    }
    Jobs jobs;
    for (auto& job : by_turn | std::views::values) {
        jobs.push_back(std::move(job));
    }
    all_ = jobs.size();
    run_all(jobs, directories_.size() * static_cast<std::size_t>(config_->num_recovery_threads_per_data_dir));
    for (const Directory& directory : directories_) {
        directory.dir->set_loaded();
    }
    event::info(
        "logs loaded", {{"logs", all_},
                        {"recovered", recovered_},
                        {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - start).count()}}
    );
}

LogLoading::Jobs LogLoading::jobs_of(Directory& directory, const Sources& sources) {
    Jobs jobs;
    const auto names = files_.list(directory.dir->path());
    if (!names) {
        directory.dir->take_offline(names.error().text());
        return jobs;
    }
    for (const std::string& name : *names) {
        const std::string path = fmt::format("{}/{}", directory.dir->path(), name);
        const auto status = files_.status(path);
        if (not_ours(name) || !status || !*status || !(*status)->directory) {
            continue;
        }
        const auto parsed = PartitionDir::parse(name);
        if (!parsed) {
            event::warn("folder is no partition and is left alone", {{"folder", path}, {"why", parsed.error()}});
        } else if (parsed->kind == Kind::deleted) {
            dirs_.adopt_leaving(path);
        } else if (parsed->kind == Kind::stray) {
            event::warn("stray partition is left alone", {{"folder", path}, {"do", "remove it once it is not needed"}});
        } else if (parsed->kind == Kind::future) {
            event::warn("unfinished move between log directories is left alone", {{"folder", path}});
        } else if (!set_aside_if_stray(directory, name, parsed->partition, sources)) {
            jobs.emplace_back([this, &directory, partition = parsed->partition, &sources] {
                load(directory, partition, sources);
            });
        }
    }
    event::info(
        "loading logs",
        {{"directory", directory.dir->path()}, {"logs", jobs.size()}, {"after_clean_shutdown", directory.last.clean}}
    );
    return jobs;
}

bool LogLoading::set_aside_if_stray(
    const Directory& directory, const std::string& name, const TopicPartition& partition, const Sources& sources
) {
    const std::string path = fmt::format("{}/{}", directory.dir->path(), name);
    const auto topic = read_topic_id(files_, path);
    if (!topic) {
        refuse(directory, partition, topic.error());
        return true;
    }
    if (!sources.is_stray(partition, *topic)) {
        return false;
    }
    const std::string stray = PartitionDir::name(partition, Kind::stray, random_.uuid());
    auto renamed = files_.rename(path, fmt::format("{}/{}", directory.dir->path(), stray));
    if (renamed) {
        renamed = files_.sync_directory(directory.dir->path());
    }
    if (!renamed) {
        refuse(directory, partition, storage_error(renamed.error()));
        return true;
    }
    event::warn(
        "partition is not this node's and was set aside", {{"partition", partition.text()},
                                                           {"topic_id", *topic ? (*topic)->text() : "none"},
                                                           {"directory", directory.dir->path()},
                                                           {"renamed_to", stray}}
    );
    return true;
}

void LogLoading::load(const Directory& directory, const TopicPartition& partition, const Sources& sources) {
    if (directory.dir->offline()) {
        return;
    }
    LogOptions options;
    options.partition = partition;
    options.directory = fmt::format("{}/{}", directory.dir->path(), partition.text());
    options.config = sources.config_of(partition.topic);
    options.log_start = row(directory.offsets.log_starts, partition);
    options.recovery_point = row(directory.offsets.recovery_points, partition);
    options.clean_shutdown = directory.last.clean;
    options.producer_id_expiration = config_->producer_id_expiration_ms;
    {
        const std::lock_guard lock(mutex_);
        options.seed = random_.next();
    }
    auto log = Log::open(files_, std::move(options), clock_.timestamp(), [&](const RecoveryProgress& progress) {
        progressed(partition, progress);
    });
    if (!log) {
        refuse(directory, partition, log.error());
    } else {
        (*log)->set_high_watermark(row(directory.offsets.high_watermarks, partition));
        if (!dirs_.adopt(std::make_shared<HostedLog>(directory.dir, *std::move(log)))) {
            refuse(
                directory, partition,
                {ErrorCode::kafka_storage_error,
                 fmt::format(
                     "{} lies in two log directories, one of them {}; remove the folder that is older",
                     partition.text(), directory.dir->path()
                 )}
            );
        }
    }
    finished(partition);
}

void LogLoading::refuse(const Directory& directory, const TopicPartition& partition, const Error& error) {
    event::error(
        "partition cannot be opened",
        {{"partition", partition.text()}, {"directory", directory.dir->path()}, {"why", error.detail}}
    );
    directory.dir->keep_rows(partition, directory.offsets);
    dirs_.adopt_broken(partition, error);
    if (error.code == ErrorCode::kafka_storage_error) {
        directory.dir->probe(error.detail);
    }
}

void LogLoading::progressed(const TopicPartition& partition, const RecoveryProgress& progress) {
    const std::lock_guard lock(mutex_);
    recovered_ += bytes_left_.insert_or_assign(partition, progress.bytes_total - progress.bytes_done).second ? 1 : 0;
    tell_now_and_then();
}

void LogLoading::finished(const TopicPartition& partition) {
    const std::lock_guard lock(mutex_);
    ++done_;
    bytes_left_.erase(partition);
    tell_now_and_then();
}

void LogLoading::tell_now_and_then() {
    const Instant now = clock_.now();
    if (now - told_ < between_tellings) {
        return;
    }
    told_ = now;
    const auto bytes = std::views::values(bytes_left_);
    event::info(
        "loading logs", {{"logs_left", all_ - done_},
                         {"recovering", bytes_left_.size()},
                         {"bytes_left_in_these", std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0})}}
    );
}

}  // namespace barnabas
