#include "io/host_names.h"

#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>

#include "io/address_literal.h"

namespace barnabas {

namespace {

using AddressInfo = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

/// Null when nothing is known of the host.
AddressInfo look_up(const char* host, int flags) {
    addrinfo wanted{};
    wanted.ai_flags = flags;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    return {getaddrinfo(host, nullptr, &wanted, &found) == 0 ? found : nullptr, freeaddrinfo};
}

}  // namespace

std::string machine_name() {
    std::array<char, HOST_NAME_MAX + 1> own{};
    if (gethostname(own.data(), own.size() - 1) != 0) {
        return "localhost";
    }
    const auto found = look_up(own.data(), AI_CANONNAME);
    return found && found->ai_canonname != nullptr ? found->ai_canonname : own.data();
}

std::vector<std::string> addresses_of(const std::string& host) {
    const auto found = look_up(host.c_str(), 0);
    std::vector<std::string> addresses;
    for (const addrinfo* each = found.get(); each != nullptr; each = each->ai_next) {
        std::array<char, NI_MAXHOST> text{};
        if (getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0) {
            addresses.emplace_back(text.data());
        }
    }
    return addresses;
}

std::optional<std::string> address_of(const std::string& host) {
    if (auto literal = address_literal(host)) {
        return literal;
    }
    // Numbers that only the system's resolver takes for an address, "0x7f.1", are none to Java.
    if (host.contains('\0') || look_up(host.c_str(), AI_NUMERICHOST)) {
        return std::nullopt;
    }
    auto addresses = addresses_of(host);
    const auto v4 = std::ranges::find_if(addresses, [](const std::string& each) { return !each.contains(':'); });
    const auto first = v4 == addresses.end() ? addresses.begin() : v4;
    return first == addresses.end() ? std::nullopt : std::optional(std::move(*first));
}

}  // namespace barnabas
