// The checks of the configuration as they run: started, stopped, left alone.
#pragma once

#include "base/verdict.h"
#include "config/config.h"
#include "config/difference.h"
#include "daemon/check_runner.h"
#include "daemon/turns.h"
#include "health/prober.h"
#include "scripts/track_script.h"

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace baton::daemon {

class Checks {
public:
    /// `on_result` gets the name of the check; it must not call fit(). `trust` outlives this.
    Checks(boost::asio::io_context& io, health::Trust& trust,
           std::function<void(const std::string&, const Verdict&)> on_result)
        : io_(io), trust_(trust), on_result_(std::move(on_result)) {}

    /// Those that `runs` says, by name, begun by the loop. One that is as it was goes on, in the rhythm it
    /// has, and trusts what its CA file has by now; the others end, in the middle of a run if need be.
    /// Certificates are read here for all, also for those that run only later.
    void fit(const config::Config& config, const std::function<bool(const std::string&)>& runs);

    /// Where other certificates stand than those that a check trusts; one whose `ca_file` is another now is
    /// not among them.
    [[nodiscard]] config::FilesByName renewed_certificates(const config::Config& config) const;

    /// From now on, or no longer. Done by the loop: may be called from on_result. Of another check than those
    /// of the configuration, nothing is done.
    void run(const std::string& name, bool runs);

private:
    struct Running {
        config::Check check;
        bool wanted{false};
        Trusted trusted{health::Trust::Context()};
        std::unique_ptr<scripts::TrackScript> script; ///< of a program
        std::unique_ptr<health::Prober> prober;       ///< of everything else

        [[nodiscard]] bool runs() const { return script || prober; }
    };

    static void end(Running& running);
    void follow_later(const std::string& name);
    void follow(const std::string& name, Running& running);
    void start(const std::string& name, Running& running);
    void renew_trust(Running& running);

    boost::asio::io_context& io_;
    health::Trust& trust_;
    std::function<void(const std::string&, const Verdict&)> on_result_;
    Watched watched_{io_};
    Turns turns_{io_};                       ///< a start each: a thousand in a row would hold up adverts
    std::map<std::string, Running> running_; ///< by name
    /// A call may already be on its way when this is destroyed.
    std::shared_ptr<bool> alive_{std::make_shared<bool>(true)};
};

} // namespace baton::daemon
