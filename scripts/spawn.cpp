#include "scripts/spawn.h"

#include "scripts/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <vector>

namespace baton::scripts {
namespace {

struct Pipe {
    Descriptor read;
    Descriptor write;
};

using boost::system::error_code;

error_code last_error() { return {errno, boost::system::system_category()}; }

boost::system::result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return last_error();
    Pipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
    // A program that runs as somebody else may open its output anew, by the name of /dev/stderr.
    if (::fchmod(pipe.write.get(), S_IRUSR | S_IWUSR | S_IWGRP | S_IWOTH) != 0)
        return last_error();
    // Only our end: the flag belongs to the open file, and a program does not expect it on its stdout.
    if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0)
        return last_error();
    return pipe;
}

/// Signals stay blocked from before the fork until the child has reset them: none of our handlers may run
/// there.
pid_t fork_quietly(const Image& image) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0)
        become(image);
    const int why = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = why;
    return pid;
}

/// By number: the C library of Debian 12 declares its own wrapper without C linkage.
int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> result;
    result.reserve(words.size() + 1);
    for (auto& word : words)
        result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

std::string_view name_in(std::string_view entry) { return entry.substr(0, entry.find('=')); }

/// What systemd said to us alone (sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3)): a program that
/// notified in our name, or took descriptors that it does not have, would do harm.
bool ours_alone(std::string_view name) {
    constexpr std::array<std::string_view, 7> names{"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
                                                    "LISTEN_PID",    "LISTEN_FDS",   "LISTEN_FDNAMES",
                                                    "LISTEN_PIDFDID"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the command adds, and of ours what it does not name.
std::vector<char*> environment_of_child(std::vector<std::string>& added) {
    auto result = pointers(added);
    result.pop_back();
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const auto name = name_in(*entry);
        const bool replaced = std::any_of(added.begin(), added.end(),
                                          [&](const std::string& one) { return name_in(one) == name; });
        if (!replaced && !ours_alone(name))
            result.push_back(*entry);
    }
    result.push_back(nullptr);
    return result;
}

/// Neither a pipe, which a program that does not read would fill, nor a file that somebody else could read.
boost::system::result<Descriptor> file_with(std::string_view text) {
    Descriptor file(::memfd_create("input", MFD_CLOEXEC));
    if (!file)
        return last_error();
    text = text.substr(0, input_limit);
    while (!text.empty()) {
        const auto written = ::write(file.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return last_error();
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::lseek(file.get(), 0, SEEK_SET) != 0)
        return last_error();
    return file;
}

/// Waits for a child that we cannot watch.
error_code give_up(pid_t pid, error_code error) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return error;
}

} // namespace

boost::system::result<Child> spawn(const Command& command) {
    auto output = make_pipe();
    if (!output)
        return output.error();
    auto report = make_pipe();
    if (!report)
        return report.error();
    Descriptor input;
    if (!command.input.empty()) {
        auto file = file_with(command.input);
        if (!file)
            return file.error();
        input = std::move(*file);
    }

    auto arguments = command.argv;
    auto added = command.environment;
    const auto pointer_list = pointers(arguments);
    const auto environment = environment_of_child(added);
    const auto above = directories_above(command.argv.front());
    std::vector<const char*> directories;
    directories.reserve(above.size() + 1);
    for (const auto& one : above)
        directories.push_back(one.c_str());
    directories.push_back(nullptr);
    const pid_t pid = fork_quietly({pointer_list.data(), environment.data(), &command, directories.data(),
                                    ::getpid(), input.get(), output->write.get(), report->write.get()});
    if (pid < 0)
        return last_error();
    // The child does the same; whoever comes first, the group is there before we may want to kill it.
    ::setpgid(pid, pid);

    Child child{pid, Descriptor(open_pidfd(pid)), std::move(output->read), std::move(report->read)};
    if (!child.pidfd)
        return give_up(pid, last_error());
    return child;
}

std::string describe(const SpawnFailure& failure) {
    using Step = SpawnFailure::Step;
    const auto reason = std::generic_category().message(failure.why);
    switch (failure.step) {
    case Step::none:
    case Step::execute:
        break;
    case Step::refuse:
        return "was not run: the program " + std::string(describe(static_cast<ModeFault>(failure.why)));
    case Step::descriptors:
        return "could not be started: its descriptors could not be arranged: " + reason;
    case Step::follow_us:
        return "could not be started: it cannot be bound to the life of batond: " + reason;
    case Step::groups:
        return "could not be started: its groups cannot be set: " + reason;
    case Step::group:
        return "could not be started: its group cannot be set: " + reason;
    case Step::user:
        return "could not be started: its user cannot be set: " + reason;
    case Step::directory:
        return "could not be started: it cannot be in its directory: " + reason;
    }
    const bool missing = failure.why == ENOENT;
    return "could not be started: " + reason +
           (missing ? " (the program, or the interpreter that its first line names)" : "");
}

} // namespace baton::scripts
