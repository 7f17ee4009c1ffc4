#pragma once

#include <istream>
#include <ostream>

namespace barnabas {

struct VectorCount {
    int passed = 0;
    int failed = 0;
};

/// Holds the codec against a file of encodings, one JSON object a line:
///     {"message": "FetchRequest", "kind": "request", "version": 12, "value": {...}, "hex": "..."}
/// The hex must decode to the value, what was decoded must encode to the hex, and the value must encode to the hex.
/// A value that stands for records is always "" there, and matches any records.
/// Each failure gets a line in `report` with the line number, the message and the difference.
VectorCount check_vectors(std::istream& vectors, std::ostream& report);

}  // namespace barnabas
