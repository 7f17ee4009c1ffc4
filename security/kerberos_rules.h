#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "security/regex_replacement.h"

namespace barnabas {

/// "primary/instance@REALM"; instance and realm may be missing.
struct KerberosName {
    std::string primary;
    std::string instance;
    std::string realm;

    [[nodiscard]] static std::optional<KerberosName> parse(std::string_view text);
};

/// `sasl.kerberos.principal.to.local.rules`: what of a Kerberos principal is the name that access rules see. A value.
class KerberosRules {
public:
    /// Reads "DEFAULT" and "RULE:[parts:format](pattern)s/from/to/g/L", in the order in which they are tried; patterns
    /// are as RegexReplacement has them. Errors: invalid_config, which shows the rule.
    [[nodiscard]] static Expected<KerberosRules> parse(const std::vector<std::string>& rules);

    /// By the first rule that applies. Errors: sasl_authentication_failed, when none does, or when the name that comes
    /// out has a '/' or '@' left.
    [[nodiscard]] Expected<std::string> name_of(const KerberosName& name, std::string_view default_realm) const;

private:
    enum class Letters { kept, lower, upper };
    struct Rule {
        std::size_t parts = 0;  ///< 0: DEFAULT
        std::string format;
        std::optional<RegexReplacement> match;
        std::optional<RegexReplacement> replacement;
        bool every = false;
        Letters letters = Letters::kept;

        [[nodiscard]] std::optional<std::string> apply(const KerberosName& name, std::string_view default_realm) const;
    };
    [[nodiscard]] static Expected<Rule> parse_rule(std::string_view text);

    std::vector<Rule> rules_;
};

}  // namespace barnabas
