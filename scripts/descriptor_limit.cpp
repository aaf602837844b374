#include "scripts/descriptor_limit.h"

#include <optional>
#include <sys/resource.h>

namespace baton::scripts {
namespace {

std::optional<rlimit> at_start;

} // namespace

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    const auto before = limit;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) == 0)
        at_start = before;
}

void restore_descriptor_limit() {
    if (at_start)
        ::setrlimit(RLIMIT_NOFILE, &*at_start);
}

} // namespace baton::scripts
