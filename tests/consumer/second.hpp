// What main.cpp asks of the other translation unit.
#pragma once

#include <string>

/// Writes one event with ocx and reads it back with ocx.
std::string round_trip(std::string const& name, std::string const& data);
