// Beast is compiled here once, instead of in every file that includes it.
#pragma clang diagnostic ignored "-Wconversion"
#pragma clang diagnostic ignored "-Wshadow"
#include <boost/beast/src.hpp>
