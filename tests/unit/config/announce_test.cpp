// Announcements, and the delays before an instance takes part or takes over.
#include "tests/unit/config/loading.h"

namespace baton::config {
namespace {

using namespace std::chrono_literals;

std::string announce(const std::string& more) { return "\"announce\": {" + more + "}, "; }
Lines faults(const std::string& more) { return faults_of(with_instance(announce(more))); }
vrrp::AnnounceSettings settings(const std::string& more) {
    return instance_of(with_instance(announce(more))).announce;
}

const std::string place = "/instances/A/announce/";

TEST_CASE("repeats of the announcement") {
    CHECK(settings(R"("refresh": "1s")").repeats == vrrp::AnnounceSettings{}.repeats);
    CHECK(settings(R"("repeats": [])").repeats.empty());
    CHECK(settings(R"("repeats": ["1ms", "1h"])").repeats == std::vector<Duration>{1ms, 1h});
    const std::string range = ": must be a duration from 1ms to 1h, not ";
    CHECK(faults(R"("repeats": ["0s", "999us", "3601s"])") ==
          Lines{place + "repeats/0" + range + "\"0s\"", place + "repeats/1" + range + "\"999us\"",
                place + "repeats/2" + range + "\"3601s\""});
    CHECK(faults(R"("repeats": 5)") == Lines{place + "repeats: must be a list of at most 32 entries, not 5"});
}

TEST_CASE("at most 32 repeats") {
    std::string list = "\"1s\"";
    for (int i = 2; i <= 32; ++i)
        list += ", \"" + std::to_string(i) + "s\"";
    CHECK(settings("\"repeats\": [" + list + "]").repeats.size() == 32);
    CHECK(faults("\"repeats\": [" + list + ", \"33s\"]") ==
          Lines{place + "repeats: must be a list of at most 32 entries, not a list of 33 entries"});
}

TEST_CASE("repeats rise") {
    const std::string after = "must be longer than the one before it, which is ";
    const std::string all = "; all count from the first announcement";
    CHECK(errors_of(with_instance(announce(R"("repeats": ["1s", "1000ms"])"))) ==
          Lines{"f:1:53: " + place + "repeats/1: " + after + "\"1s\"" + all});
    CHECK(faults(R"("repeats": ["1s", "2s", "500ms", "600ms"])") ==
          Lines{place + "repeats/2: " + after + "\"2s\"" + all});
    CHECK(faults(R"("repeats": ["1s", "x", "2s"])").size() == 1);
}

TEST_CASE("a refresh, or none") {
    CHECK(settings(R"("refresh": "0s")").refresh == 0s);
    CHECK(settings(R"("refresh": "1s")").refresh == 1s);
    CHECK(settings(R"("refresh": "24h")").refresh == 24h);
    for (const std::string wrong : {"999ms", "25h", "1ns"})
        CHECK(faults("\"refresh\": \"" + wrong + "\"") ==
              Lines{place + "refresh: must be a duration from 1s to 24h, or 0s for never, not \"" + wrong +
                    "\""});
}

TEST_CASE("the form of announcements is a matter of IPv4") {
    CHECK(settings(R"("form": "request")").form == AnnounceForm::request);
    CHECK(settings(R"("form": "reply")").form == AnnounceForm::reply);
    CHECK(settings(R"("form": "both")").form == AnnounceForm::both);
    CHECK(faults(R"("form": "rply")") ==
          Lines{place + "form: must be one of \"request\", \"reply\" or \"both\", not \"rply\"; did you mean "
                        "\"reply\"?"});
    CHECK(errors_of(with_ipv6_instance(announce(R"("form": "request")"))) ==
          Lines{"f:1:35: " + place + "form: IPv6 has one form of announcement; leave this out"});
    CHECK(faults(R"("from": "both")") ==
          Lines{place + "from: unknown key \"from\"; did you mean \"form\"? (allowed: repeats, refresh, "
                        "form)"});
}

TEST_CASE("a delay before preempting") {
    const auto delay = [](const std::string& value) { return "\"preempt_delay\": \"" + value + "\", "; };
    CHECK(instance_of(with_instance(delay("0s"))).preempt_delay == 0s);
    CHECK(instance_of(with_instance(delay("1000s"))).preempt_delay == 1000s);
    CHECK(instance_of(with_instance("\"preempt\": false, " + delay("0s"))).preempt_delay == 0s);
    CHECK(faults_of(with_instance(delay("1001s"))) ==
          Lines{"/instances/A/preempt_delay: must be a duration from 0s to 1000s, not \"1001s\""});
    CHECK(errors_of(with_instance("\"preempt\": false, " + delay("1s"))) ==
          Lines{"f:1:57: /instances/A/preempt_delay: nothing is preempted with \"preempt\": false; leave one "
                "of them out"});
    CHECK(faults_of(with_instance("\"priority\": 255, " + delay("1s"))) ==
          Lines{"/instances/A/preempt_delay: an owner (priority 255) takes its addresses at once; leave this "
                "out"});
}

TEST_CASE("a delay before anything") {
    const auto delayed = [](const std::string& value) {
        return "{\"startup_delay\": " + value + ", " + with_instance("").substr(1);
    };
    CHECK(config_of(delayed("\"0s\"")).settings.startup_delay == 0s);
    CHECK(config_of(delayed("\"1h\"")).settings.startup_delay == 1h);
    CHECK(errors_of(delayed("\"61m\"")) ==
          Lines{"f:1:19: /startup_delay: must be a duration from 0s to 1h, not \"61m\""});
    CHECK(faults_of(delayed("30")) ==
          Lines{"/startup_delay: must be a duration: a number and a unit, such as \"100ms\", \"1.5s\" or "
                "\"10m\", not 30"});
}

} // namespace
} // namespace baton::config
