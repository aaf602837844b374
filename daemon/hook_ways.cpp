// The hooks on the way to a state: the gate before Active, and the release before a handover.
//
// The group's are run beside those of its first member: members go together, so that one stands for all.
#include "daemon/hooks.h"

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

namespace baton::daemon {

using scripts::HookEvent;
using scripts::HookKind;

namespace {

/// Several that are waited for: told once, when all have succeeded, or with the first that has not.
Hooks::Done joined(std::size_t count, Hooks::Done done) {
    return [left = std::make_shared<std::size_t>(count), done = std::move(done)](bool ok,
                                                                                 const std::string& why) {
        if (*left == 0)
            return;
        *left = ok ? *left - 1 : 0;
        if (*left == 0)
            done(ok, why);
    };
}

} // namespace

/// The group that this instance stands for, if there is one.
Hooks::Group* Hooks::led_by(const std::string& instance) {
    for (auto& [name, group] : groups_)
        if (!group.removed && !group.members.empty() && group.members.front() == instance)
            return &group;
    return nullptr;
}

/// Without hooks for it, it is a success.
void Hooks::ask(Subject& subject, HookEvent event, HookKind kind, const Done& done) {
    subject.on_its_way =
        enqueue(subject, occasion_now(subject, event), kind, [done](const scripts::HookEnd& end) {
            if (!end.superseded)
                done(end.ok, end.why);
        });
    if (!subject.on_its_way)
        boost::asio::post(loop_, [done] { done(true, ""); });
}

void Hooks::go(const std::string& instance, HookEvent event, HookKind kind, const Done& done) {
    auto* group = led_by(instance);
    const auto both = joined(group == nullptr ? 1 : 2, done);
    ask(instances_.at(instance), event, kind, both);
    if (group != nullptr)
        ask(*group, event, kind, both);
}

void Hooks::run_gate(const std::string& instance, const Done& done) {
    go(instance, HookEvent::before_active, HookKind::gate, done);
}

void Hooks::run_release(const std::string& instance, const Done& done) {
    go(instance, HookEvent::release, HookKind::release, done);
}

void Hooks::turn_back(const std::string& instance) {
    if (const auto found = instances_.find(instance); found != instances_.end())
        return_to_state(found->second);
    if (auto* group = led_by(instance))
        return_to_state(*group);
}

/// It stays where it is after all: the hooks of that state run once more, which undoes what was done on the
/// way to another one, and ends what still runs of that.
void Hooks::return_to_state(Subject& subject) {
    if (!std::exchange(subject.on_its_way, false))
        return;
    if (subject.began)
        (void)enqueue(subject, subject.last, HookKind::state);
    else
        subject.queue->supersede("no state");
}

} // namespace baton::daemon
