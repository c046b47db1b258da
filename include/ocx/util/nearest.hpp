// The word that was probably meant by a misspelt one: for messages about unknown options, commands and settings.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace ocx {

/// How many characters must be inserted, removed or changed to get from one word to the other.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const replaced = diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

/// Collects candidates for one word: offer() each known one, then ask. A word that begins with what was written beats
/// one that is spelt similarly, and nothing further away than two changes is suggested.
class nearest_word {
public:
    /// `written` and everything offered must stay alive. Beginnings shorter than `least_beginning` prove nothing.
    explicit nearest_word(std::string_view written, std::size_t least_beginning = 3)
        : written_(written), least_beginning_(least_beginning)
    {
    }

    void offer(std::string_view known)
    {
        if (written_.size() > 64) // nobody mistypes that much, and the comparison is quadratic
            return;
        auto const begins = written_.size() >= least_beginning_ && known.substr(0, written_.size()) == written_;
        auto const away = begins ? 0 : edit_distance(written_, known);
        if (away < least_ && away < written_.size()) {
            least_ = away;
            found_ = known;
        }
    }

    /// Empty when nothing is near.
    [[nodiscard]] std::string_view found() const noexcept { return found_; }

private:
    std::string_view written_;
    std::string_view found_;
    std::size_t least_beginning_;
    std::size_t least_ = 3;
};

} // namespace ocx
