#include "tests/fuzz/node_trace.h"

#include "base/duration.h"
#include "tests/sim/trace.h"

#include <cstdio>
#include <cstdlib>

namespace baton::fuzz {

using namespace vrrp;

namespace {

std::string words(const ReleaseAsked& event) {
    return "instance " + std::to_string(event.instance.value) + " is released" +
           (event.until ? " until " + sim::format_time(*event.until) : "") +
           (event.force ? ", by force" : "");
}

std::string words(const ResumeAsked& event) {
    return "instance " + std::to_string(event.instance.value) + " is resumed";
}

std::string words(const HookFinished& event) {
    return "the gate of instance " + std::to_string(event.instance.value) +
           (event.ok ? " is passed" : " fails");
}

std::string words(const AdvertReceived& event) {
    return "advert from " + event.source.to_string() + " to " + event.destination.to_string() + ", VRID " +
           std::to_string(event.advert.vrid.value) + ", priority " +
           std::to_string(event.advert.priority.value) + ", interval " +
           format_milliseconds(event.advert.interval);
}
std::string words(const AdvertRejected& event) { return std::string("refused: ") + to_string(event.reason); }
std::string words(const Elapsed&) { return "deadline"; }
std::string words(const TablesRead&) { return "tables read"; }
std::string words(const LinkChanged& event) {
    return "link " + event.name + " (" + std::to_string(event.index.value) + ")" +
           (!event.exists    ? " gone"
            : event.returned ? " up again"
            : event.up       ? " up"
                             : " down") +
           (event.deaf.empty() ? "" : ", deaf");
}
std::string words(const AddressClaimed& event) {
    return event.mac.to_string() + " claims " + event.address.to_string();
}
std::string words(const AddressesChanged& event) {
    std::string text = "addresses of interface " + std::to_string(event.index.value) + ":";
    for (const auto& [prefix, ours, tentative] : event.addresses)
        text += " " + prefix.to_string() + (ours ? "*" : "") + (tentative ? "?" : "");
    return text;
}
std::string words(const Probed& event) {
    return "check" + std::to_string(event.check.value) + (event.ok ? " good" : " bad");
}
std::string words(const CheckSet& event) {
    return "check" + std::to_string(event.check.value) + " set by hand";
}
std::string words(const EffectFailed& event) { return std::string("failed: ") + to_string(event.effect); }
std::string words(const Commanded& event) {
    return event.command == Command::startup ? "startup" : "shutdown";
}
std::string words(const Reconfigured& event) {
    return "reconfigured, " + std::to_string(event.settings.instances.size()) + " instances";
}

void print(Time now, const char* mark, const std::string& text) {
    std::fprintf(stderr, "%s %s %s\n", sim::format_time(now).c_str(), mark, text.c_str());
}

} // namespace

bool traced() {
    static const bool wanted = std::getenv("FUZZ_TRACE") != nullptr;
    return wanted;
}

void trace(Time now, const Settings& settings) {
    for (const auto& one : settings.instances)
        print(now, "  ",
              one.name + " on " + one.interface + ", VRID " + std::to_string(one.vrid.value) + ", version " +
                  std::to_string(static_cast<int>(one.version)) + ", priority " +
                  std::to_string(one.priority.value) + ", interval " +
                  format_milliseconds(one.advert_interval));
}

void trace(Time now, const Event& event) {
    print(now, "->", std::visit([](const auto& one) { return words(one); }, event));
}

void trace(Time now, const Effect& effect, const Settings& settings, const std::string& failure) {
    print(now, "<-", sim::describe(effect, settings, failure));
}

} // namespace baton::fuzz
