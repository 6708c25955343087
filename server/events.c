#include "server/events.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

static enum sqli_status system_failed(struct sqli_error *error)
{
    int number = errno;
    sqli__fail(error, SQLI_E_NETWORK_SYSTEM, "%s", strerrordesc_np(number));
    if (error)
        error->isam = number;
    return SQLI_FAIL;
}

static bool add(struct sqli_events *events, int fd, uint64_t key, uint32_t what)
{
    struct epoll_event event = {.events = what, .data.u64 = key};
    return epoll_ctl(events->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

enum sqli_status sqli__events_open(struct sqli_events *events, struct sqli_error *error)
{
    events->epoll = epoll_create1(EPOLL_CLOEXEC);
    events->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    events->end = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (events->epoll >= 0 && events->timer >= 0 && events->end >= 0 &&
        add(events, events->timer, SQLI_EVENT_TIMER, EPOLLIN | EPOLLET) &&
        add(events, events->end, SQLI_EVENT_END, EPOLLIN))
        return SQLI_OK;
    system_failed(error);
    sqli__events_close(events);
    return SQLI_FAIL;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void sqli__events_close(struct sqli_events *events)
{
    close_one(&events->epoll);
    close_one(&events->timer);
    close_one(&events->end);
}

enum sqli_status sqli__events_add(struct sqli_events *events, int socket, uint64_t key,
                                  struct sqli_error *error)
{
    if (add(events, socket, key, EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET))
        return SQLI_OK;
    return system_failed(error);
}

static unsigned what_of(uint32_t flags)
{
    return (flags & EPOLLIN ? SQLI_EVENT_READ : 0u) | (flags & EPOLLOUT ? SQLI_EVENT_WRITE : 0u) |
           (flags & EPOLLPRI ? SQLI_EVENT_URGENT : 0u) |
           (flags & (EPOLLRDHUP | EPOLLHUP | EPOLLERR) ? SQLI_EVENT_HANGUP : 0u);
}

/* One event a call, so that none waits behind another one that takes long. */
bool sqli__events_wait(struct sqli_events *events, int timeout_ms, uint64_t *key, unsigned *what)
{
    struct epoll_event event;
    int count;
    do {
        count = epoll_wait(events->epoll, &event, 1, timeout_ms);
    } while (count < 0 && errno == EINTR);
    if (count <= 0)
        return false;
    *key = event.data.u64;
    *what = what_of(event.events);
    return true;
}

void sqli__events_wake_at(struct sqli_events *events, int64_t deadline)
{
    if (deadline < 1)
        deadline = 1; /* 0 would stop the timer */
    struct itimerspec when = {
        .it_value = {.tv_sec = deadline / 1000, .tv_nsec = deadline % 1000 * 1000000}};
    (void)timerfd_settime(events->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

void sqli__events_end(struct sqli_events *events)
{
    (void)eventfd_write(events->end, 1);
}
