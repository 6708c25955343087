/* The login messages: one request, one reply, before everything else. Both begin with a header that
 * counts the whole message, and end in sections that stand behind markers. */
#ifndef SQLI_PROTOCOL_LOGIN_H
#define SQLI_PROTOCOL_LOGIN_H

#include "protocol/wire.h"

enum sqli_login_type {
    SQLI_LOGIN_REQUEST = 1,
    SQLI_LOGIN_ACCEPT = 2,
    SQLI_LOGIN_REJECT = 3,
    SQLI_LOGIN_REDIRECT = 13,
};

enum sqli_login_marker {
    SQLI_LOGIN_ASSOC = 100,
    SQLI_LOGIN_BINARY = 101,
    SQLI_LOGIN_INITRESP = 102,
    SQLI_LOGIN_REDIRECTION = 103,
    SQLI_LOGIN_INITREQ = 104,
    SQLI_LOGIN_ENV = 106,
    SQLI_LOGIN_PROCESS = 107,
    SQLI_LOGIN_PARAMETERS = 108,
    SQLI_LOGIN_BINDING = 110,
    SQLI_LOGIN_MISC = 116,
    SQLI_LOGIN_END = 127,
};

/* The capability number that stands for the enhanced protocol; its place is in both messages. */
enum { SQLI_LOGIN_ENHANCED = 316 };

struct sqli_pair {
    struct sqli_span name;
    struct sqli_span value;
};

/* One marked section. Which members count depends on the marker. */
struct sqli_login_section {
    uint16_t marker;
    uint32_t count;          /* ENV */
    struct sqli_pair *pairs; /* ENV */
    int32_t numbers[3];      /* PROCESS: 0, pid, thread; MISC: two numbers (uid and gid) */
    struct sqli_span host;   /* PROCESS */
    struct sqli_span tty;    /* PROCESS */
    struct sqli_span text;   /* PROCESS: directory; MISC: application or path; BINDING: bytes;
                                REDIRECTION: "label=server|host|port" */
    int16_t extra;           /* REDIRECTION: first number; MISC: its own length, if... */
    bool measured;           /* ...it is given and not to be computed */
};

struct sqli_login_header {
    uint8_t type;  /* enum sqli_login_type */
    uint8_t level; /* 60 */
    uint16_t options;
};

struct sqli_login_request {
    struct sqli_login_header header;
    int32_t association; /* 61 */
    struct sqli_span float_format;
    uint8_t application_type[12];
    struct sqli_span version;
    struct sqli_span serial;
    struct sqli_span application;
    int32_t capabilities[3];
    int16_t has_password;
    struct sqli_span user;
    struct sqli_span password; /* in clear on the wire; never printed */
    uint8_t protocol[8];
    int32_t protocol_number;
    uint8_t network[8];
    int32_t network_number;
    int16_t service;
    int32_t flags;
    struct sqli_span server;
    struct sqli_span database; /* absent: naming one here makes an explicit connection */
    uint8_t unused[8];
    uint32_t section_count;
    struct sqli_login_section *sections;
};

struct sqli_login_note {
    int16_t kind;
    struct sqli_span text;
};

struct sqli_login_reply {
    struct sqli_login_header header;
    int32_t association;
    struct sqli_span float_format;
    uint8_t application_type[12];
    struct sqli_span version; /* the product text */
    struct sqli_span serial;
    struct sqli_span server; /* the real server name */
    int32_t capabilities[3];
    int16_t zero;
    struct sqli_span unused[2];
    uint8_t protocol[8];
    int32_t protocol_number;
    uint8_t network[8];
    int32_t network_number;
    uint8_t zeros[6];
    int16_t service_error; /* 0, or a code such as -951 */
    int16_t os_error;
    bool ends_here; /* some servers stop right behind os_error */
    int16_t warnings;
    uint32_t note_count;
    struct sqli_login_note *notes;
    uint32_t section_count;
    struct sqli_login_section *sections;
    struct sqli_span redirect; /* of a bare redirect message; else look for its section */
    int16_t redirect_number;
};

/* Everything that does not depend on who logs in where, as the vendor's client fills it. */
void sqli__login_request_init(struct sqli_login_request *request);
/* The same for a reply; type is ACCEPT or REJECT. */
void sqli__login_reply_init(struct sqli_login_reply *reply, enum sqli_login_type type);

/* The section with this marker, or NULL. */
const struct sqli_login_section *sqli__login_section(const struct sqli_login_section *sections,
                                                     uint32_t count, uint16_t marker);

#endif
