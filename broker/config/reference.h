#pragma once

#include <string>
#include <vector>

namespace barnabas {

/// A page of docs/generated/.
struct ReferencePage {
    std::string file;  ///< its name in that folder
    std::string text;  ///< Markdown
};

/// The pages that follow from the tables of settings and errors: configuration.md, topic-configuration.md,
/// group-configuration.md, errors.md.
[[nodiscard]] std::vector<ReferencePage> write_reference();

}  // namespace barnabas
