#include "health/process.h"

#include "health/excerpt.h"
#include "health/number.h"
#include "health/small_file.h"

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <limits>
#include <poll.h>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

namespace baton::health {
namespace {

constexpr std::size_t longest_name = 15;            // TASK_COMM_LEN, without its end
constexpr std::size_t pid_file_limit = 4096;        // some programs write more than their number
constexpr std::size_t cgroup_limit = 1024U * 1024U; // more than a hundred thousand processes

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

} // namespace

std::optional<pid_t> process_number(std::string_view text) {
    const auto number = number_from(text);
    if (!number || *number == 0 || *number > std::numeric_limits<pid_t>::max())
        return std::nullopt;
    return static_cast<pid_t>(*number);
}

Result<std::string, Error> name_of_process(pid_t id) {
    auto name = read_small_file("/proc/" + std::to_string(id) + "/comm", 64);
    if (name)
        name->resize(std::min(name->size(), name->find('\n')));
    return name;
}

bool is_alive(const Process& process) {
    pollfd ended{process.pidfd.get(), POLLIN, 0};
    return ::poll(&ended, 1, 0) == 0; // of one that has ended it can be read; a zombie has
}

Result<Process, Error> open_process(pid_t id) {
    const auto number = "process " + std::to_string(id);
    Process process{.id = id, .pidfd = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, id, 0)))};
    if (!process.pidfd && errno != ESRCH && errno != EINVAL) // EINVAL: the number of a thread
        return Error{number + ": " +
                     boost::system::error_code(errno, boost::system::system_category()).message()};
    if (!process.pidfd)
        return Error{"there is no " + number};
    auto name = name_of_process(id);
    if (!is_alive(process)) // only now: the name is that of this process, or it has ended
        return Error{number + " has ended"};
    if (!name)
        return name.error();
    process.name = std::move(*name);
    return process;
}

std::string kept_name(const std::string& wanted) { return wanted.substr(0, longest_name); }

bool is_called(const Process& process, const std::string& wanted) {
    return process.name == kept_name(wanted);
}

Result<Process, Error> process_of_pid_file(const std::string& path) {
    const auto text = read_small_file(path, pid_file_limit);
    if (!text)
        return text.error();
    const auto line = std::string(trimmed(first_line(*text)));
    if (line.empty())
        return Error{path + ": has no number of a process in its first line"};
    const auto id = process_number(line);
    if (!id)
        return Error{path + ": " + quoted(excerpt(line)) + " is no number of a process"};
    auto process = open_process(*id);
    if (!process)
        return Error{path + ": " + process.error().text};
    return process;
}

Result<Process, Error> process_of_cgroup(const std::string& directory, const std::string& name) {
    const auto text = read_small_file(directory + "/cgroup.procs", cgroup_limit);
    if (!text)
        return text.error();
    for (std::string_view rest = *text; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto id = process_number(line); // 0: of a PID namespace that cannot be seen from here
        auto process = id ? open_process(*id) : Result<Process, Error>(Error{});
        if (process && (name.empty() || is_called(*process, name)))
            return process;
    }
    return Error{directory + ": has no living process" + (name.empty() ? "" : " called " + quoted(name))};
}

} // namespace baton::health
