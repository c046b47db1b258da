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
    std::int64_t max_kept_items = 2000;        ///< output items remembered for later turns; 0: none
    std::int64_t max_concurrent_requests = 10; ///< backend calls at a time; 0: no limit
    secret<std::string> api_key;               ///< required of clients when not empty
    std::int64_t max_body_bytes = 64 << 20;    ///< longest request body accepted
    std::string log_format = "human";          ///< of the log: human or json
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
