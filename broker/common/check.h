#pragma once

namespace barnabas {

/// Prints where an invariant of our own broke and ends the process.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace barnabas

/// Stays on in release. For invariants of this program, never for what a peer or a file says.
#define CHECK(condition) \
    (static_cast<bool>(condition) ? void() : ::barnabas::check_failed(#condition, __FILE__, __LINE__))
