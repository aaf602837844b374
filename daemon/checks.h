// The checks of the configuration as they run: started, stopped, left alone.
#pragma once

#include "base/verdict.h"
#include "config/config.h"
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
    /// `on_result` gets the name of the check; it must not call fit().
    Checks(boost::asio::io_context& io, std::function<void(const std::string&, const Verdict&)> on_result)
        : io_(io), on_result_(std::move(on_result)) {}

    /// One that is as it was goes on, in the rhythm it has, and trusts what its CA file has by now; the
    /// others end, in the middle of a run if need be.
    void fit(const config::Config& config);

private:
    struct Running {
        config::Check check;
        std::unique_ptr<scripts::TrackScript> script; ///< of a program
        std::unique_ptr<health::Prober> prober;       ///< of everything else
    };

    void start(const std::string& name, Running& running);
    void read_certificates_again(Running& running);

    boost::asio::io_context& io_;
    std::function<void(const std::string&, const Verdict&)> on_result_;
    std::map<std::string, Running> running_; ///< by name
};

} // namespace baton::daemon
