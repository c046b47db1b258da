// Names and ids that fit the backend. It refuses tool names and call ids over 64 characters, even call ids that it made
// itself (V1ki/dsh-plugin-subscriptions#29), so long ones get a shorter, stable stand-in. Used by tools, items,
// pairing.
#pragma once

#include "ocx/translate/plan.hpp"
#include "ocx/util/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocx::translate {

inline constexpr std::size_t max_name_length = 64;

/// `name` itself when it fits; else its beginning and a digest of the whole, 64 characters, the same on every call.
[[nodiscard]] OCX_DECL std::string short_tool_name(std::string_view name);

/// `id` itself when it fits and is not empty; else "call_" and a digest. The n-th use of the same id by different calls
/// (clients that count from call_0 in every turn) gives another id for each n > 0.
[[nodiscard]] OCX_DECL std::string short_call_id(std::string_view id, std::size_t n);

/// Shortens the tool names of one request and remembers which were changed.
class tool_name_map {
public:
    /// The name to send for the client's `name`.
    OCX_DECL std::string sent(std::string_view name);
    [[nodiscard]] std::vector<renamed_tool> const& renamed() const noexcept { return renamed_; }

private:
    std::vector<renamed_tool> renamed_;
};

} // namespace ocx::translate

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/translate/impl/short_names.ipp"
#endif
