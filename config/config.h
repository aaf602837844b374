// The whole configuration as one immutable value: what vrrp/ is to do, and what the edges are to run.
#pragma once

#include "auth/settings.h"
#include "base/time.h"
#include "health/settings.h"
#include "netlink/address_form.h"
#include "netlink/route.h"
#include "netlink/rule.h"
#include "scripts/command.h"
#include "scripts/hook.h"
#include "vrrp/settings.h"

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace baton::config {

/// What a check does: runs a program, or looks by itself.
using CheckWork = std::variant<scripts::Command, health::HaproxyCheck, health::SmtpCheck, health::TcpCheck,
                               health::HttpCheck, health::PingCheck, health::DnsCheck, health::ProcessCheck,
                               health::FileCheck, health::SystemdCheck>;

/// A check as it runs. Its rise and fall stand in settings.checks, in the same place.
struct Check {
    health::Rhythm rhythm; ///< a program has its timeout in its command
    CheckWork work;

    friend bool operator==(const Check&, const Check&) = default;
};

/// An instance whose adverts are signed.
struct SignedInstance {
    vrrp::InstanceId instance;
    std::string keys; ///< the path of its key file
    auth::Mode mode{auth::Mode::enforce};
    auth::Freshness freshness{auth::Freshness::time};
    std::chrono::seconds window{5}; ///< auth::min_window..max_window; Freshness::time only
};

using AddressLook = netlink::AddressLook;

struct VirtualRoute {
    netlink::Route route;  ///< without its interface, which may get another number
    std::string interface; ///< "dev"; empty: the kernel finds it by the gateway

    friend bool operator==(const VirtualRoute&, const VirtualRoute&) = default;
};

/// What the kernel of this host is to do for an instance beyond holding its addresses.
struct HostSettings {
    bool accept{true};             ///< Accept_Mode (RFC 9568 section 6.1)
    std::chrono::seconds lease{0}; ///< how long the kernel keeps addresses without us; zero: for ever
    std::vector<AddressLook> looks;
    std::vector<VirtualRoute> routes;
    std::vector<netlink::Rule> rules;
    scripts::HookSettings hooks;
};

struct Config {
    std::string node;               ///< this host's name in status; the host name unless given
    vrrp::Settings settings;        ///< instances and checks, in the order of the file
    std::vector<HostSettings> host; ///< by InstanceId
    std::vector<Check> checks;      ///< by CheckId
    std::vector<SignedInstance> signatures;
    std::string state_dir;                          ///< what must outlive a restart
    std::vector<scripts::HookSettings> group_hooks; ///< of settings.sync_groups, in the same places
    std::string notify_fifo;                        ///< where to write keepalived's lines; empty: nowhere
};

/// The word of its "type".
[[nodiscard]] std::string type_of(const Check& check);

} // namespace baton::config
