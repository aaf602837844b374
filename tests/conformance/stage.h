// A Node in a given state, and the events to feed it.
#pragma once

#include "vrrp/node.h"

#include <functional>
#include <string>

namespace baton::conformance {

/// One router: VRID 51, priority 100, 1 s, tracking a check with weight 0; Active_Down_Interval 3.609375 s.
struct Stage {
    vrrp::Settings settings;
    std::optional<vrrp::Node> node;
    Time now{};
    vrrp::Effects effects; ///< of the event under test
    bool refuses_hold{false};

    Stage();

    [[nodiscard]] vrrp::InstanceSettings& instance() { return settings.instances.front(); }
    [[nodiscard]] vrrp::InstanceView view() const { return node->snapshot(now).instances.front(); }

    /// Does what the daemon does: performs, and feeds the failure of a refused hold.
    void feed(const vrrp::Event& event);
    void pass(Duration duration) { now += duration; }

    void enter(const std::string& state);
    void to_deadline();
    void hear(int priority, const IpAddress& from);
    void probe(bool up);
    void link(bool up);
    void other_mac();
    void addresses(bool with_virtual);
    void command(vrrp::Command command) { feed(vrrp::Commanded{command}); }
};

/// `prepare` comes before the state is entered, `happen` is the event under test.
struct Cause {
    std::string words;
    std::function<void(Stage&)> happen;
    std::function<void(Stage&)> prepare = [](Stage&) {};
};

inline constexpr Duration heard_interval =
    std::chrono::milliseconds(500); ///< unlike ours, so that learning shows
inline constexpr IpAddress own_address = IpAddress::v4(10, 0, 1, 100);
inline constexpr IpAddress lesser_address = IpAddress::v4(10, 0, 1, 50);
inline constexpr IpAddress greater_address = IpAddress::v4(10, 0, 1, 200);

} // namespace baton::conformance
