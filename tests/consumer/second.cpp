#include "second.hpp"

#include <ocx/sse/decoder.hpp>
#include <ocx/sse/encoder.hpp>
#include <ocx/util/json.hpp>

std::string round_trip(std::string const& name, std::string const& data)
{
    std::string wire;
    ocx::sse::append_event(wire, name, ocx::json::quoted(data));

    ocx::sse::decoder decoder;
    if (!decoder.push(wire))
        return {};
    auto const event = decoder.pop();
    if (!event || event->name != name || ocx::json::validate(event->data))
        return {};
    return ocx::json::view::trusted(event->data).string_or("");
}
