#include "settings.hpp"

#include "ocx/config/load_toml.hpp"

#include <cstdlib>
#include <utility>

namespace ocx::cli {

config::environment process_environment()
{
    return [](char const* name) -> char const* { return std::getenv(name); };
}

outcome<loaded_settings> load_settings(cli_request const& request)
{
    auto const environment = process_environment();
    auto const file = config::find_config_file(request.config_path, environment);
    if (!file)
        return file.error();
    auto const layer = config::load_toml(*file);
    if (!layer)
        return layer.error();
    auto resolved = config::resolve(request.flags, environment, *layer);
    if (!resolved)
        return resolved.error();
    return loaded_settings{std::move(resolved->values), std::move(resolved->origins), *file};
}

} // namespace ocx::cli
