// Internal to node*.cpp: all that a Node knows.
#pragma once

#include "vrrp/announce_pace.h"
#include "vrrp/interfaces.h"
#include "vrrp/listeners.h"
#include "vrrp/node.h"
#include "vrrp/routers.h"
#include "vrrp/sync_groups.h"
#include "vrrp/tracking.h"

#include <optional>
#include <vector>

namespace baton::vrrp {

struct Node::Parts {
    Settings settings; ///< as last asked for; what each router goes by, it has itself
    Interfaces interfaces;
    std::vector<CheckTracker> checks; ///< by CheckId; one without a name is a free place
    Routers routers;
    SyncGroups sync_groups;
    AnnouncePace pace;
    Listeners listeners;
    RejectCounters rejected;        ///< of adverts that belong to no instance
    NoticeLimit notices;            ///< of those
    bool taking_part{false};        ///< between Startup and Shutdown
    bool shutting_down{false};      ///< Shutdown was commanded
    std::optional<Time> startup_at; ///< end of the startup delay
    std::optional<Time> again_at;   ///< there is more to do at once, with whatever event comes
    bool checks_turned{false};      ///< and the routers do not know yet
    std::uint64_t transitions{0};
    std::uint64_t composition{0}; ///< grows when occupants come, change or go

    Parts(Settings given, Time now);

    void on(const AdvertReceived& received, Time now, Effects& out);
    void on(const AdvertRejected& rejected, Time now, Effects& out);
    void on(const Elapsed& elapsed, Time now, Effects& out);
    void on(const LinkChanged& link, Time now, Effects& out);
    void on(const AddressClaimed& claim, Time now, Effects& out);
    void on(const AddressesChanged& changed, Time now, Effects& out);
    void on(const TablesRead& read, Time now, Effects& out);
    void on(const Probed& probed, Time now, Effects& out);
    void on(const CheckSet& set, Time now, Effects& out);
    void on(const ReleaseAsked& asked, Time now, Effects& out);
    void on(const ResumeAsked& asked, Time now, Effects& out);
    void on(const HookFinished& finished, Time now, Effects& out);
    void on(const EffectFailed& failure, Time now, Effects& out);
    void on(const Commanded& commanded, Time now, Effects& out);
    void on(const Reconfigured& reconfigured, Time now, Effects& out);

    void startup(Time now, Effects& out);
    void shutdown(Time now, Effects& out);
    void refuse(Reject reason, IfIndex interface, const IpAddress& source, Time now, Effects& out);
    [[nodiscard]] Router* find_router(IfIndex interface, Vrid vrid, Family family);
    void update_routers(Time now, Effects& out);

    // Checks (node_checks.cpp).
    void run_checks(Time now, Effects& out);
    void forget_checks(Time now, Effects& out);
    [[nodiscard]] bool is_to_run(const CheckTracker& check) const;
    [[nodiscard]] bool runs_are_stale() const;
    [[nodiscard]] static std::vector<Fault> faults_of(std::span<const Contribution> contributions);
    void keep_routes_on(const std::string& interface, Time now, Effects& out);
    [[nodiscard]] Conditions conditions_of(const Router& router) const;
    [[nodiscard]] Contribution contribution_of(const TrackSettings& track) const;
    [[nodiscard]] std::vector<Contribution> contributions_of(const InstanceSettings& instance) const;

    // Reconfiguring (node_reconfigure.cpp).
    void advance(Time now, Effects& out);
    void begin(const std::vector<InstanceId>& begun, Time now, Effects& out);
    void take_checks(Time now);
    void drop_checks();
    void disown_strays(Time now);
    void change_rate(Effects& out);
    [[nodiscard]] CheckTracker* find_check(const std::string& name);
    [[nodiscard]] bool tracked(const std::string& check) const;
    [[nodiscard]] std::vector<SyncGroupSettings> present_groups() const;
};

} // namespace baton::vrrp
