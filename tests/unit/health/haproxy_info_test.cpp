// "show info" of the real thing, and what is no such answer.
#include "health/haproxy_info.h"

#include "samples.h"

using namespace baton::health;
using baton::testing::haproxy_said;

namespace {

std::string refusal(std::string_view answer) {
    const auto info = parse_haproxy_info(answer);
    return info ? "none" : info.error().text;
}

std::string without(std::string text, const std::string& line) {
    const auto at = text.find("\n" + line);
    REQUIRE(at != std::string::npos);
    return text.erase(at, text.find('\n', at + 1) - at);
}

} // namespace

TEST_CASE("a process at work") {
    const auto info = parse_haproxy_info(haproxy_said("up.info"));
    REQUIRE(info.has_value());
    CHECK(info->version == "2.6.12-1+deb12u4");
    CHECK_FALSE(info->stopping);
    CHECK(info->connections == 0);
    CHECK(info->connection_limit == 200);
    CHECK(info->process == 1U);
    CHECK(info->uptime_seconds < 60U);
}

TEST_CASE("a busy one, and one that is stopping") {
    CHECK(parse_haproxy_info(haproxy_said("busy.info"))->connections == 45);
    CHECK(parse_haproxy_info(haproxy_said("stopping.info"))->stopping);
}

TEST_CASE("what HAProxy does not tell is not there, unless it is needed") {
    const auto all = haproxy_said("up.info");
    const auto info = parse_haproxy_info(without(without(all, "Process_num"), "Uptime_sec"));
    REQUIRE(info.has_value());
    CHECK_FALSE(info->process.has_value());
    CHECK_FALSE(info->uptime_seconds.has_value());
    for (const std::string needed : {"Stopping", "CurrConns", "Maxconn"})
        CHECK(refusal(without(all, needed)) == "show info does not tell " + needed);
}

TEST_CASE("a name is a whole name: Maxconn is not Hard_maxconn, nor MaxconnX") {
    const std::string_view text =
        "Name: HAProxy\nHard_maxconn: 9\nMaxconnX: 8\nMaxconn: 7\nCurrConns: 1\nStopping: 0\n\n";
    CHECK(parse_haproxy_info(text)->connection_limit == 7);
}

TEST_CASE("other answers are quoted, half ones and wrong numbers named") {
    CHECK(refusal("Permission denied\n\n") == "this does not answer show info: Permission denied");
    CHECK(refusal("") == "this does not answer show info: ");
    CHECK(refusal(haproxy_said("unknown.txt")).find("Unknown command, but maybe") != std::string::npos);
    const auto all = haproxy_said("up.info");
    for (std::size_t size = 6; size < all.size(); ++size)
        CHECK(refusal(all.substr(0, size)) == "the answer to show info is cut off");
    CHECK(refusal("Name: HAProxy\nStopping: yes\nCurrConns: 1\nMaxconn: 2\n\n") ==
          "show info: Stopping is no number: yes");
    CHECK(refusal("Name: HAProxy\nStopping: 0\nCurrConns: -1\nMaxconn: 2\n\n") ==
          "show info: CurrConns is no number: -1");
    CHECK(refusal("Name: HAProxy\nStopping: 0\nCurrConns: 1\nMaxconn: 99999999999999999999\n\n") ==
          "show info: Maxconn is no number: 99999999999999999999");
    CHECK(refusal("Name: HAProxy\nStopping: 0\nCurrConns: 1\nMaxconn: 1\nUptime_sec: \n\n") ==
          "show info: Uptime_sec is no number: ");
}
