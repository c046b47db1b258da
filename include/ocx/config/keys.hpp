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
    bool is_list = false;          ///< several texts, joined by commas; the flag may be given again
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
                                    "reasoning summaries in chat: auto, off, field or think-tags",
                                    0,
                                    0,
                                    false,
                                    false,
                                    "auto off field think-tags"};
inline constexpr key_info commentary{"server.commentary",
                                     "OPENAI_VIA_CODEX_COMMENTARY",
                                     "--commentary",
                                     "words on the way to the answer, in chat: keep or drop",
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
inline constexpr key_info max_stored_bytes{"server.max_stored_bytes",
                                           "OPENAI_VIA_CODEX_MAX_STORED_BYTES",
                                           "--max-stored-bytes",
                                           "most bytes of stored objects, of each kind",
                                           1024.0 * 1024,
                                           1024.0 * 1024 * 1024 * 1024};
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
inline constexpr key_info api_keys_file{"server.api_keys_file",
                                        "OPENAI_VIA_CODEX_API_KEYS_FILE",
                                        "--api-keys-file",
                                        "file of further keys, a line each: NAME:SHA256",
                                        0,
                                        0,
                                        true,
                                        true};
inline constexpr key_info allowed_hosts{"server.allowed_hosts",
                                        "OPENAI_VIA_CODEX_ALLOWED_HOSTS",
                                        "--allow-host",
                                        "host name that clients may use besides the local ones; may be repeated",
                                        0,
                                        0,
                                        false,
                                        true,
                                        {},
                                        true};
inline constexpr key_info cors_origins{"server.cors_origins",
                                       "OPENAI_VIA_CODEX_CORS_ORIGINS",
                                       "--cors-origin",
                                       "origin whose web pages may call, such as https://app.example; may be repeated",
                                       0,
                                       0,
                                       false,
                                       true,
                                       {},
                                       true};
inline constexpr key_info allow_unauthenticated_remote{
    "server.allow_unauthenticated_remote", "OPENAI_VIA_CODEX_ALLOW_UNAUTHENTICATED_REMOTE",
    "--allow-unauthenticated-remote", "serve other machines although no key is set"};
inline constexpr key_info unix_socket{"server.unix_socket",
                                      "OPENAI_VIA_CODEX_UNIX_SOCKET",
                                      "--unix-socket",
                                      "listen on this Unix socket, too",
                                      0,
                                      0,
                                      true,
                                      true};
inline constexpr key_info no_tcp{"server.no_tcp", "OPENAI_VIA_CODEX_NO_TCP", "--no-tcp",
                                 "listen on the Unix socket only"};
inline constexpr key_info tls_cert{"server.tls_cert",
                                   "OPENAI_VIA_CODEX_TLS_CERT",
                                   "--tls-cert",
                                   "PEM file of the server's certificate: speak TLS",
                                   0,
                                   0,
                                   true,
                                   true};
inline constexpr key_info tls_key{
    "server.tls_key", "OPENAI_VIA_CODEX_TLS_KEY", "--tls-key", "PEM file of its private key", 0, 0, true, true};
inline constexpr key_info tls_port{"server.tls_port",
                                   "OPENAI_VIA_CODEX_TLS_PORT",
                                   "--tls-port",
                                   "port for TLS beside plain HTTP; 0: TLS instead of plain HTTP",
                                   0,
                                   65535};
inline constexpr key_info max_queued_requests{"server.max_queued_requests",
                                              "OPENAI_VIA_CODEX_MAX_QUEUED_REQUESTS",
                                              "--max-queued-requests",
                                              "most requests that wait for a backend call; more are answered with 429",
                                              0,
                                              100000};
inline constexpr key_info max_connections{"server.max_connections",
                                          "OPENAI_VIA_CODEX_MAX_CONNECTIONS",
                                          "--max-connections",
                                          "most client connections at a time",
                                          1,
                                          100000};
inline constexpr key_info max_connections_per_peer{"server.max_connections_per_peer",
                                                   "OPENAI_VIA_CODEX_MAX_CONNECTIONS_PER_PEER",
                                                   "--max-connections-per-peer",
                                                   "the same for each other machine",
                                                   1,
                                                   100000};
inline constexpr key_info max_header_bytes{"server.max_header_bytes",
                                           "OPENAI_VIA_CODEX_MAX_HEADER_BYTES",
                                           "--max-header-bytes",
                                           "longest request head accepted",
                                           1024,
                                           65536};
inline constexpr key_info max_header_count{"server.max_header_count",
                                           "OPENAI_VIA_CODEX_MAX_HEADER_COUNT",
                                           "--max-header-count",
                                           "most header fields accepted",
                                           10,
                                           100};
inline constexpr key_info header_timeout{"server.header_timeout",
                                         "OPENAI_VIA_CODEX_HEADER_TIMEOUT",
                                         "--header-timeout",
                                         "seconds for a request head, and a TLS handshake",
                                         0.001,
                                         1e6};
inline constexpr key_info body_timeout{
    "server.body_timeout", "OPENAI_VIA_CODEX_BODY_TIMEOUT", "--body-timeout", "seconds for a request body", 0.001, 1e6};
inline constexpr key_info min_body_rate{"server.min_body_rate",
                                        "OPENAI_VIA_CODEX_MIN_BODY_RATE",
                                        "--min-body-rate",
                                        "bytes per second that a request body must keep up after 30 seconds; 0: any",
                                        0,
                                        1e9};
inline constexpr key_info idle_timeout{"server.idle_timeout",
                                       "OPENAI_VIA_CODEX_IDLE_TIMEOUT",
                                       "--idle-timeout",
                                       "seconds a connection may wait for its next request",
                                       0.001,
                                       1e6};
inline constexpr key_info write_timeout{"server.write_timeout",
                                        "OPENAI_VIA_CODEX_WRITE_TIMEOUT",
                                        "--write-timeout",
                                        "seconds a client may leave a reply untaken",
                                        0.001,
                                        1e6};
inline constexpr key_info drain_timeout{"server.drain_timeout",
                                        "OPENAI_VIA_CODEX_DRAIN_TIMEOUT",
                                        "--drain-timeout",
                                        "seconds that replies on their way get after a SIGTERM",
                                        0,
                                        1e6};
inline constexpr key_info codex_routes{"server.codex_routes", "OPENAI_VIA_CODEX_CODEX_ROUTES", "--codex-routes",
                                       "serve the paths that the Codex CLI asks of its backend, too"};
inline constexpr key_info passthrough{"server.passthrough", "OPENAI_VIA_CODEX_PASSTHROUGH", "--passthrough",
                                      "pass unknown requests below /v1 on to the backend"};
inline constexpr key_info metrics{"server.metrics", "OPENAI_VIA_CODEX_METRICS", "--metrics",
                                  "serve GET /metrics for Prometheus"};
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
    f(keys::max_stored_bytes, c.server.max_stored_bytes);
    f(keys::max_kept_items, c.server.max_kept_items);
    f(keys::max_concurrent_requests, c.server.max_concurrent_requests);
    f(keys::api_key, c.server.api_key);
    f(keys::max_body_bytes, c.server.max_body_bytes);
    f(keys::log_format, c.server.log_format);
    f(keys::api_keys_file, c.server.api_keys_file);
    f(keys::allowed_hosts, c.server.allowed_hosts);
    f(keys::cors_origins, c.server.cors_origins);
    f(keys::allow_unauthenticated_remote, c.server.allow_unauthenticated_remote);
    f(keys::unix_socket, c.server.unix_socket);
    f(keys::no_tcp, c.server.no_tcp);
    f(keys::tls_cert, c.server.tls_cert);
    f(keys::tls_key, c.server.tls_key);
    f(keys::tls_port, c.server.tls_port);
    f(keys::max_queued_requests, c.server.max_queued_requests);
    f(keys::max_connections, c.server.max_connections);
    f(keys::max_connections_per_peer, c.server.max_connections_per_peer);
    f(keys::max_header_bytes, c.server.max_header_bytes);
    f(keys::max_header_count, c.server.max_header_count);
    f(keys::header_timeout, c.server.header_timeout);
    f(keys::body_timeout, c.server.body_timeout);
    f(keys::min_body_rate, c.server.min_body_rate);
    f(keys::idle_timeout, c.server.idle_timeout);
    f(keys::write_timeout, c.server.write_timeout);
    f(keys::drain_timeout, c.server.drain_timeout);
    f(keys::codex_routes, c.server.codex_routes);
    f(keys::passthrough, c.server.passthrough);
    f(keys::metrics, c.server.metrics);
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
