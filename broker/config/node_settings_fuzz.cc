#include "config/node_settings.h"

/// No text makes the reading of settings fail other than by saying so.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto properties = barnabas::parse_properties({reinterpret_cast<const char*>(data), size});
    if (properties) {
        const auto defaults = barnabas::single_node_properties();
        std::vector<barnabas::Property> all(defaults.begin(), defaults.end());
        all.insert(all.end(), properties->begin(), properties->end());
        static_cast<void>(barnabas::read_node_settings(all));
    }
    return 0;
}
