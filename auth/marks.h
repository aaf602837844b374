// Marks that hold over a restart, also after a crash: nothing is sent or accepted beyond what the file says.
//
// The file runs ahead by a reserve. A number within it costs nothing; the first one above it writes the file
// anew, before the advert is sent or believed. So a crash forgets no number. What it costs is the rest of the
// reserve: after one, our numbers begin above it, and peers are believed once theirs have passed it.
#pragma once

#include "auth/marks_file.h"

#include <optional>
#include <string>
#include <vector>

namespace baton::auth {

class Marks {
public:
    /// `reserve` is how far the file runs ahead, and so how seldom it is written: once in that time.
    Marks(MarksFile file, Duration reserve) : file_(std::move(file)), reserve_(reserve) {}

    /// What the file says: a start begins above it.
    [[nodiscard]] const MarkSet& saved() const { return file_.marks(); }

    /// Sees to it that the file is not behind `own`, nor behind `heard`, when the other stands as it is.
    void keep(std::optional<Sequence> own, const std::vector<HeardMark>& heard, WallTime now);

    /// The end: the file holds these and no reserve, and is on the disk.
    [[nodiscard]] Result<void, Error> close(std::optional<Sequence> own, const std::vector<HeardMark>& heard);

    /// Why the file could not be written the last time it had to be; nothing while all is well. Adverts are
    /// checked as before; only what a crash right now would lose is not safe. Tried again after a second.
    [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

private:
    [[nodiscard]] bool covers(std::optional<Sequence> own, const std::vector<HeardMark>& heard) const;
    [[nodiscard]] std::optional<Sequence> saved_mark_of(const IpAddress& source) const;
    [[nodiscard]] bool pausing(WallTime now) const;

    MarksFile file_;
    Duration reserve_;
    std::optional<Error> trouble_;
    WallTime failed_at_{};
};

} // namespace baton::auth
