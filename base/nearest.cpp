#include "base/nearest.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

namespace baton {
namespace {

constexpr std::size_t longest_word = 64;
using Row = std::array<std::size_t, longest_word + 1>;

bool same_letter(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

std::size_t distance(std::string_view a, std::string_view b) {
    Row two_back{};
    Row before{};
    Row now{};
    std::iota(before.begin(), before.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;
            now[j] = std::min({before[j] + 1, now[j - 1] + 1, before[j - 1] + change});
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
                now[j] = std::min(now[j], two_back[j - 2] + 1);
        }
        two_back = before;
        before = now;
    }
    return before[b.size()];
}

/// "prio" for "priority": at least three letters, and the beginning of the other.
bool abbreviates(std::string_view word, std::string_view whole) {
    return word.size() >= 3 && word.size() < whole.size() &&
           std::equal(word.begin(), word.end(), whole.begin(), same_letter);
}

} // namespace

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    std::string best;
    std::size_t best_distance = longest_word;
    if (word.empty() || word.size() > longest_word)
        return best;
    for (const auto& candidate : candidates) {
        if (candidate.empty() || candidate.size() > longest_word)
            continue;
        // A word replaced letter by letter is another word, not a slip of this one.
        const auto longer = std::max(word.size(), candidate.size());
        const auto edits = distance(word, candidate);
        const bool close = edits <= std::max<std::size_t>(1, longer / 3) && edits < longer;
        if (edits < best_distance && (close || abbreviates(word, candidate))) {
            best = candidate;
            best_distance = edits;
        }
    }
    return best;
}

} // namespace baton
