#include "second.hpp"

#include <iostream>

ocx::task<ocx::outcome<>> printing_sink::respond(unsigned status, ocx::header_list, std::string bytes)
{
    std::cout << status << ' ' << bytes << '\n';
    body = std::move(bytes);
    co_return ocx::outcome<>();
}

ocx::task<ocx::outcome<>> printing_sink::start(unsigned, ocx::header_list)
{
    co_return ocx::outcome<>();
}

ocx::task<ocx::outcome<>> printing_sink::write(std::string_view bytes)
{
    body.append(bytes);
    co_return ocx::outcome<>();
}

ocx::task<ocx::outcome<>> printing_sink::finish()
{
    co_return ocx::outcome<>();
}

std::string content_of(std::string const& completion)
{
    if (ocx::json::validate(completion))
        return {};
    return ocx::json::view::trusted(completion)["choices"].at(0)["message"]["content"].string_or("");
}
