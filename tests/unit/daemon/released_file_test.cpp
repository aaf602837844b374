#include "daemon/released_file.h"

#include "tests/unit/scratch.h"

#include <doctest/doctest.h>
#include <fstream>

using namespace baton;
using namespace baton::daemon;

namespace {

control::WallTime at(std::int64_t seconds) { return control::WallTime(std::chrono::seconds(seconds)); }

} // namespace

TEST_CASE("who is released is read as it was written, and nobody leaves no file") {
    const testing::Scratch scratch;
    const auto directory = scratch.path("state"); // is made
    const auto path = released_file(directory, "lb1/a");
    CHECK(path == directory + "/released-lb1_a.json");
    CHECK(read_released(path)->empty());
    const Released released{{"VI_1", at(1740830400)}, {"\"quoted\"", std::nullopt}};
    REQUIRE(write_released(directory, path, released).has_value());
    CHECK(*read_released(path) == released);
    REQUIRE(write_released(directory, path, {}).has_value());
    CHECK_FALSE(std::ifstream(path));
    CHECK(write_released(directory, path, {}).has_value());
}

TEST_CASE("a file that is not understood is an error, as is a directory that cannot be made") {
    const testing::Scratch scratch;
    for (const auto* text : {"", "{", "[1]", R"({"VI_1": "soon"})", R"({"VI_1": 1e999})", "7"}) {
        CAPTURE(text);
        std::ofstream(scratch.path("file")) << text;
        const auto read = read_released(scratch.path("file"));
        REQUIRE(read.has_error());
        CHECK(read.error().text == scratch.path("file") + " is not what batond wrote");
    }
    const auto refused = write_released("/proc/none", "/proc/none/x", {{"VI_1", std::nullopt}});
    REQUIRE(refused.has_error());
    CHECK(refused.error().text.starts_with("the state directory /proc/none cannot be made: "));
}
