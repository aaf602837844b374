// Does a file say that all is well? For operators and their programs: `echo down > FILE`.
//
// A run reads it; FileProber also runs at once when it has been changed, so nothing waits for the interval.
// What is written in place may be read half written by a run of the interval, as an empty file, which is bad:
// who minds writes another file and renames it. A local directory of its own, as below /run, is the place for
// it.
#pragma once

#include "health/file_state.h"
#include "health/file_watch.h"
#include "health/prober.h"

namespace baton::health {

/// A run begins. Bad when there is no such file, or it cannot be read, or is no regular one.
[[nodiscard]] std::unique_ptr<Probe> start_file(boost::asio::io_context& loop, const FileCheck& settings,
                                                Done done);

class FileProber : public Prober {
public:
    FileProber(boost::asio::io_context& loop, FileWatches& watches, const Rhythm& rhythm,
               const FileCheck& settings, Handler handler);

private:
    FileWatch watch_;
};

} // namespace baton::health
