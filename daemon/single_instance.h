// At most one batond in a network namespace (decision 009).
//
// An abstract Unix socket (unix(7)): the kernel keeps its name per network namespace, and frees it when the
// process ends, however it ends. Nobody ever connects to it.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

namespace baton::daemon {

/// Holds the namespace until destroyed, or says who is in the way.
[[nodiscard]] Result<Descriptor, Error> claim_namespace();

} // namespace baton::daemon
