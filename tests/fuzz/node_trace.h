// What a fuzzed process does, line by line on stderr, when FUZZ_TRACE is set: for people who look at a
// finding.
#pragma once

#include "base/time.h"
#include "vrrp/effect.h"
#include "vrrp/event.h"
#include "vrrp/settings.h"

namespace baton::fuzz {

[[nodiscard]] bool traced();

void trace(Time now, const vrrp::Settings& settings);
void trace(Time now, const vrrp::Event& event);
void trace(Time now, const vrrp::Effect& effect, const vrrp::Settings& settings, const std::string& failure);

} // namespace baton::fuzz
