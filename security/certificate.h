#pragma once

#include <string>
#include <vector>

#include "security/openssl.h"

namespace barnabas {

/// The subject in the form of RFC 2253, letter for letter as Java's X500Principal.getName() gives it: mapping rules and
/// access rules are written against that.
[[nodiscard]] std::string subject_of(const X509& certificate);
[[nodiscard]] std::string issuer_of(const X509& certificate);

/// The alternative names, sorted: "DNS:broker1", "IP:10.0.0.1".
[[nodiscard]] std::vector<std::string> alternative_names_of(const X509& certificate);

/// Whether it is for `host`, a name or an address, as clients check it.
[[nodiscard]] bool is_for_host(X509& certificate, const std::string& host);

/// Whole days from now until it is no longer valid; below zero when that has passed.
[[nodiscard]] int days_left(const X509& certificate);
[[nodiscard]] bool is_valid_yet(const X509& certificate);

/// "2026-11-21T12:00:00Z".
[[nodiscard]] std::string not_before(const X509& certificate);
[[nodiscard]] std::string not_after(const X509& certificate);

/// For the log: "CN=broker1 (valid 2026-01-01T00:00:00Z to 2027-01-01T00:00:00Z, issued by CN=ca)".
[[nodiscard]] std::string describe(const X509& certificate);

}  // namespace barnabas
