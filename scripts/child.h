// The way of a forked child from us to the program: its descriptors, its signals, its rights, execve(2).
//
// Only async-signal-safe calls (signal-safety(7)): a thread that held a lock when we forked is not there to
// release it. Never returns.
#pragma once

#include "scripts/spawn.h"

namespace baton::scripts {

/// What the child is given, made before the fork: it must not ask for memory.
struct Image {
    char* const* argv;
    char* const* environment;
    const Command* command;
    const char* const* directories; ///< above the program; nullptr ends them
    pid_t parent;
    int input; ///< -1: /dev/null
    int output;
    int report;
};

/// Becomes the program. If it cannot, writes a SpawnFailure to `report` and ends with status 127.
[[noreturn]] void become(const Image& image);

} // namespace baton::scripts
