#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "model/error.h"

namespace barnabas {

/// One request to an HTTP server.
struct WebRequest {
    std::string url;  ///< http, https (the system's trusted certificates, and the host's name, are checked) or file
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string form = {};  ///< sent as a POST, application/x-www-form-urlencoded; empty is a GET
    std::chrono::seconds timeout{10};
    std::size_t most_bytes = std::size_t{1} << 20;
};

/// The body of the answer. Blocks: for a thread that may wait, or a tool. Errors: network_exception, which names the
/// URL without what it may hold of a user and a password.
[[nodiscard]] Expected<std::string> fetch_web_page(const WebRequest& request);

}  // namespace barnabas
