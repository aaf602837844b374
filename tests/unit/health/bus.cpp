#include "tests/unit/health/bus.h"

#include "tests/unit/scratch.h"

#include <array>
#include <csignal>
#include <map>
#include <sys/prctl.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

namespace baton::testing {
namespace {

/// Of these units, what each property is. Of others, and of what is not here, an error.
const std::map<std::string, std::string> properties{
    {"running.service ActiveState", "active"},       {"reloading.service ActiveState", "reloading"},
    {"failed.service ActiveState", "failed"},        {"failed.service LoadState", "loaded"},
    {"failed.service Result", "exit-code"},          {"stopped.service ActiveState", "inactive"},
    {"stopped.service LoadState", "loaded"},         {"stopped.service Result", "success"},
    {"starting.service ActiveState", "activating"},  {"starting.service LoadState", "loaded"},
    {"missing.service ActiveState", "inactive"},     {"missing.service LoadState", "not-found"},
    {"srv-mail.mount ActiveState", "failed"},        {"srv-mail.mount LoadState", "loaded"},
    {"with space@x-1.service ActiveState", "active"}};

int answer(sd_bus_message* call, void*, sd_bus_error*) {
    if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "Get") <= 0)
        return 0;
    const char* interface = nullptr;
    const char* property = nullptr;
    char* unit = nullptr;
    if (sd_bus_message_read(call, "ss", &interface, &property) < 0 ||
        sd_bus_path_decode(sd_bus_message_get_path(call), "/org/freedesktop/systemd1/unit", &unit) <= 0)
        return 0;
    const std::string name = unit;
    ::free(unit);
    if (name == "hung.service")
        return 1; // and no answer
    if (name == "odd.service")
        return sd_bus_reply_method_return(call, "v", "u", 7);
    const bool of_service = std::string(property) == "Result";
    const bool asked_well = std::string(interface) == (of_service ? "org.freedesktop.systemd1.Service"
                                                                  : "org.freedesktop.systemd1.Unit");
    const auto value = properties.find(name + " " + property);
    if (value == properties.end() || !asked_well)
        return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_ACCESS_DENIED, "Access to %s denied",
                                          name.c_str());
    return sd_bus_reply_method_return(call, "v", "s", value->second.c_str());
}

[[noreturn]] void serve(const std::string& address, int ready) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    sd_bus* bus = nullptr;
    if (sd_bus_new(&bus) < 0 || sd_bus_set_address(bus, address.c_str()) < 0 ||
        sd_bus_set_bus_client(bus, 1) < 0 || sd_bus_start(bus) < 0 ||
        sd_bus_add_fallback(bus, nullptr, "/org/freedesktop/systemd1/unit", answer, nullptr) < 0 ||
        sd_bus_request_name(bus, "org.freedesktop.systemd1", 0) < 0 || ::write(ready, "\n", 1) != 1)
        ::_exit(1);
    for (;;) {
        if (sd_bus_process(bus, nullptr) < 0)
            ::_exit(1);
        sd_bus_wait(bus, UINT64_MAX);
    }
}

[[noreturn]] void become_daemon(const std::string& configuration, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(output, STDOUT_FILENO);
    ::execlp("dbus-daemon", "dbus-daemon", "--nofork", "--nopidfile", "--print-address=1", "--config-file",
             configuration.c_str(), nullptr);
    ::_exit(127);
}

struct Started {
    pid_t id{0};
    std::string line{}; ///< that it has written
};

/// Runs `child` with the end of a pipe, and awaits a line from there.
template <class Child>
Started start(Child child) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    Started started{.id = ::fork()};
    REQUIRE(started.id >= 0);
    if (started.id == 0)
        child(pipe[1]);
    ::close(pipe[1]);
    for (char c = 0; ::read(pipe[0], &c, 1) == 1 && c != '\n';)
        started.line += c;
    ::close(pipe[0]);
    return started;
}

void end(pid_t id) {
    if (id <= 0)
        return;
    ::kill(id, SIGKILL);
    ::waitpid(id, nullptr, 0);
}

} // namespace

Bus::Bus(const Scratch& scratch) {
    std::ofstream(scratch.path("bus.conf"))
        << "<busconfig><type>session</type><listen>unix:path=" << scratch.path("bus")
        << "</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\" "
           "eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>"
           "<allow own=\"*\"/></policy></busconfig>\n";
    const auto started = start([&](int output) { become_daemon(scratch.path("bus.conf"), output); });
    daemon_ = started.id;
    REQUIRE_MESSAGE(started.line.starts_with("unix:"), "no dbus-daemon (Debian package dbus-daemon)");
    address_ = "unix:path=" + scratch.path("bus");
}

Bus::~Bus() {
    end(systemd_);
    end(daemon_);
}

void Bus::start_systemd() {
    systemd_ = start([this](int ready) { serve(address_, ready); }).id;
}

} // namespace baton::testing
