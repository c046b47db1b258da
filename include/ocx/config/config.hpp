// What a user can set, as plain data with its defaults. Where each value comes from is resolve.hpp's business;
// names, environment variables and limits are listed once in keys.hpp.
#pragma once

#include "ocx/redact/secret.hpp"

#include <cstdint>
#include <string>

namespace ocx::config {

/// `[server]`: the side that clients see.
struct server_config {
    std::string host = "127.0.0.1";            ///< address to listen on
    std::int64_t port = 18080;                 ///< 0: any free port, printed at start
    std::string default_model = "gpt-5.5";     ///< for requests that name no model
    double timeout = 300.0;                    ///< seconds a backend call may stay silent
    bool verbose = false;                      ///< diagnostics in the log
    std::string reasoning = "auto";            ///< where chat clients get reasoning summaries
    std::string commentary = "keep";           ///< what chat clients get of messages on the way to an answer
    bool strict = false;                       ///< parameters without effect are refused
    std::int64_t max_stored_items = 1000;      ///< stored responses and completions; 0: nothing is stored
    std::int64_t max_stored_bytes = 256 << 20; ///< of each kind of stored object
    std::int64_t max_kept_items = 2000;        ///< output items remembered for later turns; 0: none
    std::int64_t max_concurrent_requests = 10; ///< backend calls at a time; 0: no limit
    secret<std::string> api_key;               ///< required of clients when not empty
    std::int64_t max_body_bytes = 64 << 20;    ///< longest request body accepted
    std::string log_format = "human";          ///< of the log: human or json

    // Who may come in. Lists are written with commas.
    std::string api_keys_file;                 ///< further keys, by name and hash; see server/key_file.hpp
    std::string allowed_hosts;                 ///< Host names besides the local ones
    std::string cors_origins;                  ///< web pages that may call
    bool allow_unauthenticated_remote = false; ///< serve other machines without a key

    // Where to listen besides host and port.
    std::string unix_socket;   ///< path; empty: none
    bool no_tcp = false;       ///< listen on the Unix socket only
    std::string tls_cert;      ///< PEM file; with it TLS is spoken
    std::string tls_key;       ///< PEM file
    std::int64_t tls_port = 0; ///< for TLS beside plain HTTP; 0: TLS takes the place of plain HTTP

    // Limits; the reasons stand in server/options.hpp. Times are seconds.
    std::int64_t max_queued_requests = 64; ///< that wait for a backend call; more are answered with 429
    std::int64_t max_connections = 1024;
    std::int64_t max_connections_per_peer = 64; ///< of each other machine
    std::int64_t max_header_bytes = 64 << 10;
    std::int64_t max_header_count = 100;
    double header_timeout = 30.0;
    double body_timeout = 300.0;
    std::int64_t min_body_rate = 1024; ///< bytes per second; 0: any
    double idle_timeout = 75.0;
    double write_timeout = 120.0;
    double drain_timeout = 8.0; ///< below daemon.stop_timeout, so that streams end before the process is killed
    bool codex_routes = false;  ///< the Codex CLI's names for the endpoints, and what else it asks for
    bool passthrough = false;   ///< unknown paths below /v1 go to the backend
    bool metrics = false;       ///< serve /metrics
};

/// `[codex]`: the side that the backend sees.
struct codex_config {
    std::string auth_json; ///< the Codex login file; default $CODEX_HOME/auth.json
    std::string backend_base_url = "https://chatgpt.com/backend-api/codex";
    /// Sent as `version`, in User-Agent and when models are listed. New models are only served to new clients; 1.0.0,
    /// the default of the original program, is above every limit seen so far.
    std::string client_version = "1.0.0";
    /// Sent as `originator` and in User-Agent. The default is our own name, which the backend accepts for the models
    /// that a plan lists; a first-party name such as codex_cli_rs has been needed for the newest ones at times.
    std::string originator = "openai-api-server-via-codex";
    bool refresh = true; ///< renew the login when it ends; false: the Codex CLI does it
    std::string ca_file; ///< certificates to trust besides those of the system
};

/// `[daemon]`: the program in the background.
struct daemon_config {
    std::string state_dir;      ///< PID and log files; default: `run` beside the default config file
    std::string pid_file;       ///< empty: derived from state_dir, host and port
    std::string log_file;       ///< empty: derived from state_dir, host and port
    double stop_timeout = 10.0; ///< seconds between SIGTERM and SIGKILL
};

/// All of it.
struct settings {
    server_config server;
    codex_config codex;
    daemon_config daemon;
};

} // namespace ocx::config
