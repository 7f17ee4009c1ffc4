#pragma once

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "quota/sensors.h"

namespace barnabas {

/// Since when nobody used a sensor that is let go.
inline constexpr std::chrono::hours sensor_idle{1};

/// Sensors by the names of those whom they measure. Any thread.
///
/// Peers choose names, so it is bounded: past `most` the one that was asked for the longest ago goes, if nobody holds
/// it (a connection holds at most one of a kind).
template <class SensorType>
class SensorTable {
public:
    SensorTable(QuotaWindows windows, std::size_t most) : windows_(windows), most_of_shard_(most / shards_.size()) {}

    /// The sensor of `name`, made at the first call.
    [[nodiscard]] std::shared_ptr<SensorType> find(std::string_view name) {
        Shard& shard = shards_[std::hash<std::string_view>{}(name) % shards_.size()];
        const std::scoped_lock lock(shard.mutex);
        if (const auto found = shard.by_name.find(name); found != shard.by_name.end()) {
            shard.order.splice(shard.order.end(), shard.order, found->second);
            return found->second->sensor;
        }
        make_room(shard);
        const auto made =
            shard.order.insert(shard.order.end(), {std::string(name), std::make_shared<SensorType>(windows_)});
        shard.by_name.emplace(made->name, made);
        return made->sensor;
    }

    /// Lets go of those that nobody used for `sensor_idle`.
    void expire(Instant now) {
        for (Shard& shard : shards_) {
            const std::scoped_lock lock(shard.mutex);
            for (auto each = shard.order.begin(); each != shard.order.end();) {
                const auto next = std::next(each);
                if (each->sensor.use_count() == 1 && each->sensor->last_used() + sensor_idle <= now) {
                    shard.drop(each);
                }
                each = next;
            }
        }
    }

    [[nodiscard]] std::size_t size() const {
        std::size_t sum = 0;
        for (const Shard& shard : shards_) {
            const std::scoped_lock lock(shard.mutex);
            sum += shard.by_name.size();
        }
        return sum;
    }

private:
    struct Entry {
        std::string name;
        std::shared_ptr<SensorType> sensor;
    };
    using Order = std::list<Entry>;

    struct Shard {
        void drop(Order::iterator entry) {
            by_name.erase(entry->name);
            order.erase(entry);
        }

        mutable std::mutex mutex;
        Order order;  ///< asked for last is last
        std::unordered_map<std::string_view, typename Order::iterator> by_name;
    };

    void make_room(Shard& shard) {
        constexpr int tries = 8;
        for (int i = 0; i < tries && shard.by_name.size() >= most_of_shard_; ++i) {
            const auto oldest = shard.order.begin();
            if (oldest->sensor.use_count() == 1) {
                shard.drop(oldest);
            } else {
                shard.order.splice(shard.order.end(), shard.order, oldest);
            }
        }
    }

    const QuotaWindows windows_;
    std::array<Shard, 16> shards_;
    const std::size_t most_of_shard_;
};

}  // namespace barnabas
