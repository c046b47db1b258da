// What `ocx doctor` says: the judgements, without asking anybody, and how they are written. Pure, so that every
// sentence can be tested; doctor.cpp collects the facts.
#pragma once

#include "ocx/auth/codex_login.hpp"
#include "ocx/config/resolve.hpp"
#include "ocx/util/clock.hpp"
#include "ocx/util/json.hpp"
#include "ocx/util/outcome.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocx::cli {

enum class verdict : unsigned char { ok, warn, fail };

/// One line. `advice` says what to do; empty when there is nothing to do.
struct finding {
    std::string check;
    verdict result = verdict::ok;
    std::string text;
    std::string advice;
};

[[nodiscard]] finding judge_login(outcome<auth::loaded_login> const& loaded, std::string const& path, wall_time now);

/// `date` is the backend's Date header: empty when it was not reached.
[[nodiscard]] finding judge_clock(std::string_view date, wall_time now);

/// Seconds since 1970 of an HTTP date (IMF-fixdate); nullopt for anything else.
[[nodiscard]] std::optional<std::int64_t> parse_http_date(std::string_view text);

/// Clients send requests for this machine to the proxy as well, unless NO_PROXY excepts it.
[[nodiscard]] finding judge_proxies(config::environment const& env, std::string const& host);

/// One finding for each usage window, labelled by its length: plans move their windows between the two places.
[[nodiscard]] std::vector<finding> judge_usage(json::view usage, wall_time now);

/// `ok    login: ...` with the advice on a line of its own.
[[nodiscard]] std::string as_text(std::vector<finding> const& all);
[[nodiscard]] std::string as_json(std::vector<finding> const& all);

/// 1 when something failed.
[[nodiscard]] int exit_status(std::vector<finding> const& all);

} // namespace ocx::cli
