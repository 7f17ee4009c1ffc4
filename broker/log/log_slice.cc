#include "log/log_slice.h"

namespace barnabas {

IoResult<Bytes> LogSlice::read() const {
    Bytes bytes(static_cast<std::size_t>(length));
    if (length > 0) {
        const auto read = file->read_at(position, bytes);
        if (!read) {
            return std::unexpected(read.error());
        }
        bytes.resize(*read);
    }
    return bytes;
}

}  // namespace barnabas
