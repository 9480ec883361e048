#include "Sealed.h"

#include <openssl/hmac.h>
#include <pthread.h>
#include <string.h>

enum { MOST_KEYS = 16 };

static pthread_mutex_t keys_lock = PTHREAD_MUTEX_INITIALIZER;
static Key keys[MOST_KEYS];
static int key_count = 0;
static int has_current = 0;
static Key current;
static _Thread_local int makes_plain = 0;

static int name_key(const uint8_t *bytes, Key *key) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    static const uint8_t purpose[] = "nudged store key";
    if (!HMAC(EVP_sha256(), bytes, CSTORE_CIPHER_KEY_BYTES, purpose, sizeof purpose - 1, digest, &size)) {
        return SQLITE_ERROR;
    }
    memcpy(key->bytes, bytes, CSTORE_CIPHER_KEY_BYTES);
    memcpy(key->name, digest, KEY_NAME);
    return SQLITE_OK;
}

/* The caller has the lock. */
static int find_key(const uint8_t *name, Key *found) {
    for (int i = 0; i < key_count; i++) {
        if (memcmp(keys[i].name, name, KEY_NAME) == 0) {
            *found = keys[i];
            return 1;
        }
    }
    return 0;
}

int cstore_cipher_add_key(const uint8_t *bytes) {
    Key key, other;
    if (name_key(bytes, &key) != SQLITE_OK) return SQLITE_ERROR;
    pthread_mutex_lock(&keys_lock);
    int result = SQLITE_OK;
    if (!find_key(key.name, &other)) {
        if (key_count < MOST_KEYS) {
            keys[key_count++] = key;
        } else {
            result = SQLITE_FULL;
        }
    } else if (memcmp(other.bytes, key.bytes, CSTORE_CIPHER_KEY_BYTES) != 0) {
        result = SQLITE_CONSTRAINT;
    }
    pthread_mutex_unlock(&keys_lock);
    return result;
}

int cstore_cipher_use_key(const uint8_t *bytes) {
    Key key;
    if (bytes) {
        int added = cstore_cipher_add_key(bytes);
        if (added != SQLITE_OK) return added;
        if (name_key(bytes, &key) != SQLITE_OK) return SQLITE_ERROR;
    }
    pthread_mutex_lock(&keys_lock);
    has_current = bytes != NULL;
    if (bytes) current = key;
    pthread_mutex_unlock(&keys_lock);
    return SQLITE_OK;
}

void cstore_cipher_forget_keys(void) {
    pthread_mutex_lock(&keys_lock);
    key_count = has_current = 0;
    OPENSSL_cleanse(keys, sizeof keys);
    OPENSSL_cleanse(&current, sizeof current);
    pthread_mutex_unlock(&keys_lock);
}

void cstore_cipher_make_plain(int is_plain) { makes_plain = is_plain; }

int store_key_of_new_files(Key *key) {
    pthread_mutex_lock(&keys_lock);
    int there = has_current && !makes_plain;
    if (there) *key = current;
    pthread_mutex_unlock(&keys_lock);
    return there;
}

int store_key_named(const uint8_t *name, Key *found) {
    pthread_mutex_lock(&keys_lock);
    int known = find_key(name, found);
    pthread_mutex_unlock(&keys_lock);
    return known;
}

int store_has_keys(void) {
    pthread_mutex_lock(&keys_lock);
    int has = key_count > 0;
    pthread_mutex_unlock(&keys_lock);
    return has;
}

void store_key_write_name(const Key *key, char *name) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < KEY_NAME; i++) {
        name[2 * i] = digits[key->name[i] >> 4];
        name[2 * i + 1] = digits[key->name[i] & 15];
    }
    name[2 * KEY_NAME] = 0;
}

int cstore_cipher_name_of(const uint8_t *bytes, char name[9]) {
    Key key;
    int code = name_key(bytes, &key);
    if (code == SQLITE_OK) store_key_write_name(&key, name);
    return code;
}
