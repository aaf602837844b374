// What goes wrong on the simulated LAN, and how all of it is mended at the end.
#pragma once

#include "tests/sim/lan.h"

namespace baton::sim {

class Trouble {
public:
    explicit Trouble(Lan& lan) : lan_(lan) {}

    /// Puts random mishaps of every kind on the LAN's agenda, between now and `until`.
    void plan(Time until);

    /// Ends all trouble at once: cables in, nothing lost, nobody frozen, checks good, kernels willing.
    void mend();

private:
    void lose_carrier(Host& host);
    void part(Host& host);
    void crash(Host& host);
    void stop(Host& host);
    void release(Host& host);
    void stall(Host& host);
    void refuse_addresses(Host& host);
    void refuse_adverts(Host& host);
    void delete_address(Host& host);
    void flap_checks(Host& host);
    void repeat_news(Host& host);

    /// Later, unless all has been mended by then.
    void later(Duration delay, std::function<void()> what);
    [[nodiscard]] Duration a_while(const Host& host);

    Lan& lan_;
    bool over_{false};
};

} // namespace baton::sim
