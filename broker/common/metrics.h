#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace barnabas {

enum class MetricKind : std::uint8_t { counter, gauge, histogram };

/// A row of metrics.def.
enum class Metric : std::uint8_t {
#define METRIC(metric, kind, name, labels, help) metric,
#include "common/metrics.def"
#undef METRIC
};

struct MetricRow {
    MetricKind kind;
    std::string_view name;
    std::string_view labels;  ///< names separated by commas, or empty
    std::string_view help;
};

/// All rows, in the order of the enumeration.
[[nodiscard]] std::span<const MetricRow> metric_rows();

/// A number that only grows. Any thread; one relaxed addition.
class Counter {
public:
    void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    alignas(64) std::atomic<std::uint64_t> value_{0};
};

/// A number that goes up and down. Any thread.
class Gauge {
public:
    void add(std::int64_t amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
    void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    alignas(64) std::atomic<std::int64_t> value_{0};
};

/// How long things took, in buckets that double from 16 microseconds to 67 seconds. Any thread; two relaxed additions.
class Histogram {
public:
    static constexpr std::size_t bucket_count = 24;  ///< the last one has no upper bound

    void observe(std::chrono::nanoseconds took) {
        const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)) / 1000;
        const auto bucket = static_cast<std::size_t>(std::bit_width(micros >> 4));
        counts_[std::min(bucket, bucket_count - 1)].fetch_add(1, std::memory_order_relaxed);
        sum_.fetch_add(micros, std::memory_order_relaxed);
    }

    /// Seconds below which the observations of `bucket` lie.
    [[nodiscard]] static double upper_bound(std::size_t bucket);
    [[nodiscard]] std::uint64_t count(std::size_t bucket) const {
        return counts_[bucket].load(std::memory_order_relaxed);
    }
    [[nodiscard]] double sum_seconds() const { return static_cast<double>(sum_.load(std::memory_order_relaxed)) / 1e6; }

private:
    alignas(64) std::array<std::atomic<std::uint64_t>, bucket_count> counts_{};
    std::atomic<std::uint64_t> sum_{0};  ///< microseconds
};

using LabelValues = std::vector<std::string>;

/// What a sampler reports while /metrics is read.
class Samples {
public:
    virtual ~Samples() = default;
    /// `labels` in the order of the row, which must be a counter or a gauge.
    virtual void add(Metric metric, std::initializer_list<std::string_view> labels, double value) = 0;
};

/// Everything that the node counts. One object, made by the composition root, which outlives all that hold references.
///
/// A hot path asks for its counters once, keeps the references, and adds to them. What is a matter of state (sizes,
/// lags) is not kept here: a sampler reports it when someone looks. Any thread.
class Metrics {
public:
    Metrics() = default;
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The one with these label values, made at the first call. `metric` must be of the kind.
    [[nodiscard]] Counter& counter(Metric metric, LabelValues labels = {});
    [[nodiscard]] Gauge& gauge(Metric metric, LabelValues labels = {});
    [[nodiscard]] Histogram& histogram(Metric metric, LabelValues labels = {});

    /// A sampler's place in the registry: it is called no more once this is gone.
    class Registration {
    public:
        Registration() = default;
        Registration(Metrics& metrics, std::uint64_t id) : metrics_(&metrics, Leave{id}) {}

    private:
        struct Leave {
            Leave() : id(0) {}
            explicit Leave(std::uint64_t sampler) : id(sampler) {}
            std::uint64_t id;
            void operator()(Metrics* metrics) const { metrics->remove_sampler(id); }
        };
        std::unique_ptr<Metrics, Leave> metrics_;
    };
    using Sampler = std::function<void(Samples&)>;

    /// `sampler` is called on the thread that reads the metrics, and may take short locks.
    [[nodiscard]] Registration sample(Sampler sampler);

    /// Everything in Prometheus' text format 0.0.4.
    [[nodiscard]] std::string text() const;

private:
    struct Series {
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Gauge> gauge;
        std::unique_ptr<Histogram> histogram;
    };

    Series& series(Metric metric, LabelValues labels, MetricKind kind);
    void remove_sampler(std::uint64_t id);

    mutable std::mutex mutex_;
    std::map<std::pair<Metric, LabelValues>, Series> series_;
    mutable std::mutex sampler_mutex_;
    std::map<std::uint64_t, Sampler> samplers_;
    std::uint64_t next_sampler_ = 0;
};

}  // namespace barnabas
