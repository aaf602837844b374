// The routes and policy rules of the instances, as the kernel is to have them (config::HostSettings).
//
// Interfaces are named in the configuration and numbered for the kernel: the number is looked up each time.
#pragma once

#include "base/result.h"
#include "config/config.h"
#include "netlink/routes.h"
#include "netlink/rules.h"

#include <cstddef>
#include <vector>

namespace baton::daemon {

class KernelRoutes {
public:
    /// `requests` must outlive this.
    explicit KernelRoutes(netlink::Socket& requests) : routes_(requests), rules_(requests) {}

    /// Rules first, so that no packet meets a route before its rule. How many of both had to be put there;
    /// an error when one of them is not there.
    [[nodiscard]] Result<std::size_t, Error> hold(const config::HostSettings& settings);

    [[nodiscard]] Result<void, Error> release(const config::HostSettings& settings);

    /// Takes everything out that carries our mark.
    [[nodiscard]] Result<void, Error> sweep();

private:
    netlink::Routes routes_;
    netlink::Rules rules_;
};

} // namespace baton::daemon
