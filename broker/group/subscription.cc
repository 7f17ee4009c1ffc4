#include "group/subscription.h"

#include "protocol/client_data.h"

namespace barnabas {

std::optional<std::vector<std::string>> subscribed_topics_of(BytesView metadata) {
    Reader reader(metadata);
    reader.integer<std::int16_t>();  // version
    ConsumerProtocolSubscription subscription;
    subscription.read(reader, 0);
    if (reader.failed()) {
        return std::nullopt;
    }
    return std::move(subscription.topics);
}

}  // namespace barnabas
