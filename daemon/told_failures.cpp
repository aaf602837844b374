#include "daemon/told_failures.h"

namespace baton::daemon {
namespace {

constexpr Duration pause = std::chrono::minutes(1);

} // namespace

std::optional<std::uint64_t> ToldFailures::admit(vrrp::InstanceId instance, const std::string& why,
                                                 Time now) {
    const auto found = gates_.find({instance.value, why});
    if (found == gates_.end()) {
        forget_old(now);
        gates_.emplace(std::pair(instance.value, why), Gate{now + pause});
        return 0;
    }
    auto& gate = found->second;
    if (now < gate.next) {
        ++gate.untold;
        return std::nullopt;
    }
    gate.next = now + pause;
    return std::exchange(gate.untold, 0);
}

/// What has not been told for a while may be over, and words may hold anything.
void ToldFailures::forget_old(Time now) {
    std::erase_if(gates_, [&](const auto& gate) { return gate.second.next + pause < now; });
}

} // namespace baton::daemon
