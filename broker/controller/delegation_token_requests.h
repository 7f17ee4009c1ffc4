#pragma once

#include "controller/draft.h"
#include "controller/situation.h"
#include "protocol/message.h"

namespace barnabas {

/// What a broker that was asked for a delegation token, its renewal or its end, has decided: between nodes of this
/// program only, so there is no schema of it.
struct DelegationTokenChangeRequest {
    static constexpr std::string_view message_name = "DelegationTokenChangeRequest";
    static constexpr VersionRange versions{0, 0};
    static constexpr std::int16_t first_flexible_version = 0;

    enum class Kind : std::int8_t { create, prolong, remove };

    Kind kind = Kind::create;
    DelegationTokenRecord token;  ///< to prolong, its id and when it expires count; to remove, its id

    void read(Reader& reader, std::int16_t wire_version);
    void write(Writer& writer, std::int16_t wire_version) const;
};

struct DelegationTokenChangeResponse {
    ErrorCode error_code{};
};

[[nodiscard]] Decision<DelegationTokenChangeResponse> change_delegation_token(
    const Situation& situation, const DelegationTokenChangeRequest& request
);

}  // namespace barnabas
