#include "control/commands_drill.h"

#include "base/duration.h"
#include "control/address_probe.h"
#include "control/client.h"

#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <thread>

namespace baton::control {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Duration as_long_as_it_takes = std::chrono::hours(48); ///< release hooks
constexpr auto first_tries = 5;
constexpr auto look_again = 20ms;
constexpr auto come_back = 60s; ///< beyond what preempt_delay and a gate take

struct Drill {
    const DrillCommand& command;
    Duration hold;
    std::string target; ///< of the instance: "/v1/instances/VI_1"
    Json before;
    Json steps = Json::array();
    std::string until{}; ///< when our own release ends, RFC 3339
};

Result<Json, Error> instance(const Drill& drill) { return get(drill.command.socket, drill.target); }

/// One that is not link-local, if there is one.
Result<AddressProbe::Target, Error> probed(const Drill& drill) {
    std::optional<IpAddress> chosen;
    for (const auto& text : drill.before.at("addresses")) {
        const auto prefix = text.get<std::string>();
        const auto address = IpAddress::parse(prefix.substr(0, prefix.find('/')));
        if (address && (!chosen || chosen->is_link_local()))
            chosen = *address;
    }
    if (!chosen)
        return Error{"it has no address to knock at"};
    return AddressProbe::Target{*chosen, drill.before.at("interface").get<std::string>(), drill.command.port};
}

/// A rehearsal that begins on the wrong node, or measures nothing, is none.
Result<void, Error> ready(const Drill& drill, const AddressProbe& probe, const IpAddress& address) {
    const auto state = drill.before.at("state").get<std::string>();
    if (state != "active" || drill.before.at("handing_over").get<bool>()) {
        const auto& active = drill.before.at("active_router");
        return Error{drill.command.instance + " is " + state + " here; run the drill where it is active" +
                     (active.is_null() ? "" : ": at " + active.get<std::string>())};
    }
    for (int i = 0; i < first_tries; ++i)
        if (probe.answers())
            return {};
    return Error{address.to_string() +
                 (drill.command.port
                      ? " does not answer at port " + std::to_string(*drill.command.port) +
                            ", with the address still here; nothing was moved"
                      : " does not answer here; name a port that is open, such as --port 25. Nothing "
                        "was moved")};
}

/// A step with what the probe saw in it.
void note(Drill& drill, const std::string& step, Clock::duration took, const std::string& text,
          AddressProbe& probe) {
    const auto seen = probe.seen();
    drill.steps.push_back(
        {{"step", step},
         {"took_ms", std::chrono::duration<double, std::milli>(took).count()},
         {"text", text},
         {"tries", seen.tries},
         {"unanswered", seen.unanswered},
         {"longest_gap_ms", std::chrono::duration<double, std::milli>(seen.longest_gap).count()}});
}

Result<void, Error> go(Drill& drill, AddressProbe& probe) {
    const auto begun = Clock::now();
    const auto ends_by_itself = format_duration(std::chrono::ceil<std::chrono::seconds>(drill.hold) + 60s);
    const auto reply =
        post(drill.command.socket, drill.target + "/release?for=" + ends_by_itself, as_long_as_it_takes);
    if (!reply)
        return reply.error();
    if (!reply->body.contains("instances"))
        return Error{reply->body.at("error").get<std::string>()};
    std::string text;
    for (const auto& one : reply->body.at("instances"))
        if (one.at("name") == drill.command.instance)
            text = one.at("text").get<std::string>();
    if (reply->status != 200)
        return Error{"it was not handed over: " + text + "; nothing was moved"};
    drill.until = reply->body.at("until").get<std::string>();
    note(drill, "release", Clock::now() - begun, text, probe);
    return {};
}

void stay_away(Drill& drill, AddressProbe& probe) {
    const auto begun = Clock::now();
    std::this_thread::sleep_for(drill.hold);
    const auto there = instance(drill);
    const auto router = there ? there->at("active_router") : Json();
    note(drill, "away", Clock::now() - begun,
         router.is_null() ? "no Active router was heard" : router.get<std::string>() + " is Active", probe);
}

/// Whether it is to be Active again once it is resumed, as far as can be told here.
bool preempts(const Json& view) {
    const auto& other = view.at("active_router_priority");
    return other.is_null() || (view.at("preempt").get<bool>() &&
                               view.at("priority").at("effective").get<int>() > other.get<int>());
}

std::time_t seconds_of(const std::string& rfc3339) {
    std::tm parts{};
    std::istringstream(rfc3339) >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%S");
    return ::timegm(&parts);
}

/// By its end, which is told with a second's rounding, and is another one for who releases it anew.
bool is_our_release(const Drill& drill, const Json& view) {
    const auto& until = view.at("release_until");
    return !until.is_null() && std::abs(seconds_of(until.get<std::string>()) - seconds_of(drill.until)) <= 2;
}

std::string release_end(const Json& view) {
    const auto& until = view.at("release_until");
    return until.is_null() ? "it is resumed" : until.get<std::string>() + " or until it is resumed";
}

/// Its preempt_delay, or the hooks of its gate, are not over.
bool still_waits(const Json& view) {
    return !view.at("preempts_from").is_null() || view.at("gate_running") == true;
}

Result<void, Error> come_home(Drill& drill, AddressProbe& probe) {
    const auto begun = Clock::now();
    const auto away = instance(drill);
    if (!away)
        return away.error();
    if (away->at("released") == true && !is_our_release(drill, *away))
        return Error{"somebody else has released " + drill.command.instance +
                     " meanwhile: it stays out of the election, until " + release_end(*away) +
                     "; the way back was not rehearsed"};
    const auto reply = post(drill.command.socket, drill.target + "/resume");
    if (!reply)
        return reply.error();
    if (reply->status != 200)
        return Error{reply->body.at("error").get<std::string>()};
    if (!preempts(*away)) {
        note(drill, "resume", Clock::now() - begun,
             "takes part again; the other node stays Active, by the settings", probe);
        return {};
    }
    for (auto until = begun + come_back; Clock::now() < until;) {
        const auto now = instance(drill);
        if (!now)
            return now.error();
        if (now->at("state") == "active") {
            note(drill, "back", Clock::now() - begun, now->at("reason").get<std::string>(), probe);
            return {};
        }
        if (still_waits(*now))
            until = Clock::now() + come_back;
        std::this_thread::sleep_for(look_again);
    }
    return Error{drill.command.instance + " was not Active again after 60s; `batonctl why " +
                 drill.command.instance + "` says what it waits for"};
}

std::string milliseconds_of(const Json& value) {
    return format_milliseconds(
        std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(value.get<double>())));
}

void print(const Drill& drill, const IpAddress& address, std::ostream& out) {
    out << "drill of " << drill.command.instance << ", knocking at " << address.to_string()
        << (drill.command.port ? " port " + std::to_string(*drill.command.port) : "")
        << " every 20 ms from here\n";
    for (const auto& step : drill.steps)
        out << step.at("step").get<std::string>() << " in " << milliseconds_of(step.at("took_ms")) << ": "
            << step.at("text").get<std::string>() << "\n  " << step.at("unanswered") << " of "
            << step.at("tries") << " tries without an answer; the longest time without one: "
            << milliseconds_of(step.at("longest_gap_ms")) << '\n';
}

/// A rehearsal in which the other node hardly ever served has failed, though all went as it was told.
Result<void, Error> answered(const Drill& drill) {
    for (const auto& step : drill.steps) {
        const auto tries = step.at("tries").get<unsigned>();
        const auto well = tries - step.at("unanswered").get<unsigned>();
        if (step.at("step") == "away" && tries != 0 && well < (tries + 9) / 10)
            return Error{std::to_string(well) + " of " + std::to_string(tries) + " tries were answered" +
                         (drill.command.port ? " at port " + std::to_string(*drill.command.port) : "") +
                         " while " + drill.command.instance +
                         " was away: " + step.at("text").get<std::string>() + ", and does not serve"};
    }
    return {};
}

Result<void, Error> play(Drill& drill, AddressProbe& probe) {
    probe.start();
    if (auto gone = go(drill, probe); !gone)
        return gone;
    stay_away(drill, probe);
    return come_home(drill, probe);
}

} // namespace

Result<void, Error> drill(const DrillCommand& command, std::ostream& out) {
    const auto hold = parse_duration(command.hold);
    if (!hold)
        return Error{"--hold: " + hold.error().text};
    Drill drill{command, *hold, "/v1/instances/" + percent_encoded(command.instance), {}};
    auto before = instance(drill);
    if (!before)
        return before.error();
    drill.before = std::move(*before);
    const auto target = probed(drill);
    if (!target)
        return target.error();
    AddressProbe probe(*target);
    if (auto fit = ready(drill, probe, target->address); !fit)
        return fit;
    const auto played = play(drill, probe);
    if (command.json)
        out << to_text(Json{{"instance", command.instance},
                            {"address", target->address.to_string()},
                            {"steps", drill.steps}},
                       2)
            << '\n';
    else
        print(drill, target->address, out);
    return played ? answered(drill) : played;
}

} // namespace baton::control
