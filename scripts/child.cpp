#include "scripts/child.h"

#include "scripts/descriptor_limit.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace baton::scripts {
namespace {

void reset_signals() {
    struct sigaction by_default {};
    by_default.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal)
        ::sigaction(signal, &by_default, nullptr); // fails for SIGKILL and the like, which cannot be changed
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

using Step = SpawnFailure::Step;

SpawnFailure failed(Step step) { return {step, errno}; }

/// 0 from `input` or /dev/null, 1 and 2 to `output`, 3 to `report` until execve closes it, nothing above.
bool arrange_descriptors(int input, int output, int report) {
    if (input < 0)
        input = ::open("/dev/null", O_RDONLY);
    return input >= 0 && ::dup2(input, 0) == 0 && ::dup2(output, 1) == 1 && ::dup2(output, 2) == 2 &&
           ::dup3(report, 3, O_CLOEXEC) == 3 && ::close_range(4, ~0U, 0) == 0;
}

/// Groups first: whoever is no longer root may not change them.
SpawnFailure take_identity(const Identity& identity) {
    if (::setgroups(identity.others.size(), identity.others.data()) != 0)
        return failed(Step::groups);
    if (::setgid(identity.group) != 0)
        return failed(Step::group);
    if (::setuid(identity.user) != 0)
        return failed(Step::user);
    return {};
}

/// After the identity, which clears the wish (prctl(2)). Who ended in between will not tell us.
SpawnFailure follow(pid_t parent) {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return failed(Step::follow_us);
    return ::getppid() == parent ? SpawnFailure{} : SpawnFailure{Step::follow_us, ESRCH};
}

/// As it is now: it may be another file than the one that the configuration was read with.
SpawnFailure look_at_program(const Image& image) {
    struct stat found {};
    if (::stat(image.argv[0], &found) != 0)
        return failed(Step::execute);
    auto fault = mode_fault(found.st_mode);
    for (const auto* above = image.directories; *above != nullptr && fault == ModeFault::none; ++above) {
        if (::stat(*above, &found) != 0)
            return failed(Step::execute);
        fault = directory_fault(found.st_mode);
    }
    return fault == ModeFault::none ? SpawnFailure{}
                                    : SpawnFailure{Step::refuse, static_cast<std::int32_t>(fault)};
}

SpawnFailure take_surroundings(const Image& image) {
    const auto& command = *image.command;
    SpawnFailure failure;
    if (command.umask)
        ::umask(*command.umask);
    if (command.identity)
        failure = take_identity(*command.identity);
    if (failure.step == Step::none && command.dies_with_us)
        failure = follow(image.parent);
    if (failure.step == Step::none && !command.directory.empty() && ::chdir(command.directory.c_str()) != 0)
        failure = failed(Step::directory);
    if (failure.step == Step::none && command.refuse_writable)
        failure = look_at_program(image);
    return failure;
}

SpawnFailure execute(const Image& image) {
    if (const auto failure = take_surroundings(image); failure.step != Step::none)
        return failure;
    restore_descriptor_limit();
    ::execve(image.argv[0], image.argv, image.environment);
    return failed(Step::execute);
}

/// Where arrange_descriptors() does not write. What is not there stays so.
int out_of_the_way(int descriptor) {
    constexpr int first_free = 4;
    return descriptor < 0 ? descriptor : ::fcntl(descriptor, F_DUPFD_CLOEXEC, first_free);
}

} // namespace

void become(const Image& image) {
    int report = out_of_the_way(image.report);
    const int input = out_of_the_way(image.input);
    const int output = out_of_the_way(image.output);
    ::setpgid(0, 0);
    reset_signals();
    SpawnFailure failure;
    if (arrange_descriptors(input, output, report)) {
        report = 3;
        failure = execute(image);
    } else {
        failure = failed(Step::descriptors);
    }
    // Nothing can be done if even this fails; exit status 127 is a failed result all the same.
    [[maybe_unused]] const auto told = ::write(report, &failure, sizeof failure);
    ::_exit(127);
}

} // namespace baton::scripts
