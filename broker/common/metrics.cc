#include "common/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>
#include <ranges>

#include "common/check.h"
#include "common/utf8.h"

namespace barnabas {

namespace {

constexpr auto rows = std::to_array<MetricRow>({
#define METRIC(metric, kind, name, labels, help) {MetricKind::kind, name, labels, help},
#include "common/metrics.def"
#undef METRIC
});

prometheus::MetricType type_of(MetricKind kind) {
    switch (kind) {
        case MetricKind::counter:
            return prometheus::MetricType::Counter;
        case MetricKind::gauge:
            return prometheus::MetricType::Gauge;
        case MetricKind::histogram:
            return prometheus::MetricType::Histogram;
    }
    return prometheus::MetricType::Untyped;
}

/// One family a row, filled while /metrics is read.
class Families final : public Samples {
public:
    Families() {
        for (const MetricRow& row : rows) {
            families_.push_back({std::string(row.name), std::string(row.help), type_of(row.kind), {}});
        }
    }

    void add(Metric metric, std::initializer_list<std::string_view> labels, double value) override {
        auto& added = append(metric, labels);
        added.counter.value = value;
        added.gauge.value = value;
    }

    template <class Labels>
    prometheus::ClientMetric& append(Metric metric, const Labels& labels) {
        const auto index = static_cast<std::size_t>(metric);
        auto& added = families_[index].metric.emplace_back();
        auto value = labels.begin();
        for (const auto name : std::views::split(rows[index].labels, ',')) {
            CHECK(value != labels.end());
            added.label.push_back({std::string(name.begin(), name.end()), as_utf8(*value++)});
        }
        CHECK(value == labels.end());
        return added;
    }

    std::string text() {
        std::erase_if(families_, [](const auto& family) { return family.metric.empty(); });
        return prometheus::TextSerializer().Serialize(families_);
    }

private:
    std::vector<prometheus::MetricFamily> families_;
};

prometheus::ClientMetric::Histogram exported(const Histogram& histogram) {
    prometheus::ClientMetric::Histogram out;
    for (std::size_t bucket = 0; bucket < Histogram::bucket_count; ++bucket) {
        out.sample_count += histogram.count(bucket);
        out.bucket.push_back({out.sample_count, Histogram::upper_bound(bucket)});
    }
    out.sample_sum = histogram.sum_seconds();
    return out;
}

}  // namespace

std::span<const MetricRow> metric_rows() {
    return rows;
}

double Histogram::upper_bound(std::size_t bucket) {
    return bucket + 1 == bucket_count ? std::numeric_limits<double>::infinity()
                                      : static_cast<double>(std::uint64_t{16} << bucket) / 1e6;
}

Metrics::Series& Metrics::series(Metric metric, LabelValues labels, MetricKind kind) {
    CHECK(rows[static_cast<std::size_t>(metric)].kind == kind);
    return series_[{metric, std::move(labels)}];
}

Counter& Metrics::counter(Metric metric, LabelValues labels) {
    const std::lock_guard lock(mutex_);
    auto& found = series(metric, std::move(labels), MetricKind::counter).counter;
    if (!found) {
        found = std::make_unique<Counter>();
    }
    return *found;
}

Gauge& Metrics::gauge(Metric metric, LabelValues labels) {
    const std::lock_guard lock(mutex_);
    auto& found = series(metric, std::move(labels), MetricKind::gauge).gauge;
    if (!found) {
        found = std::make_unique<Gauge>();
    }
    return *found;
}

Histogram& Metrics::histogram(Metric metric, LabelValues labels) {
    const std::lock_guard lock(mutex_);
    auto& found = series(metric, std::move(labels), MetricKind::histogram).histogram;
    if (!found) {
        found = std::make_unique<Histogram>();
    }
    return *found;
}

Metrics::Registration Metrics::sample(Sampler sampler) {
    const std::lock_guard lock(sampler_mutex_);
    samplers_.emplace(next_sampler_, std::move(sampler));
    return {*this, next_sampler_++};
}

void Metrics::remove_sampler(std::uint64_t id) {
    const std::lock_guard lock(sampler_mutex_);
    samplers_.erase(id);
}

std::string Metrics::text() const {
    Families families;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [key, series] : series_) {
            auto& added = families.append(key.first, key.second);
            if (series.counter) {
                added.counter.value = static_cast<double>(series.counter->value());
            } else if (series.gauge) {
                added.gauge.value = static_cast<double>(series.gauge->value());
            } else {
                added.histogram = exported(*series.histogram);
            }
        }
    }
    {
        const std::lock_guard lock(sampler_mutex_);
        for (const auto& [id, sampler] : samplers_) {
            sampler(families);
        }
    }
    return families.text();
}

}  // namespace barnabas
