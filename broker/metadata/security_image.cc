#include "metadata/security_image.h"

namespace barnabas {

void SecurityImage::apply(const AccessControlEntryRecord& record) {
    acls_ = acls_.with(record.id, std::make_shared<const AccessControlEntryRecord>(record));
}

Expected<void> SecurityImage::apply(const RemoveAccessControlEntryRecord& record) {
    if (!acls_.contains(record.id)) {
        return fail(ErrorCode::invalid_record, fmt::format("there is no access rule {}", record.id.text()));
    }
    acls_ = acls_.without(record.id);
    return {};
}

void SecurityImage::apply(const UserScramCredentialRecord& record) {
    credentials_ =
        credentials_.with({record.mechanism, record.name}, std::make_shared<const UserScramCredentialRecord>(record));
}

void SecurityImage::apply(const RemoveUserScramCredentialRecord& record) {
    credentials_ = credentials_.without(std::pair(record.mechanism, record.name));
}

void SecurityImage::apply(const DelegationTokenRecord& record) {
    tokens_ = tokens_.with(record.token_id, std::make_shared<const DelegationTokenRecord>(record));
}

void SecurityImage::apply(const RemoveDelegationTokenRecord& record) {
    tokens_ = tokens_.without(record.token_id);
}

void SecurityImage::append_records(MetadataRecords& out, MetadataVersion level) const {
    for (const auto& [id, acl] : acls_) {
        out.push_back({*acl, 0});
    }
    if (level >= feature::v3_5_iv2) {
        for (const auto& [key, credential] : credentials_) {
            out.push_back({*credential, 0});
        }
    }
    if (level >= feature::v3_6_iv2) {
        for (const auto& [id, token] : tokens_) {
            out.push_back({*token, 0});
        }
    }
}

}  // namespace barnabas
