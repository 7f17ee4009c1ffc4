#include "common/random.h"

namespace barnabas {

Uuid Random::uuid() {
    while (true) {
        const std::uint64_t high = (next() & ~std::uint64_t{0xf000}) | 0x4000;
        const std::uint64_t low = (next() & ~(std::uint64_t{3} << 62)) | (std::uint64_t{1} << 63);
        const Uuid uuid{high, low};
        if (!uuid.reserved() && uuid.text().front() != '-') {
            return uuid;
        }
    }
}

}  // namespace barnabas
