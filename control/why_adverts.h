// What `batonctl why` says of adverts: who is heard as Active, and what is refused.
//
// Words only, as why.h.
#pragma once

#include "control/report.h"

#include <string>
#include <vector>

namespace baton::control {

/// One line for the Active router, and one for another beside it; if adverts were refused, one for the last
/// of them and one for how many.
void add_adverts(std::vector<std::string>& lines, const Report& report, const vrrp::InstanceView& view);

} // namespace baton::control
