#include <boost/asio/co_spawn.hpp>
#include <cstdint>

#include "common/check.h"
#include "handlers/dispatch.h"
#include "handlers/features.h"
#include "handlers/quotas.h"

using namespace barnabas;

namespace {

struct NoFeatures final : FeatureSource {
    Features features() const override { return {}; }
};

}  // namespace

/// Request headers, and ApiVersions as the one request that needs no broker.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static EventLoop loop("fuzz");
    static NoFeatures features;
    alignas(64) static std::byte nowhere[64];
    static Metrics metrics;
    static Quotas quotas(Config(), metrics);
    static Dispatcher dispatcher(reinterpret_cast<Broker&>(nowhere), features, quotas);

    Bytes frame = copy(std::as_bytes(std::span(data, size)));
    if (frame.size() >= 2) {
        frame[0] = std::byte{0};
        frame[1] = std::byte{18};
    }
    Session session{loop, "peer", "/peer", "FUZZ"};
    bool ended = false;
    boost::asio::co_spawn(
        loop.context(), dispatcher.serve(session, frame, Instant()),
        [&ended](const std::exception_ptr& escaped, const Expected<Answer>& answer) {
            CHECK(!escaped);
            CHECK(!answer || answer->frame);
            ended = true;
        }
    );
    loop.context().poll();
    loop.context().restart();
    CHECK(ended);
    return 0;
}
