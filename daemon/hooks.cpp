#include "daemon/hooks.h"

#include "base/nearest.h"
#include "daemon/hook_views.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace baton::daemon {
namespace {

using scripts::HookEvent;
using scripts::HookKind;

/// Of a run by hand somebody sees the output; more of it than is kept for the status.
constexpr std::size_t output_by_hand = 65536;

std::vector<std::string> addresses_of(const vrrp::InstanceSettings& settings) {
    std::vector<std::string> texts;
    for (const auto* list : {&settings.addresses, &settings.excluded})
        for (const auto& address : *list)
            texts.push_back(address.to_string());
    return texts;
}

} // namespace

Result<void, Error> Hooks::fit(const config::Config& config) {
    if (config.notify_fifo != fifo_path_) {
        auto fifo = config.notify_fifo.empty() ? NotifyFifo() : NotifyFifo::open(config.notify_fifo);
        if (!fifo)
            return fifo.error();
        fifo_ = std::move(*fifo);
        fifo_path_ = config.notify_fifo;
    }
    node_ = config.node;
    fit_instances(config);
    fit_groups(config);
    forget();
    return {};
}

void Hooks::fit_instances(const config::Config& config) {
    for (auto& [name, subject] : instances_)
        subject.removed = true;
    for (std::size_t i = 0; i < config.settings.instances.size(); ++i) {
        const auto& settings = config.settings.instances[i];
        auto& subject = instances_[settings.name];
        subject.settings = config.host[i].hooks;
        subject.removed = subject.told_deleted = false;
        if (!subject.began)
            subject.last.instance = settings.name;
        else
            subject.last.addresses = addresses_of(settings);
        make_queue(subject);
    }
}

void Hooks::make_queue(Subject& subject) {
    if (subject.queue)
        return;
    const auto instance = subject.last.instance;
    const auto group = std::make_shared<std::string>(subject.last.group);
    subject.group = group;
    subject.queue = std::make_unique<scripts::HookQueue>(
        loop_, [this](std::function<void()> go) { turns_.add(std::move(go)); },
        scripts::HookListener{[this, instance, group](const scripts::HookRun& run) {
                                  log_.hook_started(instance, *group, run_view(run));
                                  log_.flush();
                              },
                              [this, instance, group](const scripts::HookRun& run) {
                                  log_.hook_ended(instance, *group, run_view(run));
                                  log_.flush();
                                  boost::asio::post(loop_, [this, alive = std::weak_ptr(alive_)] {
                                      if (!alive.expired())
                                          finish_if_idle();
                                  });
                              }});
}

void Hooks::transitioned(const Happened& happened) {
    const auto found = instances_.find(happened.settings.name);
    if (found == instances_.end())
        return;
    auto& subject = found->second;
    auto& last = subject.last;
    const auto& record = happened.record;
    last.node = node_;
    last.state = record.to;
    last.previous = record.from;
    last.reason_code = record.reason_code;
    last.reason = record.reason;
    last.priority = record.priority;
    last.interface = happened.settings.interface;
    last.addresses = addresses_of(happened.settings);
    last.active_router = happened.active_router;
    last.transition = record.number;
    subject.began = true;
    if (const auto event = event_of(record.to)) {
        last.event = *event;
        happen(subject, last);
    }
    follow_groups(last);
}

void Hooks::happen(Subject& subject, const HookOccasion& occasion) {
    tell_pipe(occasion);
    // A gate or a release that was on its way is over with it.
    subject.on_its_way = false;
    (void)enqueue(subject, occasion, HookKind::state);
}

void Hooks::tell_pipe(const HookOccasion& occasion) {
    if (const auto line = keepalived_line(occasion); !line.empty() && !fifo_.write(line))
        log_.notify_line_lost(fifo_path_, fifo_.lost());
}

HookOccasion Hooks::occasion_now(const Subject& subject, HookEvent event) const {
    auto occasion = subject.last;
    occasion.node = node_;
    occasion.event = event;
    return occasion;
}

/// Whether there is anything to run.
bool Hooks::enqueue(const Subject& subject, const HookOccasion& occasion, HookKind kind,
                    std::function<void(const scripts::HookEnd&)> done) {
    const auto* hooks = subject.settings.find(occasion.event);
    if (hooks == nullptr) {
        if (kind == HookKind::state)
            subject.queue->supersede(to_string(occasion.event));
        return false;
    }
    scripts::HookJob job{kind, to_string(occasion.event), occasion.transition, {}, std::move(done)};
    for (const auto& hook : *hooks) {
        job.hooks.push_back(called(hook, occasion));
        if (kind == HookKind::by_hand)
            job.hooks.back().output_kept = output_by_hand;
    }
    subject.queue->add(std::move(job));
    return true;
}

void Hooks::tell_deleted(Subject& subject) {
    if (std::exchange(subject.told_deleted, true))
        return;
    happen(subject, occasion_now(subject, HookEvent::deleted));
    subject.began = false; // should it come again, it is in no state yet
}

/// What has been deleted and has nothing to run any more.
void Hooks::forget() {
    const auto over = [](const auto& entry) {
        const auto& subject = entry.second;
        return subject.removed && subject.told_deleted && subject.queue->idle();
    };
    std::erase_if(instances_, over);
    std::erase_if(groups_, over);
}

void Hooks::stop(std::function<void()> done) {
    stopped_ = std::move(done);
    const auto tell = [this](Subject& subject) {
        if (subject.began && !subject.removed)
            happen(subject, occasion_now(subject, HookEvent::stop));
    };
    for (auto& [name, subject] : instances_)
        tell(subject);
    for (auto& [name, group] : groups_)
        tell(group);
    finish_if_idle();
}

void Hooks::finish_if_idle() {
    forget();
    if (stopped_ && busy().empty())
        std::exchange(stopped_, nullptr)();
}

Duration Hooks::stop_takes() const {
    Duration longest{};
    const auto look = [&](const Subject& subject) {
        Duration takes{};
        for (const auto& [event, hooks] : subject.settings.events)
            for (const auto& hook : hooks)
                if (event == HookEvent::stop)
                    takes += hook.command.timeout + hook.command.grace;
        longest = std::max(longest, takes);
    };
    for (const auto& [name, subject] : instances_)
        look(subject);
    for (const auto& [name, group] : groups_)
        look(group);
    return longest;
}

std::vector<std::string> Hooks::busy() const {
    std::vector<std::string> names;
    for (const auto& [name, subject] : instances_)
        if (!subject.queue->idle())
            names.push_back(name);
    for (const auto& [name, group] : groups_)
        if (!group.queue->idle())
            names.push_back(name);
    return names;
}

const Hooks::Subject* Hooks::find(const std::string& name) const {
    if (const auto instance = instances_.find(name);
        instance != instances_.end() && !instance->second.removed)
        return &instance->second;
    const auto group = groups_.find(name);
    return group == groups_.end() || group->second.removed ? nullptr : &group->second;
}

Result<const Hooks::Subject*, Error> Hooks::subject_for(const std::string& name,
                                                        const std::string& event) const {
    const auto* const subject = find(name);
    if (subject == nullptr)
        return Error{"there is no instance or sync group \"" + name + "\""};
    std::vector<std::string> words;
    words.reserve(scripts::all_hook_events.size());
    for (const auto one : scripts::all_hook_events)
        words.emplace_back(to_string(one));
    const auto meant = nearest(event, words);
    const auto known = scripts::hook_event(event);
    if (!known)
        return Error{"there is no event \"" + event + "\"" +
                     (meant.empty() ? "" : "; did you mean \"" + meant + "\"?")};
    if (subject->settings.find(*known) == nullptr)
        return Error{name + " has no hooks for \"" + event + "\""};
    return subject;
}

Result<std::vector<control::HookPlan>, Error> Hooks::plan(const std::string& name,
                                                          const std::string& event) const {
    const auto subject = subject_for(name, event);
    if (!subject)
        return subject.error();
    const auto known = *scripts::hook_event(event);
    std::vector<control::HookPlan> plan;
    for (const auto& hook : *(*subject)->settings.find(known))
        plan.push_back(plan_view(known, hook, called(hook, occasion_now(**subject, known))));
    return plan;
}

std::optional<Error> Hooks::run(const std::string& name, const std::string& event,
                                std::function<void(const control::HookResult&)> done) {
    const auto subject = subject_for(name, event);
    if (!subject)
        return subject.error();
    if (stopped_)
        return Error{"batond is stopping"};
    (void)enqueue(**subject, occasion_now(**subject, *scripts::hook_event(event)), HookKind::by_hand,
                  [done = std::move(done)](const scripts::HookEnd& end) { done(result_view(end)); });
    return std::nullopt;
}

control::HooksView Hooks::view(const std::string& instance) const {
    const auto found = instances_.find(instance);
    return found == instances_.end() ? control::HooksView{}
                                     : hooks_view(found->second.settings, *found->second.queue);
}

} // namespace baton::daemon
