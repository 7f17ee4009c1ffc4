#include "log/clean_shutdown_text.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

namespace barnabas {

std::string clean_shutdown_text(BrokerEpoch epoch) {
    return fmt::format(R"({{"version":0,"brokerEpoch":{}}})", epoch.value);
}

std::expected<BrokerEpoch, std::string> parse_clean_shutdown(std::string_view text) {
    boost::system::error_code error;
    const boost::json::value json = boost::json::parse({text.data(), text.size()}, error);
    if (error) {
        return std::unexpected("not JSON: " + error.message());
    }
    const boost::json::object* object = json.if_object();
    const boost::json::value* epoch = object == nullptr ? nullptr : object->if_contains("brokerEpoch");
    if (epoch == nullptr || !epoch->is_int64()) {
        return std::unexpected(std::string("no whole number 'brokerEpoch'"));
    }
    return BrokerEpoch{epoch->get_int64()};
}

}  // namespace barnabas
