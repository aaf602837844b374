#include "health/systemd_probe.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <optional>
#include <poll.h>
#include <systemd/sd-bus.h>
#include <utility>

namespace baton::health {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto systemd = "org.freedesktop.systemd1";
constexpr auto unit_interface = "org.freedesktop.systemd1.Unit";
constexpr auto service_interface = "org.freedesktop.systemd1.Service";

std::string reason_of(int negative) {
    return error_code(-negative, boost::system::system_category()).message();
}

struct CloseBus {
    void operator()(sd_bus* bus) const { sd_bus_close_unref(bus); } // sends nothing more, so it does not wait
};
using Bus = std::unique_ptr<sd_bus, CloseBus>;

/// Other kinds of addresses would start programs, or make sd-bus try one after the other.
bool is_one_socket(const std::string& address) {
    return address.starts_with("unix:") && address.find(';') == std::string::npos;
}

/// Begins to connect: nothing is waited for. 0, or why not.
int open_bus(const std::string& address, Bus& bus) {
    sd_bus* made = nullptr;
    if (const int failed = sd_bus_new(&made); failed < 0)
        return failed;
    bus.reset(made);
    if (const int failed = sd_bus_set_address(made, address.c_str()); failed < 0)
        return failed;
    if (const int failed = sd_bus_set_bus_client(made, 1); failed < 0)
        return failed;
    return sd_bus_start(made);
}

std::string path_of(const std::string& unit) {
    char* path = nullptr;
    if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path) < 0)
        return {};
    const std::unique_ptr<char, decltype(&std::free)> kept(path, &std::free);
    return path;
}

/// Lives as long as a handler of it is on its way; after cancel() it tells nobody.
class Inquiry : public std::enable_shared_from_this<Inquiry> {
public:
    Inquiry(asio::io_context& loop, const SystemdCheck& settings, Done done)
        : unit_(settings.unit), path_(path_of(settings.unit)), address_(settings.bus), done_(std::move(done)),
          socket_(loop) {}

    void begin();
    void cancel();
    [[nodiscard]] std::string late() const { return "no answer from systemd about " + unit_; }

private:
    void open();
    void ask(const char* interface, const char* property);
    void take(sd_bus_message* reply);
    void take_active_state(const std::string& state);
    void take_load_state(const std::string& state);
    void take_result(const std::string& result);
    void conclude(bool ok, std::string detail) { finding_ = Finding{.ok = ok, .detail = std::move(detail)}; }

    void go_on();
    void wait();
    void wait_for(asio::posix::stream_descriptor::wait_type what, bool& waiting);
    void let_go();

    std::string unit_;
    std::string path_;
    std::string address_;
    Done done_;
    Bus bus_;
    asio::posix::stream_descriptor socket_; ///< the bus's, owns nothing
    bool reading_{false};
    bool writing_{false};
    std::string asked_{}; ///< the property whose value is to come
    std::string active_state_{};
    std::optional<Finding> finding_{}; ///< told when sd-bus is not at work
};

void Inquiry::begin() {
    open();
    if (!finding_)
        ask(unit_interface, "ActiveState");
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->go_on(); });
}

void Inquiry::open() {
    if (!is_one_socket(address_))
        return conclude(false, "\"" + address_ + "\" is no address of a Unix socket");
    int failed = open_bus(address_, bus_);
    error_code refused;
    if (failed >= 0)
        socket_.assign(sd_bus_get_fd(bus_.get()), refused);
    if (refused)
        failed = -refused.value();
    if (failed < 0)
        conclude(false, address_ + ": " + reason_of(failed));
}

void Inquiry::ask(const char* interface, const char* property) {
    asked_ = property;
    const auto answered = [](sd_bus_message* reply, void* self, sd_bus_error*) {
        static_cast<Inquiry*>(self)->take(reply);
        return 0;
    };
    const int failed = sd_bus_call_method_async(bus_.get(), nullptr, systemd, path_.c_str(),
                                                "org.freedesktop.DBus.Properties", "Get", answered, this,
                                                "ss", interface, property);
    if (failed < 0)
        conclude(false, unit_ + " cannot be asked for: " + reason_of(failed));
}

void Inquiry::take(sd_bus_message* reply) {
    const char* text = nullptr;
    if (const auto* const error = sd_bus_message_get_error(reply); error != nullptr && asked_ != "Result")
        return conclude(false, unit_ + ": " + (error->message != nullptr ? error->message : error->name));
    if (sd_bus_message_read(reply, "v", "s", &text) < 0 && asked_ != "Result")
        return conclude(false, unit_ + ": systemd's answer to " + asked_ + " is no text");
    const std::string value = text == nullptr ? "" : text;
    if (asked_ == "ActiveState")
        take_active_state(value);
    else if (asked_ == "LoadState")
        take_load_state(value);
    else
        take_result(value);
}

void Inquiry::take_active_state(const std::string& state) {
    active_state_ = state;
    if (state == "active" || state == "reloading" || state == "refreshing") // the last since systemd 257
        conclude(true, unit_ + " is " + state);
    else
        ask(unit_interface, "LoadState");
}

void Inquiry::take_load_state(const std::string& state) {
    if (state != "loaded")
        conclude(false, unit_ + " is " + active_state_ + ": its unit file is " + state);
    else if (unit_.ends_with(".service"))
        ask(service_interface, "Result");
    else
        take_result("");
}

/// Why it is not active. Nice to know: that it could not be learnt is no fault.
void Inquiry::take_result(const std::string& result) {
    const bool says_nothing = result.empty() || result == "success";
    conclude(false, unit_ + " is " + active_state_ + (says_nothing ? "" : " (" + result + ")"));
}

/// Lets sd-bus do what can be done now; each step is one message, or a piece of it.
void Inquiry::go_on() {
    constexpr int most = 64; // at a time
    for (int step = 0; done_ && !finding_ && step < most; ++step) {
        const int did = sd_bus_process(bus_.get(), nullptr);
        if (did < 0)
            conclude(false, address_ + ": " + reason_of(did));
        if (did <= 0)
            break;
    }
    if (!done_)
        return;
    if (!finding_)
        return wait();
    const auto done = std::exchange(done_, nullptr);
    let_go();
    done(std::move(*finding_)); // may destroy the probe; this lives as long as the handler
}

void Inquiry::wait() {
    const int events = sd_bus_get_events(bus_.get());
    wait_for(socket_.wait_read, reading_);
    if (events > 0 && (events & POLLOUT) != 0)
        wait_for(socket_.wait_write, writing_);
}

void Inquiry::wait_for(asio::posix::stream_descriptor::wait_type what, bool& waiting) {
    if (std::exchange(waiting, true))
        return;
    socket_.async_wait(what, [self = shared_from_this(), &waiting](const error_code& cancelled) {
        waiting = false;
        if (!cancelled)
            self->go_on();
    });
}

void Inquiry::cancel() {
    done_ = nullptr;
    let_go();
}

void Inquiry::let_go() {
    if (socket_.is_open())
        (void)socket_.release(); // before the bus closes it
    bus_.reset();
}

class SystemdProbe : public Probe {
public:
    explicit SystemdProbe(std::shared_ptr<Inquiry> inquiry) : inquiry_(std::move(inquiry)) {}
    ~SystemdProbe() override { inquiry_->cancel(); }

    std::string late() override { return inquiry_->late(); }

private:
    std::shared_ptr<Inquiry> inquiry_;
};

} // namespace

std::unique_ptr<Probe> start_systemd(asio::io_context& loop, const SystemdCheck& settings, Done done) {
    auto inquiry = std::make_shared<Inquiry>(loop, settings, std::move(done));
    inquiry->begin();
    return std::make_unique<SystemdProbe>(std::move(inquiry));
}

} // namespace baton::health
