#include "server/secret.h"

bool sqli__same_secret(const uint8_t a[SQLI_HASH_BYTES], const uint8_t b[SQLI_HASH_BYTES])
{
    uint8_t differences = 0;
    for (size_t i = 0; i < SQLI_HASH_BYTES; i++)
        differences |= a[i] ^ b[i];
    return differences == 0;
}

bool sqli__scrypt_is_sane(const struct sqli_scrypt *cost)
{
    bool power = cost->n > 1 && (cost->n & (cost->n - 1)) == 0;
    return power && cost->n <= 1 << 20 && cost->r >= 1 && cost->r <= 32 && cost->p >= 1 &&
           cost->p <= 16 && 128 * cost->n * cost->r <= 256 << 20;
}

#ifdef SQLI_TLS

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

bool sqli__secrets_available(void)
{
    return true;
}

bool sqli__scrypt(const struct sqli_scrypt *cost, struct sqli_span password,
                  const uint8_t salt[SQLI_SALT_BYTES], uint8_t hash[SQLI_HASH_BYTES])
{
    const uint64_t memory = 512 << 20; /* above what is sane: the limit is ours, not OpenSSL's */
    bool done = EVP_PBE_scrypt((const char *)password.data, password.length, salt, SQLI_SALT_BYTES,
                               cost->n, cost->r, cost->p, memory, hash, SQLI_HASH_BYTES) == 1;
    ERR_clear_error();
    return done;
}

bool sqli__random(void *room, size_t size)
{
    bool done = RAND_bytes(room, (int)size) == 1;
    ERR_clear_error();
    return done;
}

/* The lengths stand before the texts, so that no two pairs run together to the same bytes. */
bool sqli__keyed_hash(const uint8_t key[SQLI_HASH_BYTES], struct sqli_span name,
                      struct sqli_span password, uint8_t hash[SQLI_HASH_BYTES])
{
    uint8_t text[8 + 2 * 512];
    unsigned length = 0;
    if (name.length > 512 || password.length > 512)
        return false;
    sqli__store32(text, (uint32_t)name.length);
    sqli__store32(text + 4, (uint32_t)password.length);
    memcpy(text + 8, name.data, name.length);
    memcpy(text + 8 + name.length, password.data, password.length);
    const uint8_t *made = HMAC(EVP_sha256(), key, SQLI_HASH_BYTES, text,
                               8 + name.length + password.length, hash, &length);
    explicit_bzero(text, sizeof text);
    ERR_clear_error();
    return made && length == SQLI_HASH_BYTES;
}

#else

bool sqli__secrets_available(void)
{
    return false;
}

bool sqli__scrypt(const struct sqli_scrypt *cost, struct sqli_span password,
                  const uint8_t salt[SQLI_SALT_BYTES], uint8_t hash[SQLI_HASH_BYTES])
{
    (void)cost;
    (void)password;
    (void)salt;
    memset(hash, 0, SQLI_HASH_BYTES);
    return false;
}

bool sqli__random(void *room, size_t size)
{
    memset(room, 0, size);
    return false;
}

bool sqli__keyed_hash(const uint8_t key[SQLI_HASH_BYTES], struct sqli_span name,
                      struct sqli_span password, uint8_t hash[SQLI_HASH_BYTES])
{
    (void)key;
    (void)name;
    (void)password;
    memset(hash, 0, SQLI_HASH_BYTES);
    return false;
}

#endif
