#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/bytes.h"
#include "model/error.h"

namespace barnabas {

/// Kafka's numbers of the mechanisms (KIP-554).
enum class ScramMechanism : std::int8_t { sha_256 = 1, sha_512 = 2 };

/// "SCRAM-SHA-256", "SCRAM-SHA-512".
[[nodiscard]] std::string_view name(ScramMechanism mechanism);
/// Nothing for a number or a name that is neither.
[[nodiscard]] std::optional<ScramMechanism> scram_mechanism(std::int8_t number);
[[nodiscard]] std::optional<ScramMechanism> scram_mechanism(std::string_view name);

inline constexpr int fewest_scram_iterations = 4096;
inline constexpr int most_scram_iterations = 16384;

/// What a server keeps to check a password by SCRAM (RFC 5802): enough to try passwords with, and so a secret; no error
/// of these functions shows any of it.
struct ScramCredential {
    Bytes salt;
    Bytes stored_key;
    Bytes server_key;
    int iterations = 0;

    bool operator==(const ScramCredential&) const = default;

    /// As Kafka writes it: "salt=...,stored_key=...,server_key=...,iterations=4096", in base64.
    [[nodiscard]] std::string text() const;
};

/// Reads `ScramCredential::text`, its four fields in any order. Errors: unacceptable_credential, also for keys whose
/// length is not the mechanism's, and for iterations below 1: credentials from elsewhere may have few or many.
[[nodiscard]] Expected<ScramCredential> parse_scram_credential(ScramMechanism mechanism, std::string_view text);

/// The salted password of RFC 5802, which clients send to have a credential made. Costs milliseconds.
///
/// The password's bytes are taken as they come. RFC 5802 wants them prepared by SASLprep; Kafka and its clients do not
/// do that either, and so agree with each other and with us. Whoever does prepare (as PostgreSQL's tools) agrees for
/// passwords in ASCII, and for others that are already in the prepared form.
/// Errors: unacceptable_credential, for an empty password and for iterations that Kafka refuses.
[[nodiscard]] Expected<Bytes> salt_password(
    ScramMechanism mechanism, std::string_view password, BytesView salt, int iterations
);

/// The credential of a salted password. Errors: unacceptable_credential, for a length that is not the mechanism's and
/// for iterations that Kafka refuses.
[[nodiscard]] Expected<ScramCredential> make_scram_credential(
    ScramMechanism mechanism, BytesView salted_password, BytesView salt, int iterations
);

}  // namespace barnabas
