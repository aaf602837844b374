// Network namespaces that a test makes, so that nothing it does is seen outside.
//
// Works as root and, through a user namespace, without. Where neither is allowed every test fails and says
// so: a kernel test that skips itself proves nothing.
#pragma once

#include <chrono>
#include <doctest/doctest.h>
#include <string>

namespace baton::test {

/// Runs `ip ARGUMENTS` (split at spaces) where the test is now; the test ends when it fails.
void ip(const std::string& arguments);

/// Writes a setting of the namespace, "net/ipv6/conf/eth0/disable_ipv6", or reads it without its newline.
void set_sysctl(const std::string& name, const std::string& value);
[[nodiscard]] std::string get_sysctl(const std::string& name);

/// Whether the kernel keeps an interface's secondaries when their primary goes (ip-sysctl).
void promote_secondaries(const std::string& interface, bool promote);

/// The number of an interface where the test is now, 0 when there is none.
[[nodiscard]] unsigned index_of(const std::string& name);

/// Sets a link up whose other end is up already, and awaits that it carries traffic: until the kernel has
/// done its part, a frame is dropped without a word.
void bring_up(const std::string& name);

/// Each test case begins in an empty network namespace of its own: derive its fixture from this.
class Namespace {
public:
    Namespace();
};

/// One more network namespace, beside the one the test is in.
class OtherNamespace {
public:
    OtherNamespace();
    ~OtherNamespace();
    OtherNamespace(const OtherNamespace&) = delete;
    OtherNamespace& operator=(const OtherNamespace&) = delete;

    /// What `ip link set LINK netns` takes.
    [[nodiscard]] std::string path() const;

    /// Runs `work` in there; sockets it opens stay there.
    template <class Work>
    auto inside(Work work) {
        const Visit visit(*this);
        return work();
    }

private:
    class Visit {
    public:
        explicit Visit(const OtherNamespace& where);
        ~Visit();
        Visit(const Visit&) = delete;
        Visit& operator=(const Visit&) = delete;

    private:
        int home_;
    };

    int fd_;
};

/// Takes what a kernel needs to bring a link up, as an upper bound: far more than it ever does.
inline constexpr auto patience = std::chrono::seconds(20);

/// Turns `context` until `done()` or patience is over; answers whether it is done.
template <class Context, class Done>
bool run_until(Context& context, Done done) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < end) {
        context.restart();
        context.run_one_for(std::chrono::milliseconds(50));
    }
    return done();
}

} // namespace baton::test
