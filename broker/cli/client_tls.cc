#include "cli/client_tls.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/whole_file.h"
#include "security/tls_context.h"

namespace barnabas {

Expected<Bytes> read_named_file(const std::string& path) {
    auto bytes = read_whole_file(posix_file_system(), path);
    if (!bytes) {
        return fail(ErrorCode::invalid_config, bytes.error().text());
    }
    return *bytes ? Expected<Bytes>(**std::move(bytes))
                  : fail(ErrorCode::invalid_config, fmt::format("there is no file {}", path));
}

std::expected<std::shared_ptr<const TlsContext>, std::string> client_tls(ClientProperties& properties) {
    std::string protocol = properties.text("security.protocol", "PLAINTEXT");
    std::ranges::transform(protocol, protocol.begin(), [](unsigned char c) {
        return static_cast<char>(std::toupper(c));
    });
    if (protocol != "SSL" && protocol != "SASL_SSL") {
        return nullptr;
    }
    const auto settings = read_tls_settings([&](std::string_view key) { return properties.find(key); });
    if (!settings) {
        return std::unexpected(settings.error().detail);
    }
    auto context = TlsContext::client(*settings, read_named_file);
    return context ? std::expected<std::shared_ptr<const TlsContext>, std::string>(*std::move(context))
                   : std::unexpected(context.error().detail);
}

}  // namespace barnabas
