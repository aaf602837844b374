#include "vrrp/event.h"

namespace baton::vrrp {

Event heard(const Datagram& datagram) {
    const auto advert = decode(datagram);
    if (advert)
        return AdvertReceived{datagram.interface, datagram.source, datagram.destination, *advert,
                              datagram.hop_limit};
    return AdvertRejected{datagram.interface, datagram.source, peek(datagram), advert.error()};
}

} // namespace baton::vrrp
