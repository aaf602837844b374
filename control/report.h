// All that the control API can show, as one value; daemon/ fills it, status.cpp and why.cpp put it in words.
#pragma once

#include "base/time.h"
#include "control/hooks.h"
#include "vrrp/snapshot.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace baton::control {

using WallTime = std::chrono::system_clock::time_point;

/// One thing done in the course of a transition, with the time it took effect.
struct Step {
    std::string what; ///< "addresses_released", "addresses_held", "advert_sent", "announced"
    Duration after{}; ///< since the transition was decided
};

/// One transition as it was carried out.
struct TransitionRecord {
    std::uint64_t number{0};
    vrrp::State from{};
    vrrp::State to{};
    WallTime at{};  ///< when it was decided
    Time decided{}; ///< the same on the snapshot's clock
    std::string reason_code;
    std::string reason;
    int priority{0};
    std::vector<Step> steps;
};

/// How an instance proves its adverts, and asks for proof.
struct Authentication {
    std::string kind{"none"};       ///< "hmac-sha256 (enforce)", "password"
    std::optional<int> signing_key; ///< the number of the key that signs
    std::string trouble;            ///< what is wrong with it now; empty if nothing
};

/// What the host does for the addresses of an instance.
struct Hosting {
    bool accept{true}; ///< Accept_Mode (RFC 9568 section 6.1)
    Duration lease{};  ///< how long the kernel keeps them without batond; zero: for ever
};

struct Report {
    std::string version;
    std::string node;
    Duration uptime{};
    WallTime started{}; ///< what the counters count from; told once, so that it stays what it is if the clock
                        ///< is set
    vrrp::Snapshot snapshot;
    std::map<Time, WallTime> moments; ///< the time of day of those that have been told before
    Duration boot_to_wall{}; ///< add to any other Time (since boot) to get the time of day since 1970
    /// For each instance of the snapshot, its last transitions, oldest first.
    std::vector<std::vector<TransitionRecord>> transitions;
    /// For each instance of the snapshot.
    std::vector<Authentication> authentication;
    /// For each check of the snapshot: "haproxy".
    std::vector<std::string> check_types;
    /// For each instance of the snapshot.
    std::vector<Hosting> hosting;
    /// For each instance of the snapshot.
    std::vector<HooksView> hooks;
    std::vector<GroupView> sync_groups;
};

} // namespace baton::control
