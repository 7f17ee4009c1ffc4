#include "security/cipher_suites.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "security/openssl.h"

namespace barnabas {

namespace {

constexpr std::array<std::string_view, 5> tls13_suites{
    "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256"
};

void append(std::string& list, std::string_view name) {
    list += list.empty() ? "" : ":";
    list += name;
}

}  // namespace

Expected<CipherLists> cipher_lists(std::span<const std::string> names) {
    CipherLists lists;
    std::vector<std::string_view> unknown;
    for (const std::string& name : names) {
        const std::string standard = name.starts_with("SSL_") ? "TLS_" + name.substr(4) : name;
        if (std::ranges::find(tls13_suites, standard) != tls13_suites.end()) {
            append(lists.tls13, standard);
            continue;
        }
        const std::string_view found = OPENSSL_cipher_name(standard.c_str());
        if (found == "(NONE)") {
            unknown.push_back(name);
        } else {
            append(lists.up_to_tls12, found);
        }
    }
    if (!unknown.empty()) {
        return fail(
            ErrorCode::invalid_config,
            fmt::format(
                "ssl.cipher.suites: {} is not known here; a name is as TLS_AES_256_GCM_SHA384 or "
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                fmt::join(unknown, ", ")
            )
        );
    }
    return lists;
}

}  // namespace barnabas
