// Accept_Mode (RFC 9568 sections 6.1 and 6.4.3): instances with `"accept": false` take no packets at their
// addresses.
//
// The drop is there before the address and goes after it, so that no packet slips through.
#pragma once

#include "base/result.h"
#include "base/strong.h"
#include "netfilter/accept_filter.h"

#include <optional>
#include <span>

namespace baton::daemon {

class AcceptMode {
public:
    /// `needed`: makes the table of the drops. Without it this asks nothing of the kernel, ever.
    [[nodiscard]] static Result<AcceptMode, Error> open(bool needed);

    /// Whether refuse() may be called.
    [[nodiscard]] bool ready() const { return filter_.has_value(); }

    /// From now on packets to these addresses are dropped. Only where it was needed.
    [[nodiscard]] Result<void, Error> refuse(IfIndex interface, std::span<const Prefix> addresses);

    /// They may be reached again.
    [[nodiscard]] Result<void, Error> accept(IfIndex interface, std::span<const Prefix> addresses);

private:
    AcceptMode() = default;

    std::optional<netfilter::AcceptFilter> filter_;
};

} // namespace baton::daemon
