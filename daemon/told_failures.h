// Which failures of one sort are told: the first, and then one a minute with the number of those between.
//
// For what goes wrong with every advert alike, which is up to a hundred times a second.
#pragma once

#include "base/time.h"
#include "vrrp/types.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace baton::daemon {

class ToldFailures {
public:
    /// When it is to be told: how many of its sort (same instance, same words) were not, since the last that
    /// was. Nothing when it is not.
    [[nodiscard]] std::optional<std::uint64_t> admit(vrrp::InstanceId instance, const std::string& why,
                                                     Time now);

private:
    struct Gate {
        Time next;
        std::uint64_t untold{0};
    };

    void forget_old(Time now);

    std::map<std::pair<std::uint32_t, std::string>, Gate> gates_;
};

} // namespace baton::daemon
