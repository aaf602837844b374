// Starting one program: fork(2), a clean child, execve(2). POSIX only; no event loop, no waiting.
//
// What the child has: stdin from /dev/null, stdout and stderr in one pipe, no other descriptor, a process
// group of its own, no signal blocked or ignored. fork, not vfork or posix_spawn: those hold the caller until
// the program has been read from its (perhaps slow, perhaps hung) disk (docs/decisions/003).
#pragma once

#include "base/descriptor.h"

#include <boost/system/result.hpp>
#include <string>
#include <sys/types.h>
#include <vector>

namespace baton::scripts {

/// A process on its way to becoming the program, and, until somebody waits for `pidfd`, at least a zombie:
/// so long its pid, and the process group of the same number, can mean nobody else.
struct Child {
    pid_t pid{0};
    Descriptor pidfd;      ///< readable once the process has ended (pidfd_open(2))
    Descriptor output;     ///< what it prints; non-blocking
    Descriptor exec_error; ///< non-blocking; holds an errno (an int) if execve failed, else ends empty
};

/// `argv[0]` is the path of the program; the environment is ours without what systemd
/// told batond alone. An error is one of our own resources
/// (descriptors, processes). That the program cannot be executed is told by `exec_error`, once it has ended.
[[nodiscard]] boost::system::result<Child> spawn(const std::vector<std::string>& argv);

} // namespace baton::scripts
