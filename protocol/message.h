/* Messages as C values, and the way from and to bytes.
 *
 * A decoded message points into the bytes it came from and into the decoder's arena; both hold
 * until the next decode. To send a message, fill the body and hand it to sqli__encode. */
#ifndef SQLI_PROTOCOL_MESSAGE_H
#define SQLI_PROTOCOL_MESSAGE_H

#include "protocol/login.h"
#include "protocol/wire.h"
#include "value/type.h"

enum { SQLI_NO_TAG = -1 };

enum sqli_message_id {
    SQLI_MSG_NONE,
#define SQLI_MESSAGE(id, name, tag, directions, layout, body) SQLI_MSG_##id,
#include "protocol/messages.def"
#undef SQLI_MESSAGE
    SQLI_MSG_COUNT,
};

enum sqli_direction { SQLI_TO_SERVER, SQLI_TO_CLIENT };

/* --- bodies --- */

struct sqli_info {
    int16_t subtype; /* 6: environment */
    bool measured;   /* the next three are given, not to be computed */
    int16_t size;
    int16_t longest_name;
    int16_t longest_value;
    uint32_t count;
    struct sqli_pair *pairs;
};

enum { SQLI_INFO_ENV = 6 };

struct sqli_name_option {
    struct sqli_span name;
    int16_t option; /* DBOPEN: mode; SETSVPT: unique; CHALLENGE: style, in front of the prompt */
};

struct sqli_names {
    uint32_t count;
    struct sqli_span *names;
};

struct sqli_sql {
    uint32_t placeholders;
    struct sqli_span text;
};

enum { SQLI_KEYS_ALL = 1, SQLI_KEYS_BY_INDEX = 2, SQLI_KEYS_BY_NAME = 3 };

struct sqli_keys {
    int16_t kind;
    uint32_t count;
    int16_t *columns;
    struct sqli_span *names;
};

enum { SQLI_INDICATOR_VALUE = 0, SQLI_INDICATOR_NULL = -1, SQLI_INDICATOR_DEFAULT = -2 };

/* A parameter, or a result of a routine. `data` is without its length prefix and pad. */
struct sqli_bind_value {
    uint16_t type;
    struct sqli_span owner; /* these two travel only where sqli__type_has_preamble(type) */
    struct sqli_span name;
    int16_t indicator;
    int16_t precision;
    struct sqli_span data; /* only with SQLI_INDICATOR_VALUE */
};

struct sqli_bind {
    uint32_t count;
    struct sqli_bind_value *values;
};

struct sqli_parameter {
    struct sqli_type type;
    int16_t reference;
    int16_t alignment;
};

struct sqli_idescribe {
    uint32_t count;
    int16_t named; /* the second count; what it counts was never seen to be other than 0 */
    struct sqli_parameter *parameters;
};

struct sqli_column {
    int32_t name_offset; /* into the string table: see sqli__describe_name */
    int32_t start;       /* where the column begins in a row of fixed widths */
    struct sqli_type type;
    int16_t reference;
    int16_t alignment;
};

struct sqli_describe {
    int16_t statement_type; /* enum sqli_statement_type */
    int16_t statement_id;
    int32_t cost;
    int32_t tuple_size;
    uint32_t count;
    uint32_t strings_size;
    struct sqli_column *columns;
    struct sqli_span strings; /* names, each ended by NUL */
};

struct sqli_done {
    int16_t warnings;
    int64_t rows;
    int64_t rowid;
    int32_t serial;
};

enum sqli_done_warning {
    SQLI_DBOPEN_LOGGED = 0x01,
    SQLI_DBOPEN_ANSI = 0x02,
    SQLI_DBOPEN_DYNAMIC_SERVER = 0x04,
    SQLI_DBOPEN_FLOAT_DECIMAL = 0x08,
    SQLI_DBOPEN_SECONDARY = 0x20,
    SQLI_DBOPEN_LOCALE = 0x40,
    SQLI_DONE_NOT_FOUND = 100,
};

struct sqli_cost {
    int32_t rows;
    int32_t io;
};

struct sqli_err {
    int16_t code;
    int16_t isam;
    int32_t offset;
    struct sqli_span text;
};

struct sqli_insertdone {
    int64_t serial8;
    bool serial8_null;
    int64_t bigserial;
};

struct sqli_return_type {
    uint16_t type;
    struct sqli_span owner;
    struct sqli_span name;
    int32_t length;
};

struct sqli_ret_type {
    int16_t direction; /* 1: of the rows wanted; 0: of the rows that PUT sends */
    uint32_t count;
    struct sqli_return_type *types;
};

enum sqli_scroll_kind {
    SQLI_SCROLL_NEXT = 1,
    SQLI_SCROLL_PRIOR = 2,
    SQLI_SCROLL_FIRST = 3,
    SQLI_SCROLL_LAST = 4,
    SQLI_SCROLL_RELATIVE = 5,
    SQLI_SCROLL_ABSOLUTE = 6,
};

struct sqli_fetch {
    int16_t kind;   /* SFETCH: enum sqli_scroll_kind */
    int32_t target; /* SFETCH */
    int32_t buffer;
    int16_t array; /* NFETCH: 0 */
};

struct sqli_tuple {
    int16_t warnings; /* PUT: how many rows, and it stands behind the size */
    uint32_t size;    /* PUT: of one row */
    struct sqli_span payload;
};

struct sqli_xactstat {
    int16_t event;
    int16_t new_level;
    int16_t old_level;
};

enum sqli_file_operation {
    SQLI_FILE_OPEN = 0,
    SQLI_FILE_CLOSE = 1,
    SQLI_FILE_READ = 2,
    SQLI_FILE_WRITE = 3,
};

struct sqli_file {
    int16_t operation;
    struct sqli_span name; /* OPEN, with the next three */
    int32_t mode;
    int32_t flags;
    int32_t offset;
    uint16_t buffer; /* READ */
    int32_t amount;  /* READ: -1 for all */
};

enum sqli_lodata_operation {
    SQLI_LODATA_READ = 0,
    SQLI_LODATA_READ_SEEK = 1,
    SQLI_LODATA_WRITE = 2,
};

struct sqli_lodata {
    int16_t operation;
    int16_t descriptor; /* request */
    uint32_t length;    /* bytes wanted, written, or in the reply */
    uint16_t buffer;    /* request: the longest chunk */
    int64_t offset;     /* READ_SEEK */
    bool offset_null;
    int16_t whence;
};

struct sqli_routine {
    uint8_t by_id;              /* GETROUTINE, FPDESCRIBE: by database and handle */
    struct sqli_span signature; /* GETROUTINE */
    struct sqli_span database;
    int32_t handle;
    uint32_t parameters; /* EXFPROUTINE: a BIND with as many values follows */
    int16_t option;      /* 1 in an EXFPROUTINE before FPARAM, and in a GETROUTINE by id; or 0 */
};

/* A parameter of a routine, or a value that it returns. */
struct sqli_fparam_value {
    uint8_t first; /* 0 in all that was seen to be accepted */
    int16_t type;
    int32_t extended_id;
    int32_t length;
    int16_t precision;
    int16_t scale;
    int16_t out; /* parameters: 1 where the call gives a value back */
};

/* How the values of FPROUTINE stand: those of the OUT and INOUT parameters, then what the routine
 * returns. What the numbers in front are for was never seen. */
struct sqli_fparam {
    int64_t first_int8, second_int8;
    bool first_null, second_null;
    int32_t first, second, third;
    uint8_t flag;
    uint32_t return_count;
    struct sqli_fparam_value *returns;
    uint32_t parameter_count;
    int16_t named; /* with another value than 0 more is in each parameter */
    struct sqli_fparam_value *parameters;
};

struct sqli_message {
    uint16_t id; /* enum sqli_message_id */
    union {
        struct sqli_login_request login_request;
        struct sqli_login_reply login_reply;
        struct sqli_info info;
        struct sqli_name_option name_option;
        struct sqli_names names;
        struct sqli_sql sql;
        struct sqli_keys keys;
        struct sqli_bind bind;
        struct sqli_idescribe idescribe;
        struct sqli_describe describe;
        struct sqli_done done;
        struct sqli_cost cost;
        struct sqli_err err;
        struct sqli_insertdone insertdone;
        struct sqli_ret_type ret_type;
        struct sqli_fetch fetch;
        struct sqli_tuple tuple;
        struct sqli_xactstat xactstat;
        struct sqli_file file;
        struct sqli_lodata lodata;
        struct sqli_routine routine;
        struct sqli_fparam fparam;
        struct sqli_span bytes; /* one string or chunk: the cursor name, the mask, ... */
        int16_t id_number;      /* ID: the statement */
        int16_t option;         /* RBWORK */
        uint32_t count;         /* BBIND: how many blobs follow */
        uint32_t total;         /* FILE_READ, FILE_WRITE: bytes */
        int32_t row_number;     /* TUPID */
        char none;              /* a tag alone */
    } as;
};

/* --- the table --- */

struct sqli_message_info {
    const char *name;
    int16_t tag;
    bool to_server;
    bool to_client;
    void (*layout)(struct sqli_wire *w, struct sqli_message *m);
    uint16_t body_size;
};

const struct sqli_message_info *sqli__message_info(enum sqli_message_id id);
/* The message that a tag means in a direction, SQLI_MSG_NONE for an unknown one. */
enum sqli_message_id sqli__message_by_tag(enum sqli_direction direction, uint16_t tag);
/* The name of a tag, also of one without a body; NULL for a number that nobody knows. */
const char *sqli__tag_name(uint16_t tag);

/* --- decoding --- */

/* What a message may measure where nobody sets another limit. */
enum { SQLI_MESSAGE_LIMIT = 2 * SQLI_WIRE_LENGTH_MAX };

/* One direction of one connection. */
struct sqli_decoder {
    enum sqli_direction direction;
    bool login; /* the next message is the login one; cleared when it was decoded */
    struct sqli_caps caps;
    size_t need;     /* after SQLI_MORE: so many bytes from the start of the message, at least;
                        with fewer, sqli__decode costs nothing and says SQLI_MORE again */
    uint64_t offset; /* of the next message in the stream */
    size_t limit;    /* bytes of the longest message; SQLI_MESSAGE_LIMIT unless set */

    /* private */
    struct sqli_arena arena;
    struct sqli_wire_checkpoint checkpoint;
    uint16_t chunk_id; /* what the chunks that are due are, SQLI_MSG_NONE for none */
    uint32_t chunk_left;
    uint8_t ids[256]; /* by tag, of the messages that came before */
};

void sqli__decoder_init(struct sqli_decoder *decoder, enum sqli_direction direction, bool login);
void sqli__decoder_free(struct sqli_decoder *decoder);

/* Decodes the message at the start of `bytes` and says in *used how long it was. SQLI_MORE: not all
 * of it is there; call again with the same bytes and more behind them. SQLI_FAIL: the stream is out
 * of step for good. */
enum sqli_status sqli__decode(struct sqli_decoder *decoder, struct sqli_span bytes,
                              struct sqli_message *message, size_t *used, struct sqli_error *error);

/* --- encoding and printing --- */

/* Appends the bytes. On failure the buffer is as it was, and takes the next message. */
enum sqli_status sqli__encode(const struct sqli_message *message, enum sqli_direction direction,
                              const struct sqli_caps *caps, struct sqli_buffer *out,
                              struct sqli_error *error);

/* Appends one line without its end: `PREPARE placeholders=0 sql="select 1"`. */
void sqli__print(const struct sqli_message *message, enum sqli_direction direction,
                 const struct sqli_caps *caps, size_t limit, struct sqli_buffer *text);

/* The name of a column: NULL-data for an offset outside the string table. */
struct sqli_span sqli__describe_name(const struct sqli_describe *describe, uint32_t column);

#endif
