#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "security/regex_replacement.h"

namespace barnabas {

/// `ssl.principal.mapping.rules`: what of a certificate's distinguished name is the principal's name. A value; any
/// thread may use it.
class PrincipalRules {
public:
    /// Reads "RULE:pattern/replacement/[LU]" and "DEFAULT", separated by commas; a slash in a pattern or replacement
    /// has a backslash before it. Patterns are as RegexReplacement has them. Errors: invalid_config, which shows the
    /// rule; also for a replacement with which Kafka would refuse each certificate that the pattern matches.
    [[nodiscard]] static Expected<PrincipalRules> parse(std::string_view rules);

    /// The name by the first rule whose pattern matches all of `distinguished_name`, which is in the form of RFC 2253
    /// ("CN=alice,OU=people"). Errors: sasl_authentication_failed, when no rule matches; also where a rule changes the
    /// case of letters beyond ASCII, as nobody shall get a name here that is another one in Kafka.
    [[nodiscard]] Expected<std::string> name_of(std::string_view distinguished_name) const;

private:
    enum class Case { kept, lower, upper };
    struct Rule {
        std::optional<RegexReplacement> replacement;  ///< DEFAULT has none
        Case letters = Case::kept;
    };
    [[nodiscard]] static Expected<Rule> take_rule(std::string_view& rest);
    [[nodiscard]] static Expected<std::string> with_case(std::string name, Case letters);

    std::vector<Rule> rules_;
};

}  // namespace barnabas
