// The verbs of scenarios, in groups; README.md beside this file describes each.
#pragma once

#include "tests/scenarios/words.h"
#include "tests/scenarios/world.h"

#include <functional>
#include <map>

namespace baton::scenarios {

using Verb = std::function<void(World&, Words&)>;
using Verbs = std::map<std::string, Verb>;

void add_node_verbs(Verbs& verbs);  ///< node change start stop crash stall release resume
void add_wire_verbs(Verbs& verbs);  ///< run delay partition deaf join inject
void add_fault_verbs(Verbs& verbs); ///< cut heal fail mend check delete tell
void add_look_verbs(Verbs& verbs);  ///< status counter hide show

} // namespace baton::scenarios
