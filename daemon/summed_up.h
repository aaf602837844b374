// What several requests to the kernel came to, in one line.
#pragma once

#include "base/result.h"

namespace baton::daemon {

/// Nothing failed, or all that did.
template <class Failures>
Result<void, Error> summed_up(const Failures& failures) {
    if (failures.empty())
        return {};
    return Error{describe(failures)};
}

} // namespace baton::daemon
