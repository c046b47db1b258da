// Which value counts: flag over environment over file over default, with the origin of each one. Pure: the
// environment is passed in, nothing is read or written. Reading the file is load_toml.hpp.
#pragma once

#include "ocx/config/config.hpp"
#include "ocx/config/keys.hpp"
#include "ocx/redact/secret.hpp"
#include "ocx/util/config.hpp"
#include "ocx/util/outcome.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ocx::config {

/// A value as one source gave it. Text is read as the setting's kind (flags and environment); the other kinds come
/// from the file and must fit exactly. `origin` is what a message names: `--port`, `OPENAI_VIA_CODEX_PORT` or
/// `config.toml:3:8`. The API key is a secret from the first moment on.
struct raw_value {
    raw_value() = default;
    raw_value(std::variant<std::string, std::int64_t, double, bool, secret<std::string>> v, std::string from)
        : value(std::move(v)), origin(std::move(from))
    {
    }

    std::variant<std::string, std::int64_t, double, bool, secret<std::string>> value;
    std::string origin;
};

/// The settings of one source by key name (`server.port`).
using layer = std::map<std::string, raw_value, std::less<>>;

/// Reads one environment variable like std::getenv, which is a model of it.
using environment = std::function<char const*(char const*)>;

enum class value_source { builtin, file, variable, flag };

/// Where one value came from; `shown` is the value as text, `(set)` or `(not set)` for the key.
struct provenance {
    std::string name;
    std::string shown;
    value_source source = value_source::builtin;
    std::string origin;
};

struct resolved {
    settings values;
    std::vector<provenance> origins; ///< one for each setting, in the order of keys.hpp
};

/// Applies the three sources to the defaults. A value of the wrong kind or out of its limits is a failure
/// (invalid_request) that names its origin; so is a `~` when HOME is not set. An empty variable counts as not set.
[[nodiscard]] OCX_DECL outcome<resolved> resolve(layer const& flags, environment const& env, layer const& file);

/// Checks one value as resolve() would: lets the command line refuse a wrong flag before anything else happens.
[[nodiscard]] OCX_DECL outcome<> check(std::string_view name, raw_value const& value);

/// The elements of a list setting, without blanks around them; empty ones do not count.
[[nodiscard]] OCX_DECL std::vector<std::string> list_of(std::string_view value);

/// Replaces a leading `~` by HOME. Other paths are returned as they are, `~user` too.
[[nodiscard]] OCX_DECL outcome<std::string> expand_home(std::string path, environment const& env);

/// `$XDG_CONFIG_HOME/openai-api-server-via-codex`, or the same under `~/.config`.
[[nodiscard]] OCX_DECL outcome<std::string> default_config_dir(environment const& env);

/// The configuration file to read, and whether somebody asked for exactly that one (then it must exist).
struct config_file {
    std::string path;
    bool is_named = false;
};

/// `--config`, else OPENAI_VIA_CODEX_CONFIG, else `config.toml` in default_config_dir().
[[nodiscard]] OCX_DECL outcome<config_file> find_config_file(std::optional<std::string> const& flag,
                                                             environment const& env);

namespace detail {

/// Text for a message: short and on one line, so that a wrong value cannot drown the sentence.
[[nodiscard]] OCX_DECL std::string shown(std::string_view text);

} // namespace detail

} // namespace ocx::config

#if !defined(OCX_SEPARATE_COMPILATION)
#include "ocx/config/impl/resolve.ipp"
#endif
