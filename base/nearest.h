// The known word somebody probably meant, for "did you mean".
//
// Pure. The distance is optimal string alignment: insertions, deletions, substitutions and swaps of
// neighbours each count one; upper and lower case are the same letter.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace baton {

/// The candidate nearest to `word`, the first of several; empty when none is near enough to be a likely slip
/// (more than one edit for each three letters of the longer one), and it does not begin it either. Words over
/// 64 bytes have no neighbours.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

} // namespace baton
