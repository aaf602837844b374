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

/// The number of the job; 0 where there is nothing to run, which is a success.
std::uint64_t Hooks::ask(Subject& subject, HookEvent event, HookKind kind, const Done& done) {
    const auto job =
        enqueue(subject, occasion_now(subject, event), kind, [done](const scripts::HookEnd& end) {
            if (!end.superseded)
                done(end.ok, end.why);
        });
    if (job == 0)
        boost::asio::post(loop_, [done] { done(true, ""); });
    return job;
}

void Hooks::run_gate(const std::string& instance, const Done& done) {
    auto& subject = instances_.at(instance);
    auto* group = led_by(instance);
    const auto both = joined(group == nullptr ? 1 : 2, done);
    subject.gate = ask(subject, HookEvent::before_active, HookKind::gate, both);
    if (group != nullptr)
        group->gate = ask(*group, HookEvent::before_active, HookKind::gate, both);
}

void Hooks::drop_gate(const std::string& instance) {
    auto& subject = instances_.at(instance);
    if (std::exchange(subject.gate, 0) != 0)
        return_to_state(subject);
    if (auto* group = led_by(instance); group != nullptr && std::exchange(group->gate, 0) != 0)
        return_to_state(*group);
}

void Hooks::run_release(const std::string& instance, const Done& done) {
    auto& subject = instances_.at(instance);
    auto* group = led_by(instance);
    const auto both = joined(group == nullptr ? 1 : 2, done);
    subject.release = ask(subject, HookEvent::release, HookKind::release, both);
    if (group != nullptr)
        group->release = ask(*group, HookEvent::release, HookKind::release, both);
}

void Hooks::drop_release(const std::string& instance) {
    auto& subject = instances_.at(instance);
    if (std::exchange(subject.release, 0) != 0)
        return_to_state(subject);
    if (auto* group = led_by(instance); group != nullptr && std::exchange(group->release, 0) != 0)
        return_to_state(*group);
}

/// It stays where it is after all: the hooks of that state run once more, which undoes what was done on the
/// way to another one, and ends what still runs of that.
void Hooks::return_to_state(Subject& subject) {
    if (subject.began)
        (void)enqueue(subject, subject.last, HookKind::state);
    else
        subject.queue->supersede("no state");
}

} // namespace baton::daemon
