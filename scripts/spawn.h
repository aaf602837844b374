// Starting one program: fork(2), a clean child, execve(2). POSIX only; no event loop, no waiting.
//
// What the child has: stdin from /dev/null, or from a file in memory that holds its input; stdout and stderr
// in one pipe, no other descriptor, a process group of its own, no signal blocked or ignored. fork, not vfork
// or posix_spawn: those hold the caller until the program has been read from its (perhaps slow, perhaps hung)
// disk (docs/decisions/003). For the same reason it is the child that looks at the program before it executes
// it.
#pragma once

#include "base/descriptor.h"
#include "scripts/command.h"

#include <boost/system/result.hpp>
#include <string>
#include <sys/types.h>

namespace baton::scripts {

/// What a child could not do on its way to becoming the program.
struct SpawnFailure {
    enum class Step : std::uint32_t {
        none,
        execute,     ///< why: an errno, as of all but the next
        refuse,      ///< why: a ModeFault
        descriptors, ///< its own
        follow_us,   ///< PR_SET_PDEATHSIG, or we were gone already
        groups,
        group,
        user,
        directory
    };

    Step step{Step::none};
    std::int32_t why{0};
};

/// A process on its way to becoming the program, and, until somebody waits for `pidfd`, at least a zombie:
/// so long its pid, and the process group of the same number, can mean nobody else.
struct Child {
    pid_t pid{0};
    Descriptor pidfd;   ///< readable once the process has ended (pidfd_open(2))
    Descriptor output;  ///< what it prints; non-blocking
    Descriptor failure; ///< non-blocking; holds a SpawnFailure if there is one, else ends empty
};

/// The environment is ours without what systemd told batond alone, and with what the command adds. An error
/// is one of our own resources (descriptors, memory, processes). That the program cannot be executed is told
/// by `failure`, once it has ended.
[[nodiscard]] boost::system::result<Child> spawn(const Command& command);

/// In words: "could not be started: No such file or directory". Of Step::execute when it is none.
[[nodiscard]] std::string describe(const SpawnFailure& failure);

} // namespace baton::scripts
