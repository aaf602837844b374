// What the operator asked for, as the core needs it: plain values, already validated.
//
// Immutable once given to a Node. Where they come from (JSON, keepalived.conf) is the business of config/;
// how a check is carried out (a script, HAProxy's socket) is the business of its edge. Ranges here are
// promises the configuration keeps, not things the core checks again.
#pragma once

#include "base/address.h"
#include "base/time.h"
#include "vrrp/types.h"

#include <string>
#include <vector>

namespace baton::vrrp {

/// How adverts are summed on the way out; on the way in both forms are accepted (decision 005).
enum class ChecksumMode : std::uint8_t {
    automatic, ///< the form last accepted from a peer; the pseudo-header form until one is heard
    rfc9568,   ///< message only
    rfc5798    ///< with the IPv4 pseudo-header
};

/// How many results in a row turn a check. The first result after the start counts at once.
struct CheckSettings {
    std::string name;
    unsigned rise{1}; ///< good results in a row before it is up, >= 1
    unsigned fall{1}; ///< bad results in a row before it is down, >= 1
};

/// What a tracked thing does to the priority of an instance.
///   weight > 0: added while it is up.  weight < 0: subtracted while it is down.  weight 0: down is a fault.
struct TrackSettings {
    enum class Kind : std::uint8_t { check, interface };
    Kind kind{Kind::check};
    std::string name; ///< of a check in Settings::checks, or of an interface
    int weight{0};    ///< -253..253
};

/// One virtual router: one VRID of one family on one interface.
struct InstanceSettings {
    std::string name;
    std::string interface;
    Vrid vrid;
    Priority priority{100};                            ///< 1..254, or `owner`
    Duration advert_interval{std::chrono::seconds(1)}; ///< 10 ms..40.95 s, in steps of 10 ms
    bool preempt{true};                                ///< Preempt_Mode, RFC 9568 section 6.1
    ChecksumMode checksum{ChecksumMode::automatic};
    std::vector<Prefix> addresses; ///< at least one, all of one family, in the order of the advert
    std::vector<TrackSettings> track;
};

struct Settings {
    std::vector<CheckSettings> checks;       ///< CheckId is the place in here
    std::vector<InstanceSettings> instances; ///< InstanceId is the place in here
};

} // namespace baton::vrrp
