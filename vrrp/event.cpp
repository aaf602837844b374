#include "vrrp/event.h"

namespace baton::vrrp {

Event heard(const Datagram& datagram, std::size_t trailer) {
    const auto advert = decode(datagram, trailer);
    if (advert)
        return AdvertReceived{datagram.interface, datagram.source, datagram.destination, *advert,
                              datagram.hop_limit};
    return refused(datagram, advert.error());
}

AdvertRejected refused(const Datagram& datagram, Reject reason) {
    return {datagram.interface, datagram.source, peek(datagram), reason};
}

} // namespace baton::vrrp
