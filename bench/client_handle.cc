#include "client_handle.h"

#include <fmt/format.h>

#include <array>

namespace barnabas::bench {

std::expected<ClientHandle, std::string> open_client(
    rd_kafka_type_t type, Settings settings, Delivered delivered, void* opaque
) {
    std::array<char, 512> why{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    for (const auto& [key, value] : settings) {
        if (rd_kafka_conf_set(conf, key, value.c_str(), why.data(), why.size()) != RD_KAFKA_CONF_OK) {
            rd_kafka_conf_destroy(conf);
            return std::unexpected(fmt::format("{}={}: {}", key, value, why.data()));
        }
    }
    if (delivered != nullptr) {
        rd_kafka_conf_set_dr_msg_cb(conf, delivered);
        rd_kafka_conf_set_opaque(conf, opaque);
    }
    ClientHandle handle(rd_kafka_new(type, conf, why.data(), why.size()));
    if (handle == nullptr) {
        rd_kafka_conf_destroy(conf);
        return std::unexpected(std::string(why.data()));
    }
    return handle;
}

}  // namespace barnabas::bench
