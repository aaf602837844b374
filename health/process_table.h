// The processes of this host by their names, looked through once for all who ask at about the same time.
//
// One that is known is opened anew for whoever asks, so what is found lives. That there is none is said after
// all have been looked at, some at a time, as there may be many thousands; not again for each who asks.
// Watches nobody (ProcessWatch does). proc(5).
#pragma once

#include "base/time.h"
#include "health/process.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace baton::health {

class ProcessTable {
public:
    using Found = std::function<void(Result<Process, Error>)>;

    /// Somebody who waits; destroying it ends that.
    struct Request {
        std::string name;
        std::chrono::steady_clock::time_point not_before; ///< what was seen earlier does not count
        Found found;
    };

    /// That a process was missing so long ago is still believed.
    static constexpr auto usual_age = std::chrono::milliseconds(100);

    explicit ProcessTable(boost::asio::io_context& loop, Duration greatest_age = usual_age)
        : loop_(loop), greatest_age_(greatest_age) {}
    ProcessTable(ProcessTable&&) = delete;

    /// One that has been seen, lives, and is still called so. Asks nobody else.
    [[nodiscard]] std::optional<Process> known(const std::string& name);

    /// Looks at all of them if need be; `anew`: one that starts right now is not to be missed. `found` is
    /// called from the loop, and must not destroy this.
    [[nodiscard]] std::shared_ptr<Request> find(const std::string& name, bool anew, Found found);

    /// How often all were looked through, or some of them.
    [[nodiscard]] std::uint64_t walks() const { return walks_; }

    /// Processes that are looked at at a time; some ten microseconds each.
    static constexpr int at_a_time = 32;

private:
    struct Directory;
    using Answer = std::pair<std::weak_ptr<Request>, Result<Process, Error>>;

    void go_on();
    void step();
    void begin_walk();
    void look_at_some(std::vector<Answer>& answers);
    void look_at(pid_t id, std::vector<Answer>& answers);
    void give_up_on_missing(std::vector<Answer>& answers);

    boost::asio::io_context& loop_;
    Duration greatest_age_;
    std::map<std::string, std::vector<pid_t>> seen_;             ///< in this walk, or the last one
    std::multimap<std::string, std::weak_ptr<Request>> waiting_; ///< by as much of the name as counts
    std::shared_ptr<Directory> walk_;                            ///< none: nobody looks
    std::chrono::steady_clock::time_point began_;
    bool complete_{false}; ///< the last walk came to its end
    std::string trouble_;  ///< why not all could be seen in it
    bool posted_{false};
    std::uint64_t walks_{0};
    /// A call may already be on its way when this is destroyed.
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)};
};

} // namespace baton::health
