/* What passwords need of cryptography: OpenSSL's, and nothing else of it. Without it (SQLI_TLS=OFF)
 * every function fails. */
#ifndef SQLI_SERVER_SECRET_H
#define SQLI_SERVER_SECRET_H

#include "base/error.h"

enum { SQLI_SALT_BYTES = 16, SQLI_HASH_BYTES = 32 };

/* scrypt's cost: 128 * n * r bytes of memory, and time for p times as much. n is a power of 2. */
struct sqli_scrypt {
    uint64_t n;
    uint64_t r;
    uint64_t p;
};

bool sqli__secrets_available(void);
/* Within what a login may cost: at most 256 MiB, and a few seconds. */
bool sqli__scrypt_is_sane(const struct sqli_scrypt *cost);
bool sqli__scrypt(const struct sqli_scrypt *cost, struct sqli_span password,
                  const uint8_t salt[SQLI_SALT_BYTES], uint8_t hash[SQLI_HASH_BYTES]);

bool sqli__random(void *room, size_t size);
/* HMAC-SHA256 of a name and a password. */
bool sqli__keyed_hash(const uint8_t key[SQLI_HASH_BYTES], struct sqli_span name,
                      struct sqli_span password, uint8_t hash[SQLI_HASH_BYTES]);
/* In a time that does not depend on the bytes. */
bool sqli__same_secret(const uint8_t a[SQLI_HASH_BYTES], const uint8_t b[SQLI_HASH_BYTES]);

#endif
