"""Who was active when, told from the adverts on the wire alone: nobody is asked."""
from collections import namedtuple

Span = namedtuple("Span", "source priority first last count resigned")
Contest = namedtuple("Contest", "seconds one other")
Takeover = namedtuple("Takeover", "seconds old new")


def spans(adverts, interval):
    """The times in which each source sent adverts without a gap, in order of their begin.

    A gap is two intervals: no takeover can do with less, but for one after a resignation (priority 0), which ends a
    span at once.
    """
    done, running = [], {}
    for advert in adverts:
        span = running.pop(advert.source, None)
        if span and advert.time - span.last > 2 * interval:
            done.append(span)
            span = None
        if advert.priority:
            running[advert.source] = (
                span._replace(last=advert.time, count=span.count + 1) if span
                else Span(advert.source, advert.priority, advert.time, advert.time, 1, None))
        elif span:
            done.append(span._replace(resigned=advert.time))
    return sorted([*done, *running.values()], key=lambda span: span.first)


def contests(adverts, interval):
    """How long two sources both sent adverts, one time after another, longest first.

    A source may follow another that has resigned or been silent (see spans), and that ends a contest. It may also
    preempt it: the sender changes once, or three times where the old one says a last word (decision 010). So a
    contest goes from the first advert that followed another's without such a cause to the last before such a change:
    next to nothing, unless there are two Active routers. One of them may send but rarely: keepalived 2.2.7 as Master
    puts its own advert off at every one that it cannot read.
    """
    found, begin, before = [], None, None
    for advert in adverts:
        if before and advert.source != before.source and advert.priority:
            if not before.priority or advert.time - before.time > 2 * interval:
                begin = None
            elif begin is None:
                begin = advert
                found.append(Contest(0.0, begin.source, before.source))
            else:
                found[-1] = found[-1]._replace(seconds=before.time - begin.time)
        before = advert
    return sorted((contest for contest in found if contest.seconds), reverse=True)


def takeover(found, since):
    """The first time after a moment that another source followed: from the old one's last word."""
    later = next(i for i, span in enumerate(found) if span.first > since)
    old = max((span for span in found[:later] if span.source != found[later].source), key=lambda span: span.last)
    return Takeover(found[later].first - (old.resigned or old.last), old, found[later])


def told(found, name):
    """The spans in words, one each, with times from the first advert; `name` tells whose a span is."""
    for span in found:
        began = found[0].first
        end = "resigned" if span.resigned else "fell silent"
        yield (f"{span.first - began:8.3f} .. {span.last - began:8.3f} s  {name(span):<20} priority "
               f"{span.priority}, {span.count} adverts, then {end}")
