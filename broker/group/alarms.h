#pragma once

#include <map>
#include <optional>
#include <string>

#include "common/clock.h"

namespace barnabas {

/// A reminder to look at something of a group; what it finds there says whether it is still due.
struct Alarm {
    enum class Kind : std::uint8_t { session, join, sync };

    Kind kind;
    std::string group_id;
    std::string member_id;  ///< of a session
};

/// The reminders of one shard, in the order of their times.
class Alarms {
public:
    void set(Instant at, Alarm alarm) { alarms_.emplace(at, std::move(alarm)); }
    /// Instant::max() when there is none.
    [[nodiscard]] Instant next() const { return alarms_.empty() ? Instant::max() : alarms_.begin()->first; }

    struct Due {
        Instant at;
        Alarm alarm;
    };
    /// The first one that is due, which is then forgotten.
    [[nodiscard]] std::optional<Due> take(Instant now) {
        if (alarms_.empty() || alarms_.begin()->first > now) {
            return std::nullopt;
        }
        auto node = alarms_.extract(alarms_.begin());
        return Due{node.key(), std::move(node.mapped())};
    }

private:
    std::multimap<Instant, Alarm> alarms_;
};

}  // namespace barnabas
