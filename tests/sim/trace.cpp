#include "tests/sim/trace.h"

#include "base/duration.h"
#include "vrrp/left_out.h"

namespace baton::sim {
namespace {

std::string list(std::span<const Prefix> addresses) {
    std::string text;
    for (const auto& prefix : addresses)
        text += " " + prefix.to_string();
    return text;
}

std::string words(const vrrp::SendAdvert& effect) {
    return "sends priority " + std::to_string(effect.advert.priority.value) + " interval " +
           format_duration(effect.advert.interval) +
           (effect.destination.is_multicast() ? "" : " to " + effect.destination.to_string());
}

std::string words(const vrrp::HoldAddresses& effect) {
    return (effect.adopt ? "adopts" : "holds") + list(effect.addresses);
}

std::string words(const vrrp::ReleaseAddresses& effect) { return "releases" + list(effect.addresses); }

std::string words(const vrrp::HoldRoutes&) { return "holds routes"; }

std::string words(const vrrp::ReleaseRoutes&) { return "releases routes"; }

std::string words(const vrrp::Announce& effect) { return "announces" + list(effect.addresses); }

std::string words(const vrrp::Transitioned& effect) {
    return std::string(to_string(effect.from)) + " -> " + to_string(effect.to) + " (" +
           vrrp::describe(effect.reason) + ")";
}

std::string words(const vrrp::ReleaseRefused& effect) {
    return "goes on as Active: nobody took over for " + format_milliseconds(effect.waited);
}

std::string words(const vrrp::RunGate&) { return "runs its gate"; }

std::string words(const vrrp::DropGate&) { return "drops its gate"; }

std::string words(const vrrp::CheckChanged& effect) {
    return "check " + std::to_string(effect.check.value) + (effect.up ? " is up" : " is down");
}

std::string words(const vrrp::CheckRuns& effect) {
    return "check " + std::to_string(effect.check.value) + (effect.runs ? " runs" : " ends");
}

std::string words(const vrrp::CheckForgotten& effect) {
    return "check " + std::to_string(effect.check.value) + " is forgotten";
}

std::string words(const vrrp::PriorityChanged& effect) {
    return "priority " + std::to_string(effect.from.value) + " -> " + std::to_string(effect.to.value);
}

std::string words(const vrrp::Noticed& effect) { return "notices: " + vrrp::describe(effect.notice); }

} // namespace

std::string describe(const vrrp::Effect& effect, const vrrp::Settings& settings, const std::string& failure) {
    auto text = std::visit([](const auto& any) { return words(any); }, effect);
    std::visit(
        [&](const auto& one) {
            if constexpr (requires { one.check; }) {
                const auto number = std::to_string(one.check.value);
                text.replace(std::string("check ").size(), number.size(),
                             settings.checks[one.check.value].name);
            }
        },
        effect);
    const auto instance = vrrp::instance_of(effect);
    if (instance && settings.instances.size() > 1)
        text = settings.instances[instance->value].name + ": " + text;
    return failure.empty() ? text : text + ": FAILS: " + failure;
}

std::string format_time(Time time) {
    const auto micros = std::chrono::round<std::chrono::microseconds>(time.time_since_epoch()).count();
    return std::to_string(micros / 1'000'000) + "." +
           std::to_string(1'000'000 + micros % 1'000'000).substr(1);
}

std::string format_line(Time time, const std::string& host, const std::string& text) {
    return format_time(time) + " " + host + " " + text;
}

} // namespace baton::sim
