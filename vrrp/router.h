// One virtual router: the state machine of RFC 9568 section 6.4 for one VRID of one family on one interface.
//
// It decides and never acts: what is to be done is appended to `out`, in order. Around the RFC's three states
// stand our additions: faults (a named set that keeps it out of the election), make-before-break at shutdown,
// letting go first after a stall, repair of deleted addresses. docs/state-machine.md has the table.
#pragma once

#include "vrrp/announcement.h"
#include "vrrp/counters.h"
#include "vrrp/effect.h"
#include "vrrp/event.h"
#include "vrrp/holdings.h"
#include "vrrp/notices.h"
#include "vrrp/settings.h"
#include "vrrp/snapshot.h"

#include <optional>
#include <span>
#include <vector>

namespace baton::vrrp {

/// To hand over and stand aside.
struct Release {
    std::optional<Time> until; ///< none: until somebody resumes it
    bool force{false};         ///< also when nobody takes over
};

/// What the rest of the host looks like to one router. The Node works it out anew at each change.
struct Conditions {
    IfIndex interface;            ///< none while the interface does not exist
    std::vector<IfIndex> holders; ///< what carries the addresses: mostly the same; as in Holdings::place
    bool link_up{false};
    std::string deaf;                  ///< why no adverts of its family go there; empty when they do
    std::uint32_t mtu{0};              ///< of the interface; 0: not known
    std::optional<IpAddress> primary;  ///< where adverts come from
    Priority priority;                 ///< effective
    std::vector<Fault> faults;         ///< of tracked things with weight 0
    std::string awaiting;              ///< a check without a first result; empty when there is none
    std::vector<PlacedPrefix> foreign; ///< its addresses that somebody else put on this host
};

class Router {
public:
    Router(InstanceId id, InstanceSettings settings, Time now);
    Router(Router&&) = delete; ///< effects and `announcement_` refer to what is in it

    // RFC "Startup" and "Shutdown".
    void delay_startup(Duration delay);
    void startup(Time now, Effects& out);
    void shutdown(Time now, Effects& out);

    // Planned handover (router_release.cpp). Active, it hands over and tells how that ends: by a transition,
    // or by ReleaseRefused.
    void release(const Release& release, Time now, Effects& out);
    void resume(Time now, Effects& out);
    void force_release();
    /// Of one that begins anew: it does not come back by that.
    void keep_released(const Release& release);
    [[nodiscard]] const std::optional<Release>& released() const { return release_; }
    /// Released, and has let go.
    [[nodiscard]] bool stands_aside() const { return release_ && !handing_over(); }

    // The gate before Active (router_gate.cpp). In a sync group all gates are passed together.
    [[nodiscard]] bool is_due(Time now) const;
    void ask_gate(Effects& out);
    [[nodiscard]] bool gate_is_open() const;
    /// Backup, and its gate not passed.
    [[nodiscard]] bool is_at_closed_gate() const {
        return state_ == State::backup && !release_ && !gate_is_open();
    }
    /// Its timer has fired, and it, or another member of its group, is not through its gate.
    [[nodiscard]] bool waits_at_gate() const { return at_gate_; }
    void wait_at_gate(Effects& out);
    void pass_gate(Time now);
    void close_gate(Effects& out);
    void gate_finished(const HookFinished& finished, Time now, Effects& out);
    void give_way(Time now, Effects& out);

    // What changed around it.
    void update(Conditions conditions, Time now, Effects& out);
    void addresses_present(IfIndex interface, std::span<const InterfaceAddress> present, Time now,
                           Effects& out);
    void keep_routes(Time now, Effects& out);
    /// An interface that carries some of its addresses has its link back, or another MAC address.
    void interface_renewed(IfIndex interface, bool by_others, Time now, Effects& out);
    /// Somebody has set the link down that carries its addresses.
    void holder_down(IfIndex interface, Time now, Effects& out);

    // Other settings to go on with (router_reconfigure.cpp): first all give up what is no longer theirs, then
    // they become(), and with the next update() they take what they are to have.
    void give_up_addresses(const InstanceSettings& next, Time now, Effects& out);
    void become(InstanceSettings next, Time now);
    void announce_again(Effects& out);
    /// It gave up addresses, and may have failed to release them; this other one has some of them now.
    [[nodiscard]] bool has_stray() const { return holdings_.has_stray(); }
    [[nodiscard]] bool disown(const InstanceSettings& other) { return holdings_.disown(other); }
    /// Some of its addresses may be there: it sees to them, unless it holds them.
    void inherit(Time now);

    // What came in.
    void receive(const AdvertReceived& received, Time now, Effects& out);
    void refuse(const AdvertRejected& rejected, Time now, Effects& out);
    void let_go_if_stalled(Time now, Effects& out);
    [[nodiscard]] std::optional<Reject> reason_to_refuse(const AdvertReceived& received) const;
    void elapsed(Time now, Effects& out);
    void effect_failed(const EffectFailed& failure, Time now, Effects& out);
    /// By another host.
    void claimed(const AddressClaimed& claim, Time now, Effects& out);

    // What the other members of its sync group do (vrrp/sync_groups.h). `leader` is the name of the one.
    void follow_to_active(const std::string& leader, Time now, Effects& out);
    void follow_to_backup(const std::string& leader, Time now, Effects& out);
    void put_off_takeover(Time now, Time until);
    void share_fault(std::optional<Fault> fault, Time now, Effects& out);
    /// It has taken over, and whether its addresses could be held will be known with the next event.
    [[nodiscard]] bool is_taking_over() const { return unconfirmed_takeover_.has_value(); }
    /// Each event but a failure: what was asked for before has been done.
    void confirm() {
        unconfirmed_takeover_.reset();
        lets_go_just_now_ = false;
    }
    /// Its addresses could not be held, or those of a member that takes over with it: nobody was told
    /// anything, and it never happened. What was half taken goes back.
    void abandon_takeover(Effects& out);
    /// After it yielded to a greater address: for how long its group takes nothing over.
    [[nodiscard]] std::optional<Duration> pause_after(const Transitioned& transition) const;
    /// While Backup, and a router it must yield to was heard: when the Active_Down_Timer fires.
    [[nodiscard]] std::optional<Time> yields_until() const;
    /// All faults but that of another member.
    [[nodiscard]] std::vector<Fault> faults_of_its_own() const;

    [[nodiscard]] std::optional<Time> deadline() const;
    /// It has its addresses, or wants them back.
    [[nodiscard]] bool holding() const { return state_ == State::active; }
    [[nodiscard]] bool is_active() const { return state_ == State::active && !handing_over(); }
    [[nodiscard]] bool stopped() const { return !running_; }
    /// Stopped, and nothing of it is left on the host, as far as can be known.
    [[nodiscard]] bool gone() const { return !running_ && !deadline(); }
    [[nodiscard]] InstanceId id() const { return id_; }
    [[nodiscard]] const InstanceSettings& settings() const { return settings_; }
    [[nodiscard]] const Holdings& holdings() const { return holdings_; }

    /// Everything but the contributions, which the Node knows.
    [[nodiscard]] InstanceView view(Time now) const;

private:
    /// From what the Active_Down_Timer runs, so that a change of priority can set it right.
    enum class DownTimer : std::uint8_t {
        full,    ///< Active_Down_Interval
        heard,   ///< the same, since an advert that it yields to
        skew,    ///< Skew_Time, after priority 0 was heard
        lowered, ///< Skew_Time, after the Active router has lowered itself below us
        at_once, ///< an owner that has to pass its gate first
        rejoin   ///< one advert interval + Skew_Time, after a stall
    };

    /// Active by its addresses only: resigned, waiting for the successor.
    enum class Handover : std::uint8_t { none, shutdown, release };

    struct Timers {
        std::optional<Time> adver;         ///< Adver_Timer
        std::optional<Time> active_down;   ///< Active_Down_Timer
        std::optional<Time> let_go;        ///< end of a handover without a successor
        std::optional<Time> resume;        ///< end of its standing aside
        std::optional<Time> retry;         ///< when to drop `own_fault_` and try again
        std::optional<Time> release_again; ///< after a release that failed
    };

    /// Where a router stood before a takeover that is not yet confirmed.
    struct Standing {
        State state;
        Time since;
        Reason reason;
    };

    /// The Active router as last heard.
    struct Peer {
        IpAddress address;
        Priority priority;

        friend bool operator==(const Peer&, const Peer&) = default;
    };

    /// A lower Active router that it means to preempt, as last heard (T9).
    struct Preempted {
        Peer peer;
        Time heard;
    };

    /// Another Active router, while we are: whoever spoke last of those that we do not yield to.
    struct Rival {
        Peer peer;
        Time heard;
        Time silent; ///< from then on it is gone, unless it speaks again
    };

    /// Whoever sent an advert last that we do not yield to.
    struct Speaker {
        IpAddress address;
        ChecksumForm form;
        Time heard;
    };

    /// The last advert that was refused.
    struct Refused {
        Reject reason;
        IpAddress source;
        Time at;
    };

    /// The last time that another host claimed an address of ours.
    struct Claim {
        IpAddress address;
        MacAddress mac;
        Time at;
    };

    // Transitions (router.cpp).
    void evaluate(Time now, Effects& out);
    void begin(Time now, Effects& out);
    void begin_as_owner(Time now, Effects& out);
    void take_over(Time due, Time now, Effects& out);
    void become_active(Reason reason, Time now, Effects& out);
    void become_backup(Reason reason, Time now, Effects& out);
    void enter_fault(const Fault& fault, Time now, Effects& out);
    void finish_shutdown(Reason reason, Time now, Effects& out);
    void move_to(State to, Reason reason, Time now, Effects& out);
    void withdraw(Effects& out);

    // Handovers (router_release.cpp).
    void hand_over(Handover why, Time now, Effects& out);
    void end_handover(Reason reason, Time now, Effects& out);
    void handover_unanswered(Time now, Effects& out);
    void take_back(Time now, Effects& out);
    [[nodiscard]] bool handing_over() const { return handover_ != Handover::none; }

    void retry_gate_later(Time now);
    void follow_gate_settings(Time now, Effects& out);

    // Adverts (router_adverts.cpp).
    void receive_as_backup(const AdvertReceived& received, Time now, Effects& out);
    void receive_as_active(const AdvertReceived& received, Time now, Effects& out);
    void learn(const AdvertReceived& received, Time now);
    void answer(const Advert& heard, Time now, Effects& out);
    void meet_rival(const AdvertReceived& received, Time now, Effects& out);
    [[nodiscard]] bool hears_nobody(Time now) const;
    [[nodiscard]] bool lowers_itself(const AdvertReceived& received) const;
    void outdo(const AdvertReceived& received, Time now);
    void say_last_word(Duration winners_interval, Time now, Effects& out);
    [[nodiscard]] bool may_speak(Time now) { return may_speak(next_answer_, now); }
    [[nodiscard]] bool may_speak(Time& next, Time now) const;
    void tell_priority(Time now, Effects& out);
    void send_advert(Priority priority, Effects& out, bool as_virtual_router = true);
    void send_advert(Advert advert, Effects& out, bool as_virtual_router);
    void send_regular_advert(Time now, Effects& out);
    [[nodiscard]] Advert advert(Priority priority) const;
    [[nodiscard]] ChecksumForm checksum_form() const;
    [[nodiscard]] bool sums_otherwise(const Advert& heard) const;
    [[nodiscard]] bool last_send_failed() const;

    // Which adverts are taken, and what is told of them (router_checks.cpp).
    void refuse(Reject reason, const IpAddress& source, Time now, Effects& out);
    [[nodiscard]] std::optional<RefusedView> last_refused() const;
    [[nodiscard]] std::optional<Reject> wrong_path(const AdvertReceived& received) const;
    [[nodiscard]] std::optional<Reject> wrong_for_version_2(const Advert& advert) const;
    [[nodiscard]] IpAddress group() const;
    void note_accepted(const AdvertReceived& received, Time now, Effects& out);
    [[nodiscard]] bool sums_in_forms() const;
    void count_checksum_form(ChecksumForm form);
    void consider_checksum_form(const AdvertReceived& received, Time now, Effects& out);
    void note_form_beside(const AdvertReceived& received);
    void choose_checksum_form();
    void yield_to_checksum_form(const AdvertReceived& received, Time now, Effects& out);
    void adopt_checksum_form(const AdvertReceived& received, Time now, Effects& out);
    void tell(NoticeKind kind, const AdvertReceived& received, Time now, Effects& out);
    void tell_of_foreign(const std::vector<PlacedPrefix>& before, Time now, Effects& out);
    [[nodiscard]] bool same_addresses(const AddressView& addresses) const;

    // Addresses and their faults (router_addresses.cpp).
    void repair(const Holdings::Look& look, Time now, Effects& out);
    [[nodiscard]] bool carries_virtual_mac(IfIndex interface) const;
    void forget_claim();
    [[nodiscard]] bool holds_on_link(IfIndex interface, const IpAddress& address) const;
    void fail_with(Fault fault, Time now, Effects& out);
    void announce(Effects& out);
    void take_new_addresses(Time now, Effects& out);
    void interval_replaced(Time now);
    [[nodiscard]] static std::vector<std::uint8_t> wire_octets(const std::vector<Prefix>& addresses);

    void arm_active_down(DownTimer kind, Time now);
    void adjust_active_down();
    [[nodiscard]] Reason::Code cause_of_takeover() const;
    [[nodiscard]] Duration down_duration() const;
    [[nodiscard]] Duration skew(Priority priority) const;
    [[nodiscard]] Duration handover_limit() const;
    [[nodiscard]] std::vector<Fault> faults() const;
    [[nodiscard]] bool can_send() const;
    [[nodiscard]] bool is_too_long() const;
    [[nodiscard]] Fault too_long() const;

    static constexpr Duration first_retry = std::chrono::seconds(1);

    const InstanceId id_;
    InstanceSettings settings_;
    std::vector<std::uint8_t> octets_; ///< the address list as it goes on the wire
    InstanceSettings previous_;        ///< those before the last become(), for effects that borrow from them
    std::vector<std::uint8_t> previous_octets_;

    Conditions conditions_;
    Holdings holdings_;
    bool to_hold_{false}; ///< become() has changed what it holds
    bool running_{false}; ///< between Startup and the end of Shutdown
    Handover handover_{Handover::none};
    std::optional<Release> release_; ///< under way, or done: it stands aside
    State state_{State::initialize};
    Time since_;
    Reason reason_;

    enum class Gate : std::uint8_t { closed, running, open };
    Gate gate_{Gate::closed};
    bool at_gate_{false};       ///< the Active_Down_Timer has fired, and the gate was not open
    bool gate_replaced_{false}; ///< by new settings, since the last update()

    Timers timers_;
    DownTimer down_timer_{DownTimer::full};
    Time down_timer_started_{};
    Duration active_adver_interval_; ///< learnt; our own until then
    std::optional<Peer> active_router_;
    std::optional<Preempted> preempted_;      ///< heard after it; nothing is learnt from this one
    std::optional<ChecksumForm> heard_form_;  ///< what we send with ChecksumMode::automatic
    std::optional<ChecksumForm> proved_form_; ///< in more than one advert in a row
    std::optional<Speaker> last_speaker_;
    std::optional<IpAddress> unreached_; ///< Active beside the one we yield to, whose form it does not take
    std::optional<Rival> rival_;
    Announcement announcement_;
    Time next_spare_{};                  ///< before it, no change of priority is told beyond that
    Time next_answer_{};                 ///< before it, immediate adverts are suppressed
    Time next_answer_in_another_form_{}; ///< the same, of those in another form of checksum than ours
    Time preempts_from_{};               ///< before it, a lower Active router is left alone
    NoticeLimit notices_;
    std::optional<Refused> last_refused_;
    std::optional<Claim> last_claim_;

    std::optional<Fault> own_fault_;   ///< what went wrong here, until timers_.retry
    std::optional<Fault> group_fault_; ///< of another member of its sync group
    Duration retry_delay_;             ///< doubles with each failure in a row
    std::optional<Standing> unconfirmed_takeover_;
    bool lets_go_just_now_{false}; ///< in this event: it may still fail
    unsigned send_failures_{0};    ///< adverts in a row that could not be sent
    std::size_t undelivered_{0};   ///< to how many the last advert could not be sent
    Time repair_window_{};
    unsigned repairs_in_window_{0};
    Counters counters_;
};

} // namespace baton::vrrp
