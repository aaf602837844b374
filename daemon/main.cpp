// batond: reads its command line and its configuration, starts the daemon, and runs the loop.
#include "auth/keys.h"
#include "config/load.h"
#include "daemon/daemon.h"
#include "daemon/interfaces.h"
#include "daemon/options.h"
#include "daemon/privileges.h"
#include "daemon/single_instance.h"
#include "health/trust.h"
#include "scripts/descriptor_limit.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <iostream>
#include <sys/stat.h>
#include <unistd.h>

namespace baton::daemon {
namespace {

/// "1 error", "2 errors"
std::string counted(std::size_t count, const std::string& noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// Every error of the configuration, one a line, and how many there are.
int refuse(const config::Errors& errors) {
    for (const auto& error : errors)
        std::cerr << describe(error) << '\n';
    std::cerr << "batond: " << counted(errors.size(), "error")
              << " in the configuration; nothing was started\n";
    return bad_configuration;
}

/// What is found of certificates stays in `trust`, for the checks.
config::Host this_host(health::Trust& trust) {
    config::Host host;
    for (const auto& [name, index] : interfaces_of_this_host())
        host.interfaces.push_back(name);
    host.key_file_fault = [](const std::string& path) {
        const auto keys = auth::KeyRing::read(path);
        return keys ? std::string() : keys.error().text;
    };
    host.ca_file_fault = [&trust](const std::string& path) {
        const auto trusted = trust.context_for({.ca_file = path});
        return trusted ? std::string() : trusted.error().text;
    };
    return host;
}

int fail(Log& log, const std::string& why) {
    log.cannot_start(why);
    return failed;
}

int run(config::Config config, health::Trust& trust, const Options& options) {
    Log log(options.log_format, options.log_level);
    scripts::raise_descriptor_limit();
    if (const auto missing = missing_privileges(own_capabilities()))
        return fail(log, missing->text);
    const auto claim = claim_namespace();
    if (!claim)
        return fail(log, claim.error().text);
    if (mkdir(options.runtime_dir.c_str(), 0755) != 0 && errno != EEXIST)
        return fail(log, "the runtime directory " + options.runtime_dir +
                             " cannot be made: " + std::strerror(errno));

    auto signatures = Signatures::open(config);
    if (!signatures)
        return fail(log, signatures.error().text);
    if (const auto pause = signatures->hold_off(); pause != Duration::zero())
        log.held_off(pause);

    boost::asio::io_context io(1);
    const bool drops = std::any_of(config.host.begin(), config.host.end(),
                                   [](const config::HostSettings& host) { return !host.accept; });
    auto kernel = KernelParts::open(io, drops);
    if (!kernel)
        return fail(log, kernel.error().text);
    const auto load = [path = options.config, &trust] { return config::load_file(path, this_host(trust)); };
    Daemon daemon(io, std::move(config), load, trust, {std::move(*kernel), std::move(*signatures)}, log);
    if (const auto started = daemon.start(options.runtime_dir + "/control.sock"); !started)
        return fail(log, started.error().text);
    daemon.run();
    return stopped_cleanly;
}

/// Whoever started us may have closed these three. A socket that got such a number would get the log lines,
/// or what a library prints.
bool occupy_standard_descriptors() {
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(standard, F_GETFD) == -1 && open("/dev/null", O_RDWR | O_NOCTTY) != standard)
            return false;
    return true;
}

int batond(int argc, const char* const* argv) {
    const auto parsed = parse_options(argc, argv);
    if (!parsed.options)
        return parsed.exit_status;
    health::Trust trust;
    auto config = config::load_file(parsed.options->config, this_host(trust));
    if (!config)
        return refuse(config.error());
    if (parsed.options->check) {
        const auto& settings = config->settings;
        std::cout << parsed.options->config << ": good; " << counted(settings.instances.size(), "instance")
                  << ", " << counted(settings.checks.size(), "check") << '\n';
        return stopped_cleanly;
    }
    return run(std::move(*config), trust, *parsed.options);
}

} // namespace
} // namespace baton::daemon

int main(int argc, char** argv) {
    if (!baton::daemon::occupy_standard_descriptors()) {
        std::cerr << "batond: /dev/null cannot be opened\n";
        return baton::daemon::failed;
    }
    std::signal(SIGPIPE, SIG_IGN); // a log reader or an API client that left is an error of write(2), no more
    try {
        return baton::daemon::batond(argc, argv);
    } catch (const std::exception& error) {
        // Only what the system refuses at start comes this way: no timer, no memory.
        std::cerr << "batond: " << error.what() << '\n';
        return baton::daemon::failed;
    }
}
