// A run that is over as soon as it has begun: what it found is told by the loop, as every probe promises.
//
// For checks that ask the kernel alone, and for runs that could not even begin.
#pragma once

#include "health/probe.h"

#include <boost/asio/io_context.hpp>

namespace baton::health {

[[nodiscard]] std::unique_ptr<Probe> start_found(boost::asio::io_context& loop, Finding finding, Done done);

} // namespace baton::health
