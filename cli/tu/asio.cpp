// Compiles Asio's own bodies (BOOST_ASIO_SEPARATE_COMPILATION): the other translation units only declare them.
#include <boost/asio/impl/src.hpp>
