#pragma once

#include <vector>

#include "config/config.h"
#include "config/properties.h"
#include "model/error.h"
#include "security/jaas.h"

namespace barnabas {

/// What a JAAS file says to the listeners that use SASL, as settings: for each of their mechanisms that has no
/// `sasl.jaas.config` of its own, the login module of the section LISTENER.KafkaServer (in lower case) or KafkaServer.
[[nodiscard]] std::vector<Property> settings_of_jaas_file(const JaasFile& file, const Config& config);

/// The same of the file that KAFKA_OPTS names by -Djava.security.auth.login.config=FILE; nothing when it names none.
/// `-Djava.security.krb5.conf=FILE` there becomes KRB5_CONFIG, which Kerberos reads. Before threads start. Errors:
/// invalid_config, in words that name the file.
[[nodiscard]] Expected<std::vector<Property>> settings_of_java_options(const Config& config);

}  // namespace barnabas
