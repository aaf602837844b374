#include "daemon/options.h"

#include <doctest/doctest.h>
#include <iostream>
#include <sstream>
#include <vector>

using namespace baton::daemon;

namespace {

ParsedOptions parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "batond");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

/// What is told on stderr when these arguments are parsed.
std::string complaint(std::vector<const char*> arguments) {
    std::ostringstream told;
    auto* const before = std::cerr.rdbuf(told.rdbuf());
    const auto parsed = parse(std::move(arguments));
    std::cerr.rdbuf(before);
    CHECK(parsed.exit_status == usage);
    return told.str();
}

} // namespace

TEST_CASE("without options the places are those of an installed host") {
    const auto parsed = parse({});
    REQUIRE(parsed.options);
    CHECK(parsed.options->config == "/etc/baton/baton.json");
    CHECK(parsed.options->runtime_dir == "/run/baton");
    CHECK_FALSE(parsed.options->check);
    CHECK(parsed.options->log_level == LogLevel::info);
    CHECK(parsed.options->log_format == LogFormat::text);
}

TEST_CASE("each option is taken") {
    const auto parsed = parse({"--config", "a.json", "--runtime-dir=/tmp/r", "--check", "--log-level",
                               "warning", "--log-format", "json"});
    REQUIRE(parsed.options);
    CHECK(parsed.options->config == "a.json");
    CHECK(parsed.options->runtime_dir == "/tmp/r");
    CHECK(parsed.options->check);
    CHECK(parsed.options->log_level == LogLevel::warning);
    CHECK(parsed.options->log_format == LogFormat::json);
}

TEST_CASE("help and version end well, mistakes end with status 2") {
    for (const char* option : {"--help", "--version"}) {
        const auto parsed = parse({option});
        CHECK_FALSE(parsed.options);
        CHECK(parsed.exit_status == stopped_cleanly);
    }
    const std::vector<std::vector<const char*>> mistakes{
        {"--cofnig", "x"}, {"stray"},        {"--log-level", "loud"}, {"--log-format"},
        {"--config"},      {"--config", ""}, {"--runtime-dir", ""},   {"--runtime-dir="}};
    for (const auto& mistake : mistakes) {
        const auto parsed = parse(mistake);
        CHECK_FALSE(parsed.options);
        CHECK(parsed.exit_status == usage);
    }
}

TEST_CASE("a mistake is told in the name of batond, with what to do") {
    const std::string help = "\nbatond --help lists the options\n";
    CHECK(complaint({"stray"}) == "batond: The following argument was not expected: stray" + help);
    CHECK(complaint({"--log-level", "loud"}) ==
          "batond: --log-level: \"loud\" is none of debug|error|info|warning" + help);
    CHECK(complaint({"--runtime-dir", ""}) == "batond: --runtime-dir: the path is empty" + help);
    CHECK(complaint({"--config", ""}) == "batond: --config: the path is empty" + help);
}
