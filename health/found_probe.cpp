#include "health/found_probe.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace baton::health {
namespace {

class FoundProbe : public Probe {
public:
    FoundProbe(boost::asio::io_context& loop, Finding finding, Done done)
        : done_(std::make_shared<Done>(std::move(done))) {
        boost::asio::post(loop, [finding = std::move(finding), weak = std::weak_ptr(done_)]() mutable {
            if (const auto tell = weak.lock())
                (*tell)(std::move(finding));
        });
    }

    std::string late() override { return "it was not asked for its result"; }

private:
    std::shared_ptr<Done> done_; ///< goes with the probe: then nobody is told
};

} // namespace

std::unique_ptr<Probe> start_found(boost::asio::io_context& loop, Finding finding, Done done) {
    return std::make_unique<FoundProbe>(loop, std::move(finding), std::move(done));
}

} // namespace baton::health
