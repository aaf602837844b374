#include "tests/sim/lan.h"

#include "tests/sim/host.h"

namespace baton::sim {
namespace {

// Five hosts with two instances each at the shortest intervals simulated need some 1,500 steps a second; a
// core that asks to be woken at once, again and again, passes this in no time.
constexpr unsigned most_steps_a_second = 50'000;

} // namespace

Lan::Lan(std::uint64_t seed, TraceSink sink) : random_(seed), sink_(std::move(sink)) {}

Lan::~Lan() = default;

Host& Lan::add(HostSetup setup) {
    hosts_.push_back(std::make_unique<Host>(*this, std::move(setup)));
    return *hosts_.back();
}

Host* Lan::find(const std::string& name) {
    for (const auto& host : hosts_)
        if (host->name() == name)
            return host.get();
    return nullptr;
}

void Lan::run_until(Time end) {
    for (;;) {
        Host* sleeper = nullptr;
        for (const auto& host : hosts_)
            if (host->wake_at() && (!sleeper || *host->wake_at() < *sleeper->wake_at()))
                sleeper = host.get();
        const auto entry = agenda_.next();
        const bool entry_first = entry && (!sleeper || *entry <= *sleeper->wake_at());
        const auto next = entry_first ? entry : sleeper ? sleeper->wake_at() : std::nullopt;
        if (!next || *next > end)
            break;
        now_ = std::max(now_, *next);
        count_step();
        if (entry_first)
            agenda_.take()();
        else
            sleeper->wake();
    }
    now_ = std::max(now_, end);
}

void Lan::count_step() {
    if (now_ - step_window_ >= std::chrono::seconds(1)) {
        step_window_ = now_;
        steps_in_window_ = 0;
    }
    if (++steps_in_window_ > most_steps_a_second)
        throw Violation("busy loop: more than " + std::to_string(most_steps_a_second) +
                        " steps in one virtual second");
}

void Lan::transmit(const Host& sender, const Frame& frame) {
    const auto shared = std::make_shared<const Frame>(frame);
    for (const auto& host : hosts_) {
        if (cuts_.contains({&sender, host.get()}))
            continue;
        if (host.get() == &sender && !random_.chance(wire.reflection_percent))
            continue;
        if (!frame.destination.is_multicast() && !host->has_address(frame.destination))
            continue;
        if (random_.chance(wire.loss_percent))
            continue;
        deliver(*host, shared);
        if (random_.chance(wire.duplicate_percent))
            deliver(*host, shared);
    }
}

void Lan::deliver(Host& receiver, const std::shared_ptr<const Frame>& frame) {
    at(now_ + random_.between(wire.min_delay, wire.max_delay),
       [&receiver, frame] { receiver.receive(*frame); });
}

} // namespace baton::sim
