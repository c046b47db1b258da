#include "command_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace ocx::cli {

namespace {

constexpr auto serving =
    family::address | family::server | family::login | family::backend | family::log | family::recordings;

constexpr std::array<command_info, 10> table{{
    {command::serve, "serve", "run the server in the foreground (the default)",
     "Serves the OpenAI API on this machine, answered by your own Codex login.\n"
     "Point any OpenAI client at http://127.0.0.1:18080/v1 with any api_key.",
     R"(  ocx                                serve with the login of the Codex CLI
  ocx --demo                         serve recorded answers: no login, no network
  ocx --port 8080 --verbose          another port, with diagnostics
  OPENAI_VIA_CODEX_API_KEY=secret ocx --host 0.0.0.0
                                     serve other machines, which must send the key

A setting is taken from its option, else from its environment variable, else from the
configuration file, else from the default.)",
     serving},
    {command::start, "start", "run the server in the background",
     "Starts the server in the background and returns when it listens. It is started again when it crashes.",
     R"(  ocx start                          listen on 127.0.0.1:18080
  ocx start --port 8080              a second server beside it
  OPENAI_VIA_CODEX_API_KEY=secret ocx start --host 0.0.0.0
                                     serve other machines, which must send the key)",
     serving | family::state | family::stopping},
    {command::stop, "stop", "stop the background server",
     "Stops the background server: replies on their way may end within its --drain-timeout. What still runs after\n"
     "--stop-timeout is killed.\n"
     "Without --host, the one server on the port is found.",
     R"(  ocx stop                           the server on port 18080
  ocx stop --port 8080 --stop-timeout 60
                                     another one, which was started with --drain-timeout 55)",
     family::address | family::log | family::state | family::stopping},
    {command::status, "status", "say whether the background server runs",
     "Says whether the background server runs, and where its files are. The exit status is 0 in any case.",
     R"(  ocx status                         the server on port 18080
  ocx status --port 8080 --json      another one, for programs)",
     family::address | family::log | family::state | family::json},
    {command::config_generate, "config-generate", "write a configuration file with the defaults",
     "Writes a configuration file with every setting at its default, to the place where it is looked for.",
     R"(  ocx config-generate                write ~/.config/openai-api-server-via-codex/config.toml
  ocx config-generate --stdout       only show it
  ocx config-generate --config ./config.toml --force
                                     write another file, over an older one)",
     family::generate},
    {command::config_show, "config show", "show each setting and where it comes from",
     "Shows every setting with its value and where that comes from: an option, an environment variable, a line of the\n"
     "configuration file, or the default. Keys are not shown.",
     R"(  ocx config show                    what `ocx` would use now
  ocx config show --port 1 --json    what `ocx --port 1` would use, for programs)",
     (serving & ~family::recordings) | family::state | family::stopping | family::json},
    {command::doctor, "doctor", "check login, network, port and limits",
     "Checks what the server needs, one line each, and says what to do. The exit status is 1 when a check failed.",
     R"(  ocx doctor                         check everything
  ocx doctor --json                  the same for programs)",
     family::address | family::server | family::login | family::backend | family::state | family::json},
    {command::login, "login", "sign in to ChatGPT",
     "Signs in to ChatGPT and writes the login file that this server and the Codex CLI share.",
     R"(  ocx login                          sign in with the browser of this machine
  ocx login --device                 with a code, from a machine without a browser
  ocx login --no-browser             open the page yourself; over SSH, paste the last address back)",
     family::login | family::signing_in},
    {command::login_status, "login status", "say who is logged in and for how long",
     "Says who is logged in, with which plan and for how long. The exit status is 1 when nobody is.",
     R"(  ocx login status                   look at the usual login file
  ocx login status --auth-json ./auth.json
                                     look at another one)",
     family::login},
    {command::logout, "logout", "delete the login",
     "Deletes the login file. A login that `ocx login` made is revoked at OpenAI, too.",
     R"(  ocx logout                         forget the login on this machine
  ocx logout --revoke                end it everywhere, also for the Codex CLI)",
     family::login | family::revoking},
}};

} // namespace

std::span<command_info const> command_table()
{
    return table;
}

command_info const& info_of(command id)
{
    return *std::find_if(table.begin(), table.end(), [id](command_info const& row) { return row.id == id; });
}

unsigned family_of(config::key_info const& key)
{
    namespace keys = config::keys;
    auto const is_one_of = [&key](auto const&... known) { return ((key.name == known.name) || ...); };
    if (is_one_of(keys::host, keys::port, keys::verbose))
        return family::address;
    if (is_one_of(keys::auth_json, keys::ca_file))
        return family::login;
    if (is_one_of(keys::log_file))
        return family::log;
    if (is_one_of(keys::stop_timeout))
        return family::stopping;
    if (key.name.starts_with("daemon."))
        return family::state;
    return key.name.starts_with("codex.") ? family::backend : family::server;
}

} // namespace ocx::cli
