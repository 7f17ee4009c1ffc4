#include "controller/delegation_token_requests.h"

namespace barnabas {

void DelegationTokenChangeRequest::read(Reader& reader, std::int16_t wire_version) {
    kind = static_cast<Kind>(reader.integer<std::int8_t>());
    token.read(reader, wire_version);
}

void DelegationTokenChangeRequest::write(Writer& writer, std::int16_t wire_version) const {
    writer.integer(static_cast<std::int8_t>(kind));
    token.write(writer, wire_version);
}

Decision<DelegationTokenChangeResponse> change_delegation_token(
    const Situation& situation, const DelegationTokenChangeRequest& request
) {
    using Kind = DelegationTokenChangeRequest::Kind;
    if (situation.image.features.metadata_version() < feature::v3_6_iv2) {
        return {{}, {ErrorCode::unsupported_version}};
    }
    if (request.kind == Kind::create) {
        return {{{request.token, 0}}, {}};
    }
    const auto* known = situation.image.security.delegation_tokens().find(request.token.token_id);
    if (known == nullptr) {
        return {{}, {ErrorCode::delegation_token_not_found}};
    }
    if (request.kind == Kind::remove) {
        RemoveDelegationTokenRecord removal;
        removal.token_id = request.token.token_id;
        return {{{std::move(removal), 0}}, {}};
    }
    DelegationTokenRecord prolonged = **known;
    prolonged.expiration_timestamp = request.token.expiration_timestamp;
    return {{{std::move(prolonged), 0}}, {}};
}

}  // namespace barnabas
