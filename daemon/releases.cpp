#include "daemon/releases.h"

#include "base/duration.h"
#include "daemon/clock.h"
#include "daemon/released_file.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace baton::daemon {
namespace {

const vrrp::InstanceView* view_of(const vrrp::Snapshot& snapshot, const std::string& name) {
    const auto found = std::find_if(snapshot.instances.begin(), snapshot.instances.end(),
                                    [&](const vrrp::InstanceView& view) { return view.name == name; });
    return found == snapshot.instances.end() ? nullptr : &*found;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

void Releases::restore() {
    const auto released = read_released(file());
    if (!released) {
        log_.releases_not_kept(released.error().text);
        return;
    }
    for (const auto& [name, until] : *released) {
        const auto id = node_.find_instance(name);
        const auto left = until ? std::optional(*until - wall_time(boot_now())) : std::nullopt;
        if (!id || (left && *left <= Duration::zero()))
            continue;
        const auto at = left ? std::optional(boot_now() + *left) : std::nullopt;
        log_.released(name, until, "as before the restart");
        feed_(vrrp::ReleaseAsked{*id, at, true});
    }
}

std::vector<std::string> Releases::together_with(const std::string& instance) const {
    const auto id = node_.find_instance(instance);
    if (!id)
        return {instance};
    std::vector<std::string> names;
    for (const auto member : node_.together_with(*id))
        names.push_back(node_.settings_of(member).name);
    return names;
}

Releases::Units::iterator Releases::unit_of(const std::string& instance) {
    return std::find_if(units_.begin(), units_.end(),
                        [&](const Unit& unit) { return contains(unit.members, instance); });
}

std::optional<Error> Releases::ask(const control::ReleaseRequest& request, Done done) {
    if (stopping_)
        return Error{"batond is stopping"};
    const auto snapshot = node_.snapshot(boot_now());
    auto asked = std::make_shared<Asked>(Asked{request, boot_now(), 1, {}, std::move(done)});
    std::vector<std::string> begun;
    for (const auto& instance : config_.settings.instances) {
        const bool meant = request.instance.empty() || request.instance == instance.name;
        if (!meant || contains(begun, instance.name))
            continue;
        const auto members = together_with(instance.name);
        begun.insert(begun.end(), members.begin(), members.end());
        begin(members, snapshot, asked);
    }
    later([this, asked] { // the one that was open all the while, so that the end comes later in any case
        if (--asked->open == 0)
            finish(*asked);
    });
    return std::nullopt;
}

void Releases::begin(const std::vector<std::string>& members, const vrrp::Snapshot& snapshot,
                     const std::shared_ptr<Asked>& asked) {
    if (unit_of(members.front()) != units_.end()) {
        for (const auto& member : members)
            asked->result.outcomes.push_back({member, false, true, "it is being released already"});
        return;
    }
    ++asked->open;
    auto& unit = units_.emplace_back();
    unit.members = members;
    unit.asked = asked;
    for (const auto& member : members) {
        const auto* view = view_of(snapshot, member);
        if (view != nullptr && view->state == vrrp::State::active)
            unit.active.push_back(member);
    }
    unit.hooks_left = unit.active.size();
    log_.release_begun(members.front(), !unit.active.empty());
    for (const auto& member : unit.active)
        hooks_.run_release(member,
                           [this, member](bool ok, const std::string& why) { on_hooks(member, ok, why); });
    if (unit.active.empty())
        later([this, member = members.front()] { hand_over(member); });
}

/// Called from the loop, and by nobody that is fed.
void Releases::on_hooks(const std::string& member, bool ok, const std::string& why) {
    const auto unit = unit_of(member);
    if (unit == units_.end() || unit->handing_over)
        return;
    if (!ok && !unit->asked->request.force)
        return refuse(member,
                      "a release hook failed: " + why + "; `batonctl release --force` goes on all the same");
    if (--unit->hooks_left == 0)
        hand_over(member);
}

/// The hooks are through, or there is nothing to run: the protocol does the rest.
void Releases::hand_over(const std::string& member) {
    const auto unit = unit_of(member);
    if (unit == units_.end() || unit->handing_over)
        return;
    const auto id = node_.find_instance(unit->members.front());
    if (!id)
        return refuse(member, "it is not there any more");
    const auto& request = unit->asked->request;
    unit->handing_over = true;
    unit->waiting = unit->active;
    const auto until = request.duration ? std::optional(boot_now() + *request.duration) : std::nullopt;
    if (until)
        unit->asked->result.until = wall_time(*until);
    feed_(vrrp::ReleaseAsked{*id, until, request.force});
    end_if_all_left(member);
}

void Releases::follow(const vrrp::Effects& effects) {
    if (units_.empty())
        return;
    for (const auto& effect : effects) {
        if (const auto* refused = std::get_if<vrrp::ReleaseRefused>(&effect)) {
            later([this, name = node_.settings_of(refused->instance).name, waited = refused->waited] {
                refuse(name, "no other router took over within " + format_milliseconds(waited) +
                                 "; it goes on as Active (--force lets go all the same)");
            });
        } else if (const auto* transition = std::get_if<vrrp::Transitioned>(&effect)) {
            left_active(node_.settings_of(transition->instance).name, *transition);
        }
    }
}

void Releases::reloaded(const std::string& node_before) {
    if (node_before != config_.node)
        move_from(released_file(config_.state_dir, node_before));
    std::vector<std::pair<std::string, std::string>> broken;
    for (const auto& unit : units_)
        if (auto why = broken_by_reload(unit); !unit.handing_over && !why.empty())
            broken.emplace_back(unit.members.front(), std::move(why));
    for (const auto& [member, why] : broken)
        refuse(member, why);
}

/// The old one goes once the new one is there.
void Releases::move_from(const std::string& file_before) {
    std::string trouble;
    save(trouble);
    if (!trouble.empty())
        return;
    if (const auto removed = write_released(config_.state_dir, file_before, {}); !removed)
        log_.releases_not_kept(removed.error().text);
}

/// Why the hooks that run for it are no longer those that it needs; empty: they are.
std::string Releases::broken_by_reload(const Unit& unit) const {
    for (const auto& member : unit.members)
        if (!node_.find_instance(member))
            return "a reload has taken " + member + " out meanwhile, or it begins anew";
    const auto together = together_with(unit.members.front());
    const bool same =
        std::is_permutation(together.begin(), together.end(), unit.members.begin(), unit.members.end());
    return same ? "" : "a reload has changed its sync group meanwhile; ask again";
}

/// Whatever it was: by now somebody else may be Active, or nobody.
void Releases::left_active(const std::string& name, const vrrp::Transitioned& transition) {
    const auto unit = unit_of(name);
    if (unit == units_.end() || transition.from != vrrp::State::active)
        return;
    std::erase(unit->active, name);
    std::erase(unit->waiting, name);
    unit->left.push_back({name, true, true, describe(transition.reason)});
    later([this, name] {
        const auto left = unit_of(name);
        if (left == units_.end())
            return;
        if (!left->handing_over)
            hand_over(name); // its release hooks are ended by those of the state it is in now
        else
            end_if_all_left(name);
    });
}

void Releases::end_if_all_left(const std::string& member) {
    if (const auto unit = unit_of(member); unit != units_.end() && unit->waiting.empty())
        end(unit, true);
}

/// Nothing of it is to be, and what the hooks have done is undone.
void Releases::refuse(const std::string& member, const std::string& why) {
    const auto unit = unit_of(member);
    if (unit == units_.end())
        return;
    for (const auto& active : unit->active)
        hooks_.turn_back(active);
    unit->left.clear();
    for (const auto& one : unit->members)
        unit->left.push_back({one, false, contains(unit->active, one), why});
    log_.release_refused(member, why);
    end(unit, false);
}

void Releases::end(Units::iterator unit, bool released) {
    const auto asked = unit->asked;
    auto& outcomes = asked->result.outcomes;
    for (const auto& member : unit->members) {
        const auto left = std::find_if(unit->left.begin(), unit->left.end(),
                                       [&](const auto& outcome) { return outcome.instance == member; });
        outcomes.push_back(left != unit->left.end()
                               ? *left
                               : control::ReleaseOutcome{member, released, false, "it was not Active"});
        if (released)
            log_.released(member, asked->result.until, outcomes.back().text);
    }
    units_.erase(unit);
    if (--asked->open == 0)
        finish(*asked);
}

void Releases::finish(Asked& asked) {
    asked.result.took = boot_now() - asked.begun;
    save(asked.result.trouble);
    asked.done(asked.result);
}

Result<std::vector<std::string>, Error> Releases::resume(const std::string& instance) {
    std::vector<std::string> resumed;
    for (const auto& view : node_.snapshot(boot_now()).instances) {
        const auto meant = instance.empty() || contains(together_with(instance), view.name);
        if (!meant || !(view.released || view.releasing || unit_of(view.name) != units_.end()))
            continue;
        refuse(view.name, "it was resumed meanwhile");
        if (const auto id = node_.find_instance(view.name))
            feed_(vrrp::ResumeAsked{*id});
        log_.resumed(view.name);
        resumed.push_back(view.name);
    }
    std::string trouble;
    save(trouble);
    if (!trouble.empty())
        return Error{"taken part again, but at the next start it would stand aside: " + trouble};
    return resumed;
}

void Releases::stop() {
    stopping_ = true;
    while (!units_.empty())
        refuse(units_.front().members.front(), "batond is stopping");
}

/// As the node has it now: a release that is over by itself is not written down again.
void Releases::save(std::string& trouble) const {
    Released released;
    for (const auto& view : node_.snapshot(boot_now()).instances)
        if (view.released)
            released[view.name] =
                view.release_until ? std::optional(wall_time(*view.release_until)) : std::nullopt;
    if (const auto written = write_released(config_.state_dir, file(), released); !written) {
        trouble = written.error().text;
        log_.releases_not_kept(trouble);
    }
}

std::string Releases::file() const { return released_file(config_.state_dir, config_.node); }

void Releases::later(std::function<void()> what) {
    boost::asio::post(loop_, [what = std::move(what), alive = std::weak_ptr(alive_)] {
        if (!alive.expired())
            what();
    });
}

} // namespace baton::daemon
