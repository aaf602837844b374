// Any story of one host: settings, then events at their times, into vrrp::Node.
//
// The bytes are choices (input.h): first the settings (node_settings.cpp), then one action after the other
// (node_process.cpp). What must always be true is checked after each by tests/sim/watch.h, and by the process
// itself: what is refused moves nothing, what is sent can be read, who is asked to stop stops and lets go.
#include "tests/fuzz/node_process.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr unsigned most_actions = 250;
    baton::fuzz::Input input({data, size});
    baton::fuzz::Process process(input);
    for (unsigned i = 0; i < most_actions && !input.empty() && !process.stopped(); ++i)
        process.act();
    process.end();
    return 0;
}
