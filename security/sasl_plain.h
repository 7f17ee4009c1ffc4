#pragma once

#include <map>
#include <memory>
#include <string>

#include "security/sasl_exchange.h"

namespace barnabas {

/// Users and their passwords, from the `user_` options of a PlainLoginModule.
using PlainUsers = std::map<std::string, std::string, std::less<>>;

/// PLAIN (RFC 4616). Passwords are compared in a time that tells nothing of them, or of whether there is such a user.
class PlainExchange final : public SaslExchange {
public:
    explicit PlainExchange(std::shared_ptr<const PlainUsers> users) : users_(std::move(users)) {}

    [[nodiscard]] SaslStep step(BytesView from_client, Timestamp now) override;

private:
    std::shared_ptr<const PlainUsers> users_;
};

}  // namespace barnabas
