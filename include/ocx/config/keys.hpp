// The one list of settings: key in the file, environment variable, flag, kind and limits, tied to the member it
// fills. The resolver, the TOML reader and the help text all read this list, so they cannot disagree.
#pragma once

#include "ocx/config/config.hpp"

#include <limits>
#include <optional>
#include <string_view>

namespace ocx::config {

struct key_info {
    std::string_view name;     ///< `section.key` as in the file
    std::string_view variable; ///< environment variable
    std::string_view flag;     ///< command-line option; empty: none; `--no-...` turns a setting off
    std::string_view summary;  ///< one line for help and generated files
    double least = 0;          ///< limits of numbers
    double most = static_cast<double>(std::numeric_limits<std::int64_t>::max() / 2);
    bool is_path = false;          ///< `~` is expanded
    bool may_be_empty = false;     ///< an empty string is a value: the one that means the default
    std::string_view choices = {}; ///< of a string that must be one of these, separated by spaces; empty: any
};

namespace keys {

inline constexpr key_info host{"server.host", "OPENAI_VIA_CODEX_HOST", "--host", "address to listen on"};
inline constexpr key_info port{
    "server.port", "OPENAI_VIA_CODEX_PORT", "--port", "port to listen on; 0 picks a free one", 0, 65535};
inline constexpr key_info default_model{"server.default_model", "OPENAI_VIA_CODEX_DEFAULT_MODEL", "--default-model",
                                        "model for requests that name none"};
inline constexpr key_info timeout{
    "server.timeout", "OPENAI_VIA_CODEX_TIMEOUT", "--timeout", "seconds a backend call may stay silent", 0.001, 1e6};
inline constexpr key_info verbose{"server.verbose", "OPENAI_VIA_CODEX_VERBOSE", "--verbose",
                                  "write diagnostics to the log"};
inline constexpr key_info reasoning{"server.reasoning",
                                    "OPENAI_VIA_CODEX_REASONING",
                                    "--reasoning",
                                    "where chat clients get reasoning summaries: auto, off, field or think-tags",
                                    0,
                                    0,
                                    false,
                                    false,
                                    "auto off field think-tags"};
inline constexpr key_info commentary{"server.commentary",
                                     "OPENAI_VIA_CODEX_COMMENTARY",
                                     "--commentary",
                                     "what the model says on the way to its answer, in chat: keep or drop",
                                     0,
                                     0,
                                     false,
                                     false,
                                     "keep drop"};
inline constexpr key_info strict{"server.strict", "OPENAI_VIA_CODEX_STRICT", "--strict",
                                 "refuse parameters that would have no effect"};
inline constexpr key_info max_stored_items{"server.max_stored_items", "OPENAI_VIA_CODEX_MAX_STORED_ITEMS",
                                           "--max-stored-items",
                                           "most stored responses and completions; 0 stores nothing"};
inline constexpr key_info max_kept_items{"server.max_kept_items", "OPENAI_VIA_CODEX_MAX_KEPT_ITEMS", "--max-kept-items",
                                         "most output items remembered for later turns; 0: none"};
inline constexpr key_info max_concurrent_requests{
    "server.max_concurrent_requests", "OPENAI_VIA_CODEX_MAX_CONCURRENT_REQUESTS", "--max-concurrent-requests",
    "most backend calls at a time; 0 removes the limit"};
inline constexpr key_info api_key{"server.api_key", "OPENAI_VIA_CODEX_API_KEY", "--api-key",
                                  "key that clients of /v1 must send"};
inline constexpr key_info max_body_bytes{"server.max_body_bytes",
                                         "OPENAI_VIA_CODEX_MAX_BODY_BYTES",
                                         "--max-body-bytes",
                                         "longest request body accepted",
                                         1024,
                                         1024.0 * 1024 * 1024};
inline constexpr key_info log_format{"server.log_format",
                                     "OPENAI_VIA_CODEX_LOG_FORMAT",
                                     "--log-format",
                                     "lines of the log: human or json",
                                     0,
                                     0,
                                     false,
                                     false,
                                     "human json"};
inline constexpr key_info auth_json{
    "codex.auth_json", "OPENAI_VIA_CODEX_AUTH_JSON", "--auth-json", "the Codex login file", 0, 0, true};
inline constexpr key_info backend_base_url{"codex.backend_base_url", "OPENAI_VIA_CODEX_BACKEND_BASE_URL",
                                           "--backend-base-url", "where the Codex backend is"};
inline constexpr key_info client_version{"codex.client_version", "OPENAI_VIA_CODEX_CLIENT_VERSION", "--client-version",
                                         "client version told to the backend"};
inline constexpr key_info originator{"codex.originator", "OPENAI_VIA_CODEX_ORIGINATOR", "--originator",
                                     "client name told to the backend"};
inline constexpr key_info refresh{"codex.refresh", "OPENAI_VIA_CODEX_REFRESH", "--no-refresh",
                                  "renew the login when it ends; otherwise that is left to the Codex CLI"};
inline constexpr key_info ca_file{"codex.ca_file",
                                  "OPENAI_VIA_CODEX_CA_FILE",
                                  "--ca-file",
                                  "PEM file of certificates to trust as well",
                                  0,
                                  0,
                                  true,
                                  true};
inline constexpr key_info state_dir{
    "daemon.state_dir", "OPENAI_VIA_CODEX_STATE_DIR", "--state-dir", "directory of PID and log files", 0, 0, true};
inline constexpr key_info pid_file{
    "daemon.pid_file", "OPENAI_VIA_CODEX_PID_FILE", "--pid-file", "PID file", 0, 0, true, true};
inline constexpr key_info log_file{
    "daemon.log_file", "OPENAI_VIA_CODEX_LOG_FILE", "--log-file", "log file", 0, 0, true, true};
inline constexpr key_info stop_timeout{
    "daemon.stop_timeout", "OPENAI_VIA_CODEX_STOP_TIMEOUT", "--stop-timeout", "seconds to wait after SIGTERM", 0, 1e6};

} // namespace keys

/// Names the configuration file; a flag (`--config`) comes before it.
inline constexpr char const* config_variable = "OPENAI_VIA_CODEX_CONFIG";

/// Calls `f(key, member)` for every setting, in the order of a generated file. The member's type says its kind.
template <class Settings, class F>
void for_each_key(Settings& c, F&& f)
{
    f(keys::host, c.server.host);
    f(keys::port, c.server.port);
    f(keys::default_model, c.server.default_model);
    f(keys::timeout, c.server.timeout);
    f(keys::verbose, c.server.verbose);
    f(keys::reasoning, c.server.reasoning);
    f(keys::commentary, c.server.commentary);
    f(keys::strict, c.server.strict);
    f(keys::max_stored_items, c.server.max_stored_items);
    f(keys::max_kept_items, c.server.max_kept_items);
    f(keys::max_concurrent_requests, c.server.max_concurrent_requests);
    f(keys::api_key, c.server.api_key);
    f(keys::max_body_bytes, c.server.max_body_bytes);
    f(keys::log_format, c.server.log_format);
    f(keys::auth_json, c.codex.auth_json);
    f(keys::backend_base_url, c.codex.backend_base_url);
    f(keys::client_version, c.codex.client_version);
    f(keys::originator, c.codex.originator);
    f(keys::refresh, c.codex.refresh);
    f(keys::ca_file, c.codex.ca_file);
    f(keys::state_dir, c.daemon.state_dir);
    f(keys::pid_file, c.daemon.pid_file);
    f(keys::log_file, c.daemon.log_file);
    f(keys::stop_timeout, c.daemon.stop_timeout);
}

} // namespace ocx::config
