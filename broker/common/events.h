#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace barnabas::event {

enum class Level : std::uint8_t { debug, info, warn, error };

/// One `key=value` of an event. Views only: an event is written before the call returns.
struct Fact {
    std::string_view key;
    std::variant<std::int64_t, double, bool, std::string_view> value;

    template <std::integral T>
        requires(!std::same_as<T, bool>)
    Fact(std::string_view fact, T number) : key(fact), value(static_cast<std::int64_t>(number)) {}
    Fact(std::string_view fact, std::same_as<bool> auto truth) : key(fact), value(truth) {}
    Fact(std::string_view fact, std::floating_point auto number) : key(fact), value(static_cast<double>(number)) {}
    Fact(std::string_view fact, std::string_view words) : key(fact), value(words) {}
    Fact(std::string_view fact, const std::string& words) : key(fact), value(std::string_view(words)) {}
    Fact(std::string_view fact, const char* words) : key(fact), value(std::string_view(words)) {}
};

using Facts = std::initializer_list<Fact>;

/// Writes one line: what happened, then the facts. Safe from any thread; never throws, never blocks for long.
///
///     event::warn("segment missing", {{"partition", tp.text()}, {"base_offset", 42}, {"do", "restore it from ..."}});
void write(Level level, std::string_view what, Facts facts);

inline void debug(std::string_view what, Facts facts = {}) {
    write(Level::debug, what, facts);
}
inline void info(std::string_view what, Facts facts = {}) {
    write(Level::info, what, facts);
}
inline void warn(std::string_view what, Facts facts = {}) {
    write(Level::warn, what, facts);
}
inline void error(std::string_view what, Facts facts = {}) {
    write(Level::error, what, facts);
}

/// As `warn`, of what a client ("host:port") did wrong. Of one host so many are written within ten seconds; then one
/// line says that more are left out, so that nobody fills the disk with failures.
void warn_of_peer(std::string_view peer, std::string_view what, Facts facts);
/// How many; 50 without. At least 1. Call once at start.
void limit_peers(std::size_t most);

enum class Format : std::uint8_t { human, json };

/// Lines below `least` are dropped. Call once at start; without it, events at info and above go to standard error for
/// a human.
void configure(Format format, Level least);

/// Writes what is queued, and nothing any more: for a process that is about to end without destructors. Once.
void finish();

}  // namespace barnabas::event
