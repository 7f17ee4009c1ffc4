#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace barnabas {

/// A value that only its own kind can be assigned to or compared with: a NodeId is never an Offset by accident.
template <class Value, class Tag>
struct StrongId {
    Value value{};

    constexpr auto operator<=>(const StrongId&) const = default;
};

}  // namespace barnabas

template <class Value, class Tag>
struct std::hash<barnabas::StrongId<Value, Tag>> {
    std::size_t operator()(const barnabas::StrongId<Value, Tag>& id) const noexcept {
        return std::hash<Value>()(id.value);
    }
};
