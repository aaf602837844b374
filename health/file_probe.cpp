#include "health/file_probe.h"

#include "health/found_probe.h"
#include "health/small_file.h"

#include <utility>

namespace baton::health {
namespace {

Finding look_at(const FileCheck& settings) {
    const auto text = read_small_file(settings.path, max_file_state);
    if (!text)
        return {.detail = text.error().text};
    auto finding = judge_file_state(*text);
    finding.detail = settings.path + ": " + finding.detail;
    return finding;
}

} // namespace

std::unique_ptr<Probe> start_file(boost::asio::io_context& loop, const FileCheck& settings, Done done) {
    return start_found(loop, look_at(settings), std::move(done));
}

FileProber::FileProber(boost::asio::io_context& loop, FileWatches& watches, const Rhythm& rhythm,
                       const FileCheck& settings, Handler handler)
    : Prober(
          loop, rhythm,
          [this, &loop, settings](Done done) {
              watch_.renew(); // first: what changes after the look is told
              return start_file(loop, settings, std::move(done));
          },
          std::move(handler)),
      watch_(watches, settings.path, [this] { run_now(); }) {}

} // namespace baton::health
