// Processes that live: opened so that nobody else can take their place, and found by pid file or cgroup.
//
// A process that has ended and whose parent has not asked how (a zombie) is not alive. Only the kernel is
// asked, in /proc and by pidfd_open(2); no process is touched. Sees what this PID namespace has. proc(5),
// cgroups(7).
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace baton::health {

struct Process {
    pid_t id{0};
    Descriptor pidfd{};
    std::string name{}; ///< as the kernel knows it (comm)
};

/// Digits, as /proc's directories are called.
[[nodiscard]] std::optional<pid_t> process_number(std::string_view text);

/// As the kernel knows it; of a zombie too. An error: there is none, or no more.
[[nodiscard]] Result<std::string, Error> name_of_process(pid_t id);

/// The process, when it lives. An error says what became of it.
[[nodiscard]] Result<Process, Error> open_process(pid_t id);

/// Whether it has not ended since.
[[nodiscard]] bool is_alive(const Process& process);

/// The kernel keeps 15 octets of a name: the first of `wanted`.
[[nodiscard]] std::string kept_name(const std::string& wanted);

/// Compares as much as the kernel keeps.
[[nodiscard]] bool is_called(const Process& process, const std::string& wanted);

/// The process whose number stands in the first line of a file, with spaces around it or not.
[[nodiscard]] Result<Process, Error> process_of_pid_file(const std::string& path);

/// The first in `directory`/cgroup.procs that lives, and is called so (empty: whatever it is called).
[[nodiscard]] Result<Process, Error> process_of_cgroup(const std::string& directory, const std::string& name);

} // namespace baton::health
