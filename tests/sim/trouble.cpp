#include "tests/sim/trouble.h"

#include "tests/sim/host.h"

#include <array>

namespace baton::sim {
namespace {

using std::chrono::milliseconds;

Duration interval_of(const Host& host) { return host.settings().instances.front().advert_interval; }

} // namespace

void Trouble::later(Duration delay, std::function<void()> what) {
    lan_.at(lan_.now() + delay, [this, what = std::move(what)] {
        if (!over_)
            what();
    });
}

Duration Trouble::a_while(const Host& host) {
    return lan_.random().between(interval_of(host) / 4, 8 * interval_of(host));
}

void Trouble::lose_carrier(Host& host) {
    const std::string interface = lan_.random().chance(70) ? "eth0" : "eth1";
    host.set_link(interface, false);
    later(a_while(host), [&host, interface] { host.set_link(interface, true); });
}

/// In one direction or in both; nobody's carrier changes.
void Trouble::part(Host& host) {
    const Host& other = *lan_.random().pick(lan_.hosts());
    const bool both = lan_.random().chance(70);
    lan_.say(host.name(), "and " + other.name() + (both ? " are parted" : " are parted one way"));
    lan_.cut(host, other);
    if (both)
        lan_.cut(other, host);
    later(a_while(host), [this, &host, &other] {
        lan_.join(host, other);
        lan_.join(other, host);
    });
}

void Trouble::crash(Host& host) {
    if (!host.running())
        return;
    host.crash();
    if (lan_.random().chance(80))
        later(a_while(host), [&host] {
            if (!host.running())
                host.boot();
        });
}

void Trouble::stop(Host& host) {
    if (!host.running())
        return;
    host.stop();
    if (lan_.random().chance(80))
        later(a_while(host), [&host] {
            if (!host.running())
                host.boot();
        });
}

void Trouble::release(Host& host) {
    if (!host.running())
        return;
    const auto duration = lan_.random().chance(50) ? std::optional(a_while(host)) : std::nullopt;
    host.release(duration, lan_.random().chance(30));
    later(a_while(host), [&host] {
        if (host.running())
            host.take_part_again();
    });
}

void Trouble::stall(Host& host) {
    host.stall(lan_.random().chance(50) ? a_while(host)
                                        : lan_.random().between(milliseconds(1), 30 * interval_of(host)));
}

void Trouble::refuse_addresses(Host& host) {
    auto& refusal = lan_.random().chance(30) ? host.kernel().refuses_routes : host.kernel().refuses_hold;
    refusal = true;
    lan_.say(host.name(), "cannot hold addresses, or routes");
    later(a_while(host), [&refusal] { refusal = false; });
}

void Trouble::refuse_adverts(Host& host) {
    host.kernel().refuses_send = true;
    lan_.say(host.name(), "cannot send");
    later(a_while(host) / 2, [&host] { host.kernel().refuses_send = false; });
}

void Trouble::delete_address(Host& host) {
    const auto& instance = lan_.random().pick(host.settings().instances);
    const auto& prefix = lan_.random().pick(instance.addresses);
    if (instance.priority == vrrp::owner)
        return;
    const auto times = lan_.random().chance(20) ? 8 : 1;
    for (int i = 0; i < times; ++i)
        later(i * interval_of(host) / 4, [&host, &prefix] { host.remove_address(prefix.address); });
}

void Trouble::flap_checks(Host& host) {
    const auto times = 1 + lan_.random().below(6);
    Duration delay{};
    for (std::size_t i = 0; i < times && !host.settings().checks.empty(); ++i) {
        delay += lan_.random().between(Duration{}, interval_of(host));
        later(delay, [&host, ok = lan_.random().chance(50)] { host.probe(vrrp::CheckId{0}, ok); });
    }
}

/// Events the core must take in its stride: the same table again, a wake-up for nothing.
void Trouble::repeat_news(Host& host) {
    if (!host.running() || host.stalled())
        return;
    if (lan_.random().chance(50))
        host.tell_addresses();
    else
        host.wake();
}

void Trouble::plan(Time until) {
    constexpr std::array mishaps{
        &Trouble::lose_carrier,   &Trouble::part,           &Trouble::crash,
        &Trouble::stop,           &Trouble::stall,          &Trouble::refuse_addresses,
        &Trouble::refuse_adverts, &Trouble::delete_address, &Trouble::flap_checks,
        &Trouble::repeat_news,    &Trouble::release};
    const auto count = lan_.random().below(10);
    for (std::size_t i = 0; i < count; ++i) {
        auto* host = lan_.random().pick(lan_.hosts()).get();
        const auto mishap = lan_.random().pick(mishaps);
        later(lan_.random().between(Duration{}, until - lan_.now()),
              [this, host, mishap] { (this->*mishap)(*host); });
    }
}

void Trouble::mend() {
    over_ = true;
    lan_.say("*", "all is mended");
    lan_.wire.loss_percent = 0;
    lan_.wire.reflection_percent = 0;
    lan_.join_all();
    for (const auto& host : lan_.hosts()) {
        host->kernel().refuses_hold = false;
        host->kernel().refuses_routes = false;
        host->kernel().refuses_send = false;
        host->mend_gates();
        host->resume();
        if (host->running())
            host->take_part_again();
        for (const auto& interface : host->kernel().interfaces())
            host->set_link(interface.name, true);
        for (std::size_t check = 0; check < host->settings().checks.size(); ++check)
            for (unsigned i = 0; i < host->settings().checks[check].rise; ++i)
                host->probe(vrrp::CheckId{static_cast<std::uint32_t>(check)}, true);
    }
}

} // namespace baton::sim
