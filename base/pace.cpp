#include "base/pace.h"

#include <algorithm>

namespace baton {
namespace {

Duration part_of(Duration whole, double chance) {
    return Duration(static_cast<Duration::rep>(static_cast<double>(whole.count()) * chance));
}

} // namespace

Duration pause_of(Duration interval, Duration jitter, double chance) {
    return std::max(Duration::zero(), interval - jitter + part_of(2 * jitter, chance));
}

Duration first_pause_of(Duration interval, double chance) { return part_of(interval, chance); }

} // namespace baton
