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

std::optional<HookEvent> event_of(vrrp::State state) {
    switch (state) {
    case vrrp::State::active:
        return HookEvent::active;
    case vrrp::State::backup:
        return HookEvent::backup;
    case vrrp::State::fault:
        return HookEvent::fault;
    case vrrp::State::initialize:
        break;
    }
    return std::nullopt;
}

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

void Hooks::fit_groups(const config::Config& config) {
    for (auto& [name, group] : groups_)
        group.removed = true;
    std::set<std::string> named;
    for (const auto& settings : config.settings.sync_groups)
        named.insert(settings.name);
    for (std::size_t i = 0; i < config.settings.sync_groups.size(); ++i) {
        const auto& settings = config.settings.sync_groups[i];
        std::vector<std::string> members;
        for (const auto member : settings.members)
            members.push_back(config.settings.instances[member.value].name);
        rename_group(settings.name, members, named);
        auto& group = groups_[settings.name];
        group.settings = config.group_hooks[i];
        group.removed = group.told_deleted = false;
        group.last.group = settings.name;
        group.members = std::move(members);
        group.states.clear();
        group.count = {};
        for (const auto& member : group.members) {
            const auto& known = instances_.at(member);
            const auto state = known.began ? known.last.state : vrrp::State::initialize;
            group.states[member] = state;
            ++group.count[static_cast<std::size_t>(state)];
        }
        if (group.began)
            group.last.addresses = addresses_of_members(group);
        make_queue(group);
        come_in(group);
    }
    for (auto& [name, group] : groups_)
        if (group.removed)
            tell_deleted(group);
}

/// A group of the same members that only has another name goes on as it is.
void Hooks::rename_group(const std::string& name, const std::vector<std::string>& members,
                         const std::set<std::string>& named) {
    if (groups_.contains(name))
        return;
    const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const auto& entry) {
        return !named.contains(entry.first) && !entry.second.told_deleted && entry.second.members == members;
    });
    if (found == groups_.end())
        return;
    auto node = groups_.extract(found);
    node.key() = name;
    *node.mapped().group = name;
    groups_.insert(std::move(node));
}

std::vector<std::string> Hooks::addresses_of_members(const Group& group) const {
    std::vector<std::string> addresses;
    for (const auto& member : group.members) {
        const auto& own = instances_.at(member).last.addresses;
        addresses.insert(addresses.end(), own.begin(), own.end());
    }
    return addresses;
}

/// A new one, or one that has been deleted and comes again, is in the state that its members are in already,
/// and its hooks have not been run for that.
void Hooks::come_in(Group& group) {
    const auto state = group.common_state();
    if (!group.began && state && *state != vrrp::State::initialize)
        take_state(group, *state, instances_.at(group.members.front()).last);
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

/// A group has come to a state with the last of its members, and to fault with the first.
void Hooks::follow_groups(const HookOccasion& member) {
    for (auto& [name, group] : groups_) {
        if (!group.enters(member.instance, member.state))
            continue;
        const auto state = group.common_state();
        const auto before = group.began ? group.last.state : vrrp::State::initialize;
        if (state && *state != before)
            take_state(group, *state, member);
    }
}

/// Told as its member was told last.
void Hooks::take_state(Group& group, vrrp::State state, const HookOccasion& member) {
    auto occasion = member;
    occasion.instance.clear();
    occasion.group = *group.group;
    occasion.priority.reset();
    occasion.interface.clear();
    occasion.previous = group.began ? group.last.state : vrrp::State::initialize;
    occasion.state = state;
    occasion.addresses = addresses_of_members(group);
    group.last = occasion;
    group.began = true;
    if (const auto event = event_of(state)) {
        group.last.event = *event;
        happen(group, group.last);
    }
}

/// False: it is no member. Takes as long for a thousand members as for two: adverts wait meanwhile.
bool Hooks::Group::enters(const std::string& member, vrrp::State state) {
    const auto found = states.find(member);
    if (found == states.end())
        return false;
    --count[static_cast<std::size_t>(found->second)];
    ++count[static_cast<std::size_t>(state)];
    found->second = state;
    return true;
}

/// All in one state, or one in fault; nothing while they differ.
std::optional<vrrp::State> Hooks::Group::common_state() const {
    if (count[static_cast<std::size_t>(vrrp::State::fault)] != 0)
        return vrrp::State::fault;
    for (const auto state : {vrrp::State::initialize, vrrp::State::backup, vrrp::State::active})
        if (count[static_cast<std::size_t>(state)] == states.size())
            return state;
    return std::nullopt;
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

std::vector<control::GroupView> Hooks::groups() const {
    std::vector<control::GroupView> views;
    for (const auto& [name, group] : groups_)
        if (!group.removed)
            views.push_back({name, group.members, hooks_view(group.settings, *group.queue)});
    return views;
}

} // namespace baton::daemon
