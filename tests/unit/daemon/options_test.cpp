#include "daemon/options.h"

#include <doctest/doctest.h>
#include <vector>

using namespace baton::daemon;

namespace {

ParsedOptions parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "batond");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
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
        {"--cofnig", "x"}, {"stray"}, {"--log-level", "loud"}, {"--log-format"}, {"--config"}};
    for (const auto& mistake : mistakes) {
        const auto parsed = parse(mistake);
        CHECK_FALSE(parsed.options);
        CHECK(parsed.exit_status == usage);
    }
}
