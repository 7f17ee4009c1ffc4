#include "cli/java_json.h"

#include <gtest/gtest.h>

#include <limits>

namespace barnabas {
namespace {

TEST(JavaJson, WritesNumbersAsJavaDoes) {
    const boost::json::value value = {
        {"value", 4096.0},
        {"none", 0.0},
        {"large", 1e7},
        {"unbounded", std::numeric_limits<double>::infinity()},
        {"whole", 12},
        {"list", {1, "a\"b", nullptr, true}},
        {"empty", boost::json::object{}}
    };
    EXPECT_EQ(
        java_json(value),
        R"({"value":4096.0,"none":0.0,"large":1.0E7,"unbounded":"Infinity","whole":12,"list":[1,"a\"b",null,true],"empty":{}})"
    );
}

}  // namespace
}  // namespace barnabas
