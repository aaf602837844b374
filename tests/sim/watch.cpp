#include "tests/sim/watch.h"

#include "base/duration.h"
#include "tests/sim/trace.h"
#include "vrrp/holdings.h"

#include <algorithm>
#include <utility>

namespace baton::sim {

using vrrp::State;

namespace {

constexpr unsigned look_every = 16; // a snapshot is dear; a wrong one stays wrong long enough

/// Adverts in any one interval: the regular one, the one of a takeover, and ten answers (docs/decisions: at
/// most one in a tenth of the interval), with one to spare for the edges of the window; and one for each
/// change of priority. In each form of checksum: who sums otherwise hears no other answers (decision 005).
constexpr std::size_t most_adverts_an_interval = 13;

/// RFC 9568 section 6.1 for priority p, longhand; in version 2 the skew is of one second (RFC 3768 6.1).
Duration down_interval(int priority, const vrrp::InstanceSettings& settings) {
    const auto interval = settings.advert_interval;
    const Duration skewed = settings.version == vrrp::Version::v2 ? std::chrono::seconds(1) : interval;
    return interval + interval + interval + skewed * (256 - priority) / 256;
}

/// The first retry comes after 1 s, each next one after twice that, and never later than 60 s.
Duration longest_retry(unsigned failures) {
    Duration wait = std::chrono::seconds(1);
    for (unsigned i = 1; i < failures && wait < std::chrono::seconds(60); ++i)
        wait *= 2;
    return std::min<Duration>(wait, std::chrono::seconds(60));
}

} // namespace

Watch::Watch(std::string host, const vrrp::Settings& settings, Time now, Duration max_lateness)
    : host_(std::move(host)), settings_(settings), max_lateness_(max_lateness),
      instances_(settings.instances.size()), results_(settings.checks.size()), runs_(settings.checks.size()),
      forgotten_at_(settings.checks.size()), last_transition_(now) {
    for (std::size_t i = 0; i < runs_.size(); ++i)
        runs_[i] = !settings.checks[i].while_active;
    ran_before_ = runs_;
    for (std::size_t i = 0; i < instances_.size(); ++i)
        if (settings.instances[i].version == vrrp::Version::v2)
            instances_[i].timer.skew_is_of(std::chrono::seconds(1));
}

void Watch::before(const vrrp::Event& event) {
    ran_before_ = runs_;
    for (auto& instance : instances_)
        instance.reigned = instance.state == State::active && !instance.resigned;
    if (const auto* probed = std::get_if<vrrp::Probed>(&event)) {
        if (runs_[probed->check.value])
            results_[probed->check.value].push_back(probed->ok);
    } else if (const auto* link = std::get_if<vrrp::LinkChanged>(&event)) {
        learn(*link);
    } else if (const auto* addresses = std::get_if<vrrp::AddressesChanged>(&event)) {
        learn(*addresses);
    } else if (const auto* released = std::get_if<vrrp::ReleaseAsked>(&event)) {
        for (const auto index : together_with(released->instance)) {
            instances_[index].aside = true;
            instances_[index].aside_until = released->until;
        }
    } else if (const auto* resumed = std::get_if<vrrp::ResumeAsked>(&event)) {
        for (const auto index : together_with(resumed->instance))
            instances_[index].resumed = true;
    } else if (const auto* finished = std::get_if<vrrp::HookFinished>(&event)) {
        learn(*finished);
    } else if (const auto* commanded = std::get_if<vrrp::Commanded>(&event)) {
        shutting_down_ = shutting_down_ || commanded->command == vrrp::Command::shutdown;
    }
}

void Watch::performed(const vrrp::Effect& effect, Time now) {
    std::visit([&](const auto& one) { on(one, now); }, effect);
}

void Watch::failed(const vrrp::EffectFailed& failure, Time now) {
    auto& instance = instances_[failure.instance.value];
    const bool release_failed =
        failure.effect == vrrp::EffectKind::release_addresses; // it is asked for again
    if (failure.effect == vrrp::EffectKind::hold_addresses ||
        (release_failed && instance.state != State::active))
        instance.held_on.clear();
    else if (release_failed) // of one interface among others, or of all before it is told
        instance.release_failed = true;
    if (failure.effect == vrrp::EffectKind::hold_routes || failure.effect == vrrp::EffectKind::release_routes)
        instance.routed = false;
    if (failure.effect == vrrp::EffectKind::send_advert) {
        instance.last_advert = now; // it was tried in time
        if (instance.resigned && takes_part_again(instance, now))
            takes_back(failure.instance.value, now);
        else
            instance.resigned = shutting_down_ || (instance.aside && instance.reigned);
    } else {
        await_retry(failure.instance.value, now); // an owner in fault tries again without leaving it
    }
}

/// A fault that goes by itself; counted once a step, however it shows.
void Watch::await_retry(std::size_t index, Time now) {
    auto& instance = instances_[index];
    if (std::exchange(instance.failed_in_step, true))
        return;
    instance.retry_over = now + longest_retry(++instance.failures);
}

void Watch::speaks(std::size_t index, Time now) const {
    const auto& instance = instances_[index];
    if (instance.state != State::active || instance.resigned || !instance.last_advert)
        return;
    const auto& settings = settings_.instances[index];
    if (now - *instance.last_advert > settings.advert_interval + down_interval(priority(index), settings))
        broken(index, "an Active router that was frozen lets go before it does anything else");
}

void Watch::on(const vrrp::SendAdvert& effect, Time now) {
    const auto index = effect.instance.value;
    auto& instance = instances_[index];
    const auto interval = settings_.instances[index].advert_interval;
    speaks(index, now);
    if (effect.advert.priority == vrrp::resigning) {
        if (instance.state != State::active)
            broken(index, "priority 0 is sent on leaving Active only (RFC 9568 6.4.3)");
        instance.resigned = shutting_down_ || instance.aside;
        return;
    }
    if (instance.resigned && takes_part_again(instance, now))
        takes_back(index, now);
    if (instance.held_on.empty())
        broken(index, "whoever advertises has the addresses");
    if (instance.routed != settings_.instances[index].routing.any)
        broken(index, "whoever advertises has the routes");
    if (instance.resigned)
        broken(index, "a router that resigned does not advertise again");
    // A member of a group may take over when a check has begun to run for another: it learns of it a step
    // later.
    const bool takes_over = instance.state != State::active;
    if (effect.advert.priority.value != priority(index) &&
        !(takes_over && effect.advert.priority.value == priority(index, ran_before_)))
        broken(index, "adverts carry the effective priority " + std::to_string(priority(index)));
    if (effect.advert.interval != interval)
        broken(index, "adverts carry our own interval");
    if (instance.state == State::active && !stalled_ && instance.last_advert &&
        now - *instance.last_advert > interval + max_lateness_)
        broken(index, "an Active router advertises every interval; the last was " +
                          format_milliseconds(now - *instance.last_advert) + " ago");
    instance.last_advert = now;
    if (effect.source != instance.primary)
        broken(index, "adverts come from the primary address");
    auto& recent = instance.recent_adverts[effect.advert.checksum_form];
    const bool same_advert = !effect.destination.is_multicast() && !recent.empty() && recent.back() == now;
    if (!same_advert) // to the next unicast peer
        recent.push_back(now);
    while (now - recent.front() > interval)
        recent.pop_front();
    auto& changes = instance.recent_changes;
    while (!changes.empty() && now - changes.front() > interval)
        changes.pop_front();
    if (recent.size() > most_adverts_an_interval + changes.size())
        broken(index, "answers are limited to one in a tenth of the interval");
}

void Watch::on(const vrrp::HoldAddresses& effect, Time now) {
    const auto index = effect.instance.value;
    speaks(index, now);
    const bool back_again = effect.reclaim && !effect.adopt; // one of the owner's that had our mark
    if (effect.adopt != settings_.instances[index].adopts_addresses() && !back_again)
        broken(index, "only the owner adopts addresses");
    instances_[index].held_on.insert(effect.interface);
}

void Watch::on(const vrrp::ReleaseAddresses& effect, Time) {
    instances_[effect.instance.value].held_on.erase(effect.interface);
}

void Watch::on(const vrrp::HoldRoutes& effect, Time now) {
    const auto index = effect.instance.value;
    speaks(index, now);
    if (instances_[index].held_on.empty())
        broken(index, "routes come after the addresses");
    instances_[index].routed = true;
}

void Watch::on(const vrrp::ReleaseRoutes& effect, Time) { instances_[effect.instance.value].routed = false; }

void Watch::on(const vrrp::Announce& effect, Time now) {
    const auto index = effect.instance.value;
    speaks(index, now);
    if (instances_[index].held_on.empty())
        broken(index, "only held addresses are announced");
}

void Watch::on(const vrrp::CheckRuns& effect, Time now) {
    runs_[effect.check.value] = effect.runs;
    forgotten_at_[effect.check.value] = now + settings_.checks[effect.check.value].hold_down;
}

void Watch::on(const vrrp::CheckForgotten& effect, Time now) {
    const auto check = effect.check.value;
    if (runs_[check] || results_[check].empty() || now < forgotten_at_[check])
        throw Violation(host_ + ": broken: what a check has found is held against for its hold_down");
    results_[check].clear();
}

void Watch::on(const vrrp::CheckChanged& effect, Time) {
    if (check_up(effect.check.value) != effect.up)
        throw Violation(host_ + ": broken: a check turns only after rise or fall results in a row");
}

void Watch::on(const vrrp::PriorityChanged& effect, Time now) {
    auto& instance = instances_[effect.instance.value];
    instance.priority_changed = now;
    instance.recent_changes.push_back(now);
    if (instance.yields_to && instance.yields_to->second >= effect.to.value)
        instance.timer.is_not_below();
    if (effect.to.value != priority(effect.instance.value))
        broken(effect.instance.value, "the priority is the sum of what is tracked");
}

/// The log stays readable whatever comes in: the same sort at most once a minute.
void Watch::on(const vrrp::Noticed& effect, Time now) {
    const auto& notice = effect.notice;
    const auto sender = notice.rejected ? std::nullopt : std::optional(notice.source);
    const auto sort = std::tuple(effect.instance, notice.rejected, notice.kind, sender);
    const auto last = noticed_.find(sort);
    if (last != noticed_.end() && now - last->second < std::chrono::minutes(1))
        throw Violation(host_ + ": broken: a notice is told once a minute: " + vrrp::describe(notice));
    noticed_[sort] = now;
}

void Watch::on(const vrrp::Transitioned& effect, Time now) {
    const auto index = effect.instance.value;
    auto& instance = instances_[index];
    if (effect.number <= last_number_)
        broken(index, "the numbers of transitions grow");
    last_number_ = effect.number;
    if (effect.from != instance.state || effect.to == effect.from)
        broken(index, std::string("a transition starts where the last one ended: was ") +
                          to_string(instance.state) + ", told " + to_string(effect.from) + " -> " +
                          to_string(effect.to));
    const bool owner_begins = effect.reason.code == vrrp::Reason::Code::owner_startup &&
                              (takes_part_again(instance, now) || gated_owner(index));
    if (effect.from == State::backup && effect.to == State::active && !owner_begins) {
        const auto deadline = instance.timer.deadline(priority(index));
        const bool led = effect.reason.code == vrrp::Reason::Code::group_took_over;
        if (led && !grouped())
            broken(index, "only members of a sync group follow another");
        if (!led && (!deadline || now < *deadline))
            broken(index, "Active_Down_Timer fires at " +
                              (deadline ? format_time(*deadline) : std::string("no time")) + ", not before");
        if (!stalled_ && !grouped() && !gated(index) &&
            now > std::max(*deadline, instance.priority_changed) + max_lateness_)
            broken(index, "Active_Down_Timer fires at " + format_time(*deadline) + ", not later");
    }
    if (effect.to == State::active && gated(index) && instance.gate != Gate::open)
        broken(index, "the addresses are taken once the gate is passed");
    instance.gate = Gate::closed; // a takeover that failed needs it again
    if (effect.to == State::fault &&
        !kept_out(index)) // the kernel's doing, or somebody's who deletes addresses
        await_retry(index, now);
    if (effect.to != State::active && std::exchange(instance.release_failed, false))
        instance.held_on.clear();
    if (effect.to == State::backup || effect.to == State::fault)
        instance.resigned = false; // released, and has let go
    if (effect.to == State::active || effect.to == State::fault)
        instance.yields_to.reset();
    if (effect.to == State::active) {
        instance.recent_changes.push_back(now);
        instance.release_failed = false;
        instance.last_advert = now; // sent just before; what an earlier reign sent does not count
        for (auto& [form, sent] : instance.recent_adverts)
            std::erase_if(sent, [&](Time at) { return at != now; });
    }
    if (effect.from == State::initialize || effect.from == State::fault)
        instance.preempts_from = now + settings_.instances[index].preempt_delay;
    instance.state = effect.to;
    instance.preempted.reset();
    last_transition_ = now;
    transitions_.push_back(effect);
}

void Watch::after(const vrrp::Event& event, const vrrp::Node& node, const Kernel& kernel, bool told,
                  Time now) {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        run_timer(i, event, now);
        check_instance(i, kernel, told, now);
        instances_[i].failed_in_step = false;
        instances_[i].resumed = instances_[i].gate_failed = false;
    }
    check_runs();
    if (!transitions_.empty() || ++steps_ % look_every == 0)
        check_view(node, now);
    if (std::holds_alternative<vrrp::Elapsed>(event)) {
        const bool took_over =
            std::any_of(transitions_.begin(), transitions_.end(),
                        [](const vrrp::Transitioned& transition) { return transition.to == State::active; });
        // A takeover is still to be confirmed.
        const bool at_once = (grouped() || took_over) && node.deadline() == now;
        if (node.deadline() && *node.deadline() <= now && !at_once)
            throw Violation(host_ + ": broken: after Elapsed the deadline lies ahead, not at " +
                            format_time(*node.deadline()));
        stalled_ = false;
    }
    transitions_.clear();
}

void Watch::check_instance(std::size_t index, const Kernel& kernel, bool told, Time now) const {
    const auto& instance = instances_[index];
    const auto& settings = settings_.instances[index];
    const bool active = instance.state == State::active;
    if (instance.held_on.empty() == active)
        broken(index, "addresses are held if and only if the router is Active");
    if (instance.routed != (active && settings.routing.any))
        broken(index, "routes are held if and only if the router is Active");
    if ((active || instance.state == State::backup) && !instance.resigned && kept_out(index))
        broken(index, "a router with a fault takes no part");
    if (active && stalled_)
        return; // the kernel may have taken the addresses back; the news is among what is still queued
    if (!told || settings.adopts_addresses())
        return;
    if (instance.resigned)
        return; // what somebody deletes in the last moments is not put back
    for (const auto& holding : vrrp::holdings_of(settings))
        for (const auto& prefix : holding.addresses)
            if (kernel.has_ours(kernel.find(holding.interface)->index, prefix) != active)
                broken(index, std::string("the kernel has ") + prefix.to_string() + " on " +
                                  holding.interface + " if and only if the router is Active; it is " +
                                  to_string(instance.state) + " at " + format_time(now));
}

void Watch::check_view(const vrrp::Node& node, Time now) const {
    const auto snapshot = node.snapshot(now);
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        const auto& view = snapshot.instances[i];
        const auto& instance = instances_[i];
        if (view.state != instance.state)
            broken(i, std::string("the snapshot shows the state that was told: ") + to_string(view.state) +
                          ", told was " + to_string(instance.state));
        if (view.addresses_held == instance.held_on.empty())
            broken(i, "the snapshot shows who has the addresses");
        if (view.handing_over && ((!shutting_down_ && !instance.aside) || view.state != State::active))
            broken(i, "only a router that is told to stop, or is released, hands over");
        if (view.gate_running != (instance.gate == Gate::running))
            broken(i, "the snapshot shows whose gate runs");
        if (view.released != (instance.aside && view.state != State::active))
            broken(i, "the snapshot shows who stands aside");
        if (node.deadline() && *node.deadline() <= now)
            continue; // what checks that began just now do to the priority comes next
        if (view.effective_priority.value != priority(i))
            broken(i, "the effective priority is " + std::to_string(priority(i)) + ", the snapshot says " +
                          std::to_string(view.effective_priority.value));
        const auto reference = instance.timer.deadline(priority(i));
        const bool late = grouped() && view.deadline && reference && *view.deadline >= *reference;
        const bool at_gate = gated(i) && reference && (!view.deadline || *view.deadline >= *reference);
        const bool put_off = late || at_gate || gated_owner(i);
        if (!put_off && view.deadline != reference)
            broken(i, "Active_Down_Timer stands as RFC 9568 6.4.2 says: at " +
                          (instance.timer.deadline(priority(i))
                               ? format_time(*instance.timer.deadline(priority(i)))
                               : std::string("no time")) +
                          ", the snapshot says " +
                          (view.deadline ? format_time(*view.deadline) : std::string("no time")));
    }
}

void Watch::broken(std::size_t instance, const std::string& promise) const {
    throw Violation(host_ + "/" + settings_.instances[instance].name + ": broken: " + promise);
}

} // namespace baton::sim
