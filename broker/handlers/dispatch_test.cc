#include "handlers/dispatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "handlers/features.h"
#include "handlers/quotas.h"
#include "protocol/api_versions.h"
#include "protocol/message.h"

namespace barnabas {
namespace {

using testing::HasSubstr;

struct SomeFeatures final : FeatureSource {
    Features features() const override {
        return {{{"kraft.version", 0, 1}, {"metadata.version", 7, 30}}, {{"metadata.version", 30}}, 99};
    }
};

struct DispatchTest : testing::Test {
    EventLoop loop{"test"};
    Session session{loop, "127.0.0.1:5", "/127.0.0.1", "PLAINTEXT"};
    SomeFeatures features;
    alignas(64) std::byte nowhere[64];
    Broker& broker = reinterpret_cast<Broker&>(nowhere);  // no request here asks it anything
    Metrics metrics;
    Quotas quotas{Config(), metrics};
    Dispatcher dispatcher{broker, features, quotas};

    Expected<Answer> serve(BytesView frame) {
        Expected<Answer> result = fail(ErrorCode::unknown_server_error, "the task did not end");
        boost::asio::co_spawn(
            loop.context(), dispatcher.serve(session, frame, Instant()),
            [&result](const std::exception_ptr&, Expected<Answer> answer) { result = std::move(answer); }
        );
        loop.context().poll();
        loop.context().restart();
        return result;
    }

    static Bytes request(std::int16_t key, std::int16_t version, BytesView body) {
        Writer writer;
        writer.integer(key);
        writer.integer(version);
        writer.integer<std::int32_t>(7);
        writer.string("me", false);
        writer.raw(body);
        return writer.bytes();
    }

    /// The body of an answer to ApiVersions, whose header holds the correlation id 7 and nothing else.
    static ApiVersionsResponse api_versions(const Expected<Answer>& answer, std::int16_t version) {
        Reader reader(answer->frame->bytes);
        EXPECT_EQ(reader.integer<std::int32_t>(), static_cast<std::int32_t>(answer->frame->bytes.size() - 4));
        EXPECT_EQ(reader.integer<std::int32_t>(), 7);
        const auto response = decode<ApiVersionsResponse>(reader.rest(), version);
        EXPECT_TRUE(response);
        return *response;
    }

    Bytes ask_versions(std::int16_t version, std::string_view software = "tester") {
        ApiVersionsRequest body;
        body.client_software_name = software;
        body.client_software_version = "1.0";
        Bytes encoded = encode(body, version);
        if (version >= 3) {
            encoded.insert(encoded.begin(), std::byte{0});  // no tagged fields in the header
        }
        return request(18, version, encoded);
    }
};

TEST_F(DispatchTest, AnswersApiVersionsWithTheTableOfTheListener) {
    for (std::int16_t version = 0; version <= 4; ++version) {
        const auto response = api_versions(serve(ask_versions(version)), version);
        EXPECT_EQ(response.error_code, ErrorCode::none);
        EXPECT_FALSE(response.api_keys.empty());
        for (const auto& row : response.api_keys) {
            EXPECT_TRUE(serves(find_api(row.api_key)->listeners, ListenerKind::broker));
            EXPECT_EQ(row.max_version, find_api(row.api_key)->versions.last);
            EXPECT_EQ(row.min_version, row.api_key == 0 ? 0 : find_api(row.api_key)->versions.first);
        }
    }
    EXPECT_EQ(session.client_software_name, "tester");
}

TEST_F(DispatchTest, ShowsFeaturesFromLevelZeroToNewClientsOnly) {
    EXPECT_EQ(api_versions(serve(ask_versions(3)), 3).supported_features.size(), 1U);
    const auto response = api_versions(serve(ask_versions(4)), 4);
    EXPECT_EQ(response.supported_features.size(), 2U);
    EXPECT_EQ(response.finalized_features_epoch, 99);
    EXPECT_EQ(response.finalized_features.at(0).max_version_level, 30);
}

TEST_F(DispatchTest, AnswersAnUnknownApiVersionsVersionInVersionZero) {
    const auto answer = serve(request(18, 99, as_bytes("whatever follows")));
    const auto response = api_versions(answer, 0);
    EXPECT_TRUE(answer->failed);
    EXPECT_EQ(response.error_code, ErrorCode::unsupported_version);
    ASSERT_EQ(response.api_keys.size(), 1U);
    EXPECT_EQ(response.api_keys[0].api_key, 18);
    EXPECT_EQ(response.api_keys[0].max_version, 4);
}

TEST_F(DispatchTest, RefusesClientSoftwareWithoutAProperName) {
    for (const std::string_view name : {"", "-x", "x.", "a b"}) {
        EXPECT_EQ(api_versions(serve(ask_versions(3, name)), 3).error_code, ErrorCode::invalid_request) << name;
    }
}

TEST_F(DispatchTest, ClosesOnWhatItDoesNotServe) {
    EXPECT_THAT(serve({}).error().detail, HasSubstr("no header"));
    EXPECT_THAT(serve(request(999, 0, {})).error().detail, HasSubstr("API key 999"));
    EXPECT_THAT(serve(request(-1, 0, {})).error().detail, HasSubstr("API key -1"));
    EXPECT_THAT(serve(request(18, 3, {})).error().detail, HasSubstr("ApiVersions header"));
    EXPECT_THAT(
        serve(request(18, 3, as_bytes(std::string_view("\0\x7f", 2)))).error().detail, HasSubstr("ApiVersionsRequest")
    );
}

TEST_F(DispatchTest, SortsItsRowsByKey) {
    EXPECT_TRUE(std::ranges::is_sorted(all_apis(), {}, &Api::key));
    EXPECT_EQ(find_api(18)->name, "ApiVersions");
    EXPECT_EQ(find_api(1000), nullptr);
}

}  // namespace
}  // namespace barnabas
