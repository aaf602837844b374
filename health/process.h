// Processes that live: opened so that nobody else can take their place, and found by pid file, cgroup or
// name.
//
// A process that has ended and whose parent has not asked how (a zombie) is not alive. Only the kernel is
// asked, in /proc and by pidfd_open(2); no process is touched. Sees what this PID namespace has. proc(5),
// cgroups(7).
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace baton::health {

struct Process {
    pid_t id{0};
    Descriptor pidfd{};
    std::string name{}; ///< as the kernel knows it (comm)
};

/// The process, when it lives. An error says what became of it.
[[nodiscard]] Result<Process, Error> open_process(pid_t id);

/// Whether it has not ended since.
[[nodiscard]] bool is_alive(const Process& process);

/// The kernel keeps 15 octets of a name: the first of `wanted` count.
[[nodiscard]] bool is_called(const Process& process, const std::string& wanted);

/// The process whose number stands in the first line of a file, with spaces around it or not.
[[nodiscard]] Result<Process, Error> process_of_pid_file(const std::string& path);

/// The first in `directory`/cgroup.procs that lives, and is called so (empty: whatever it is called).
[[nodiscard]] Result<Process, Error> process_of_cgroup(const std::string& directory, const std::string& name);

/// Looks through all processes for one of a name, some at a time: there may be many thousands.
class NameSearch {
public:
    explicit NameSearch(std::string name);
    NameSearch(NameSearch&&) noexcept;
    NameSearch& operator=(NameSearch&&) noexcept;
    ~NameSearch();

    /// Looks at some more. Nothing: there are still others.
    [[nodiscard]] std::optional<Result<Process, Error>> look_on();

    /// Processes that are looked at at a time; some ten microseconds each.
    static constexpr int at_a_time = 32;

private:
    struct Directory;

    std::string name_;
    std::unique_ptr<Directory> processes_;
};

} // namespace baton::health
