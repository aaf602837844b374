#include "daemon/reload_words.h"

#include <doctest/doctest.h>

using namespace baton;
using namespace baton::daemon;
using Outcome = control::Reload::Outcome;

TEST_CASE("a plan says what differs and how much does not") {
    config::Difference difference;
    difference.changes = {
        {config::Change::Kind::instance, config::Change::What::restarted, "VI_1", {"vrid", "priority"}}};
    difference.unchanged_instances = 1;
    const auto reload = planned(difference);
    CHECK(reload.outcome == Outcome::done);
    REQUIRE(reload.changes.size() == 1);
    CHECK(reload.changes[0].kind == "instance");
    CHECK(reload.changes[0].change == "restarted");
    CHECK(reload.changes[0].keys == std::vector<std::string>{"vrid", "priority"});
    CHECK(reload.changes[0].text == "instance VI_1 is restarted (vrid, priority)");
    CHECK(reload.unchanged == "1 instance, 0 checks, 0 sync groups unchanged");
}

TEST_CASE("what only a new start reads refuses the whole, with the way out") {
    config::Difference difference;
    difference.needs_restart = {"state_dir"};
    const auto reload = planned(difference);
    CHECK(reload.outcome == Outcome::refused);
    CHECK(
        reload.error ==
        "\"state_dir\" is read at the start only: restart batond to change it, or take it back; nothing was "
        "changed");
}

TEST_CASE("every error of a configuration is there, with its place") {
    const auto reload =
        refused(config::Errors{{"f", 3, 5, "/x", "is wrong", "y", ""}, {"f", 0, 0, "", "z", "", ""}});
    CHECK(reload.outcome == Outcome::bad_configuration);
    CHECK(reload.error == "2 errors in the configuration; nothing was changed");
    REQUIRE(reload.problems.size() == 2);
    CHECK(reload.problems[0].line == 3);
    CHECK(reload.problems[0].text == "f:3:5: /x: is wrong; did you mean \"y\"?");
    CHECK(reload.problems[1].text == "f: z");
}
