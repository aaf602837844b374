// Which numbers have been sent and heard, in a file: what must outlive the process for replays to stay out.
//
// Made once, whole and durably (written aside, then renamed); from then on two slots of it are overwritten in
// turn, each with a digest, so that one is good whenever the process ends. That needs no room on the disk, no
// rename and no waiting, and may be done beside the adverts. Only close to the end does it wait for the disk.
#pragma once

#include "auth/sequence.h"
#include "base/descriptor.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace baton::auth {

struct MarkSet {
    std::optional<Sequence> own;  ///< the greatest number sent; nothing when none was
    std::vector<HeardMark> heard; ///< the sender heard longest ago first; at most MarksFile::max_senders
    bool exact{false};            ///< the end was orderly: none of the numbers is a reserve (auth/marks.h)

    friend bool operator==(const MarkSet&, const MarkSet&) = default;
};

class MarksFile {
public:
    static constexpr std::size_t max_senders = 255;

    /// Opens the file, or makes it (mode 0600) where there is none. An error says what is wrong with it: open
    /// to others (auth/private_file.h), in use by another process, corrupt, not to be written. `user` is who
    /// the daemon runs as.
    [[nodiscard]] static Result<MarksFile, Error> open(const std::string& path, uid_t user);

    /// What the file holds.
    [[nodiscard]] const MarkSet& marks() const { return marks_; }

    /// From now on it holds these. Kept when the process dies; when the machine does, only what the kernel
    /// has written by then (or all, with exact marks, for which this waits).
    [[nodiscard]] Result<void, Error> write(const MarkSet& marks);

private:
    MarksFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

    [[nodiscard]] static Result<MarksFile, Error> make(const std::string& path, uid_t user);
    [[nodiscard]] Result<void, Error> load();

    std::string path_;
    Descriptor file_;
    MarkSet marks_;
    std::uint64_t generation_{0}; ///< of marks_; odd ones stand in the second slot
};

} // namespace baton::auth
