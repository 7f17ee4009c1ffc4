#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "common/clock.h"

namespace barnabas {

/// How often something is told of one peer, so that a peer who repeats itself does not fill the disk: so many times
/// within a window, then no more until the next window. Knows a bounded number of peers; those beyond share one
/// account. One thread at a time.
class PeerLimit {
public:
    static constexpr std::chrono::seconds window{10};
    static constexpr std::size_t most_peers = 1024;

    /// `most` is at least 1.
    explicit PeerLimit(std::size_t most) : most_(most) {}

    struct Verdict {
        bool tell = true;
        bool last = false;                   ///< the last of this window
        std::uint64_t held_back_before = 0;  ///< in the peer's window before, where this is the last
    };
    [[nodiscard]] Verdict admit(std::string_view peer, Instant now);

    [[nodiscard]] std::size_t peers() const { return accounts_.size(); }

private:
    struct Account {
        Instant began;
        std::size_t told = 0;
        std::uint64_t held_back = 0;
        std::uint64_t held_back_before = 0;
    };
    Account& account_of(std::string_view peer, Instant now);

    std::size_t most_;
    std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace barnabas
