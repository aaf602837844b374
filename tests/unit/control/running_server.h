// A control server on a thread of its own, and a client that sends exactly the octets a test wants.
#pragma once

#include "control/server.h"
#include "sample.h"
#include "tests/unit/scratch.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

namespace baton::testing {

class RunningServer {
public:
    explicit RunningServer(control::Limits limits = {}, control::Reload reload = control::sample_reload())
        : server_(loop_,
                  {[] { return control::active_report(); },
                   [reload](bool dry_run) {
                       auto answer = reload;
                       answer.dry_run = dry_run;
                       return answer;
                   },
                   {},
                   control::plan_sample,
                   [this](const std::string&, const std::string& event,
                          std::function<void(const control::HookResult&)> done) -> std::optional<Error> {
                       if (event == "stop")
                           return Error{"batond is stopping"};
                       boost::asio::post(loop_, [done = std::move(done)] { done(control::result_sample()); });
                       return std::nullopt;
                   }},
                  limits) {
        REQUIRE(server_.open(path()).has_value());
        thread_ = std::thread([this] { loop_.run(); });
    }

    /// Ends only if closing the server left nothing for the loop to wait for.
    ~RunningServer() {
        boost::asio::post(loop_, [this] { server_.close(); });
        thread_.join();
    }

    [[nodiscard]] std::string path() const { return scratch_.path("control.sock"); }

private:
    Scratch scratch_;
    boost::asio::io_context loop_;
    control::Server server_;
    std::thread thread_;
};

/// Blocks, but not for ever: what does not come in `patience` does not come.
class RawClient {
public:
    explicit RawClient(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        REQUIRE(socket_);
        const timeval time_limit{std::chrono::seconds(patience).count(), 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &time_limit, sizeof time_limit);
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &time_limit, sizeof time_limit);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        REQUIRE(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }

    /// False when the other side has hung up.
    bool send(std::string_view text) const {
        while (!text.empty()) {
            const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent < 0)
                return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// All that comes until the other side hangs up; fails the test if it does not.
    [[nodiscard]] std::string receive_to_the_end() const {
        std::string text;
        ssize_t count = 0;
        std::array<char, 65536> buffer;
        while ((count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0)) > 0)
            text.append(buffer.data(), static_cast<std::size_t>(count));
        CHECK((count == 0 || errno == ECONNRESET || errno == EPIPE));
        return text;
    }

    /// One answer: its head and as much as Content-Length says.
    [[nodiscard]] std::string receive_answer() const {
        std::string text;
        char c = 0;
        while (!text.ends_with("\r\n\r\n") && ::recv(socket_.get(), &c, 1, 0) == 1)
            text += c;
        const std::string field = "Content-Length: ";
        const auto at = text.find(field);
        REQUIRE(at != std::string::npos);
        std::string body(std::stoul(text.substr(at + field.size())), '\0');
        REQUIRE(::recv(socket_.get(), body.data(), body.size(), MSG_WAITALL) ==
                static_cast<ssize_t>(body.size()));
        return text + body;
    }

private:
    Descriptor socket_;
};

inline std::string request(const std::string& target, const std::string& more = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: batond\r\n" + more + "\r\n";
}

} // namespace baton::testing
