#pragma once

#include <boost/json.hpp>
#include <string>

namespace barnabas {

/// JSON without spaces, with numbers written as Java writes them: 4096.0, not 4.096E3.
[[nodiscard]] std::string java_json(const boost::json::value& value);

}  // namespace barnabas
