#include "common/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace barnabas {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(Metrics, KeepOneCounterForEachSetOfLabels) {
    Metrics metrics;
    Counter& fetch = metrics.counter(Metric::requests, {"Fetch"});
    fetch.add(2);
    metrics.counter(Metric::requests, {"Produce"}).add();
    EXPECT_EQ(&metrics.counter(Metric::requests, {"Fetch"}), &fetch);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("barnabas_requests_total{api=\"Fetch\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("barnabas_requests_total{api=\"Produce\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE barnabas_requests_total counter\n"));
}

TEST(Metrics, CountDurationsInCumulativeBuckets) {
    Metrics metrics;
    Histogram& histogram = metrics.histogram(Metric::request_seconds, {"Fetch"});
    histogram.observe(15us);
    histogram.observe(16us);
    histogram.observe(1h);
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("barnabas_request_seconds_count{api=\"Fetch\"} 3\n"));
    EXPECT_THAT(text, HasSubstr("le=\"1.6e-05\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("le=\"3.2e-05\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("le=\"+Inf\"} 3\n"));
}

TEST(Metrics, AskASamplerUntilItsRegistrationIsGone) {
    Metrics metrics;
    {
        const auto registration =
            metrics.sample([](Samples& samples) { samples.add(Metric::connections, {"PLAINTEXT"}, 7); });
        EXPECT_THAT(metrics.text(), HasSubstr("barnabas_connections{listener=\"PLAINTEXT\"} 7\n"));
    }
    EXPECT_THAT(metrics.text(), Not(HasSubstr("barnabas_connections{")));
}

TEST(Metrics, HaveNamesHelpAndLabelsInEveryRow) {
    for (const MetricRow& row : metric_rows()) {
        EXPECT_TRUE(row.name.starts_with("barnabas_") || row.name.starts_with("process_")) << row.name;
        EXPECT_FALSE(row.help.empty());
        EXPECT_EQ(row.kind == MetricKind::counter, row.name.ends_with("_total")) << row.name;
    }
}

}  // namespace
}  // namespace barnabas
