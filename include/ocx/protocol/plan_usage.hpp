// What the backend says about the plan's usage windows with every reply, kept so that it can be told again: the Codex
// CLI asks for it at an address of its own. Nothing here asks the backend.
#pragma once

#include "ocx/util/config.hpp"
#include "ocx/util/headers.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace ocx::protocol {

class plan_usage {
public:
    /// Takes what the headers of one reply say (codex-protocol 5.1) at `now`, in Unix seconds. A reply without usage
    /// headers changes nothing.
    OCX_DECL void note(header_list const& reply, std::int64_t now);

    /// The document of `GET /wham/usage` (codex-protocol 7.4). `plan` is what the login says, for as long as no reply
    /// has named the plan. A window that has ended since is shown unused; one never heard of is null.
    [[nodiscard]] OCX_DECL std::string document(std::string const& plan, std::int64_t now) const;

private:
    struct window {
        double used_percent = 0;
        std::int64_t seconds = 0;  ///< length
        std::int64_t reset_at = 0; ///< Unix seconds; 0: not said
    };
    struct credit_account {
        bool has_credits = false;
        bool is_unlimited = false;
        std::string balance;
    };

    OCX_DECL static std::optional<window> read_window(header_list const& reply, std::string const& family,
                                                      std::int64_t now);

    OCX_DECL static bool has_ended(window const& w, std::int64_t now);
    [[nodiscard]] OCX_DECL bool is_limited(std::int64_t now) const;

    std::array<std::optional<window>, 2> windows_; ///< primary, secondary
    std::string plan_;
    std::string reached_type_; ///< why nothing more is served; empty: it is
    std::optional<credit_account> credits_;
};

} // namespace ocx::protocol

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/protocol/impl/plan_usage.ipp"
#endif
