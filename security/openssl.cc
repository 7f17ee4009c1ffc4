#include "security/openssl.h"

#include <openssl/err.h>

#include <algorithm>
#include <climits>

namespace barnabas {

BioPtr reading_bio(BytesView bytes) {
    const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
    return BioPtr(BIO_new_mem_buf(bytes.data(), size));
}

std::string take_openssl_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
    return reason != nullptr ? reason : "no reason is told";
}

}  // namespace barnabas
