// docs/api.md tells of every key of GET /v1/status, and of none that is not there.
#include "control/status.h"

#include "sample.h"
#include "vrrp/node.h"
#include "vrrp/reason.h"

#include <doctest/doctest.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace baton;
using namespace baton::control;

namespace {

using Names = std::set<std::string>;

void collect(const Json& json, Names& names) {
    if (json.is_object())
        for (const auto& [key, value] : json.items()) {
            names.insert(key);
            collect(value, names);
        }
    if (json.is_array())
        for (const auto& value : json)
            collect(value, names);
}

/// A report with something of everything, and with all the counters that there are.
Report full_report() {
    vrrp::InstanceSettings instance;
    instance.name = "VI_1";
    instance.interface = "eth0";
    instance.addresses = {*Prefix::parse("10.0.1.100/24")};
    vrrp::Settings settings;
    settings.instances = {instance};
    const auto counted = vrrp::Node(settings, Time{}).snapshot(Time{});
    auto report = active_report();
    report.snapshot.instances.front().counters = counted.instances.front().counters;
    report.snapshot.instances.front().faults = {{"link_down", "interface eth0 has no link"}};
    auto& contribution = report.snapshot.instances.front().contributions.front();
    contribution.reverse = true;
    contribution.share = 0.5;
    report.snapshot.instances.front().last_refused = wrong_signature();
    report.snapshot.instances.front().rival = vrrp::RivalView{};
    report.snapshot.instances.front().last_claim = vrrp::ClaimView{};
    report.snapshot.instances.front().foreign = {{"eth0", *Prefix::parse("10.0.1.100/32")}};
    report.snapshot.counters = counted.counters;
    report.hooks = {some_hooks()};
    report.sync_groups = {{"mail", {"VI_1", "VI_2"}, some_hooks()}};
    return report;
}

std::string the_page() {
    std::ifstream file("docs/api.md"); // ctest runs this in the project's root
    REQUIRE(file);
    std::stringstream page;
    page << file.rdbuf();
    return page.str();
}

/// What the first cells of the page's tables name: keys stand between backticks, codes between quotes.
Names named_on(const std::string& page, char mark) {
    Names names;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(std::string("| ") + mark))
            continue;
        const auto cell = line.substr(0, line.find('|', 1));
        for (auto at = cell.find(mark); at != std::string::npos;) {
            const auto end = cell.find(mark, at + 1);
            names.insert(cell.substr(at + 1, end - at - 1));
            at = cell.find(mark, end + 1);
        }
    }
    return names;
}

} // namespace

TEST_CASE("the page of the API tells of each key of the status, and of no other") {
    const auto named = named_on(the_page(), '`');
    Names given;
    collect(status_json(full_report()), given);
    for (const auto& name : given)
        CHECK_MESSAGE(named.contains(name), "docs/api.md does not tell of ", name);
    for (const auto& name : named)
        CHECK_MESSAGE(given.contains(name), "docs/api.md tells of ", name, ", which is not in the status");
}

TEST_CASE("the page tells of each code of a reason, and of no other") {
    using Code = vrrp::Reason::Code;
    Names codes;
    for (int code = 0; code <= static_cast<int>(Code::shutdown_handover); ++code)
        codes.insert(to_string(static_cast<Code>(code)));
    const auto named = named_on(the_page(), '"');
    for (const auto& code : codes)
        CHECK_MESSAGE(named.contains(code), "docs/api.md does not tell of ", code);
    CHECK(named == codes);
}
