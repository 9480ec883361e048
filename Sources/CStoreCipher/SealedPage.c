#include "Sealed.h"

#include <openssl/rand.h>
#include <stdatomic.h>
#include <string.h>

/* What SQLite writes in the first 16 bytes of each database. */
static const uint8_t plain_magic[MAGIC] = "SQLite format 3";
const uint8_t sealed_magic[MAGIC] = CSTORE_CIPHER_MAGIC;

/* A nonce that no other page has had: 32 bits drawn at the start of the process, and a count from a drawn number on. */
static uint32_t nonce_front;
static _Atomic uint64_t nonce_count;

int sealed_page_begin(void) {
    uint64_t start = 0;
    if (RAND_bytes((uint8_t *)&nonce_front, sizeof nonce_front) != 1) return SQLITE_ERROR;
    if (RAND_bytes((uint8_t *)&start, sizeof start) != 1) return SQLITE_ERROR;
    atomic_store(&nonce_count, start);
    return SQLITE_OK;
}

static void next_nonce(uint8_t *nonce) {
    uint64_t number = atomic_fetch_add(&nonce_count, 1);
    memcpy(nonce, &nonce_front, 4);
    memcpy(nonce + 4, &number, 8);
}

/* What is authenticated with a page: of what kind its file is, and where it stands there. */
static void place(const SealedFile *file, sqlite3_int64 offset, uint8_t *bytes) {
    bytes[0] = (uint8_t)file->role;
    for (int i = 0; i < 8; i++) bytes[i + 1] = (uint8_t)((uint64_t)offset >> (8 * i));
}

static int is_zero(const uint8_t *bytes, int count) {
    for (int i = 0; i < count; i++) {
        if (bytes[i]) return 0;
    }
    return 1;
}

/* The first page of a database begins with the magic, which is not encrypted. */
static int clear_bytes(const SealedFile *file, sqlite3_int64 offset) {
    return file->role == DATABASE && offset == 0 ? MAGIC : 0;
}

int sealed_page_seal(SealedFile *file, const uint8_t *page, sqlite3_int64 offset, uint8_t *sealed) {
    int clear = clear_bytes(file, offset), count = 0;
    if (!is_zero(page + CONTENT, TRAILER)) return SQLITE_IOERR_WRITE;
    if (clear) {
        int size = page[16] << 8 | page[17];
        if (memcmp(page, plain_magic, MAGIC) != 0 || size != PAGE || page[20] < TRAILER) return SQLITE_IOERR_WRITE;
        memcpy(sealed, sealed_magic, MAGIC);
    }
    uint8_t *nonce = sealed + CONTENT, *tag = nonce + NONCE, where[9];
    next_nonce(nonce);
    place(file, offset, where);
    EVP_CIPHER_CTX *context = file->sealing;
    if (EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonce) != 1
        || EVP_EncryptUpdate(context, NULL, &count, where, sizeof where) != 1
        || EVP_EncryptUpdate(context, sealed + clear, &count, page + clear, CONTENT - clear) != 1
        || EVP_EncryptFinal_ex(context, sealed + CONTENT, &count) != 1
        || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG, tag) != 1) {
        return SQLITE_IOERR_WRITE;
    }
    memcpy(tag + TAG, file->key.name, KEY_NAME);
    return SQLITE_OK;
}

int sealed_page_open(SealedFile *file, uint8_t *page, sqlite3_int64 offset) {
    int clear = clear_bytes(file, offset), count = 0;
    uint8_t *nonce = page + CONTENT, *tag = nonce + NONCE, where[9];
    if (is_zero(nonce, TRAILER)) return is_zero(page, CONTENT) ? SQLITE_OK : SQLITE_CORRUPT;
    place(file, offset, where);
    EVP_CIPHER_CTX *context = file->opening;
    if (EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonce) != 1
        || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG, tag) != 1
        || EVP_DecryptUpdate(context, NULL, &count, where, sizeof where) != 1
        || EVP_DecryptUpdate(context, page + clear, &count, page + clear, CONTENT - clear) != 1
        || EVP_DecryptFinal_ex(context, page + CONTENT, &count) != 1) {
        return SQLITE_CORRUPT;
    }
    if (clear) memcpy(page, plain_magic, MAGIC);
    memset(page + CONTENT, 0, TRAILER);
    return SQLITE_OK;
}

int sealed_bytes_cross(SealedFile *file, const uint8_t *from, int count, sqlite3_int64 offset, uint8_t *to) {
    uint8_t counter[16] = {0}, skipped[16] = {0};
    uint64_t block = (uint64_t)offset / 16;
    for (int i = 0; i < 8; i++) counter[15 - i] = (uint8_t)(block >> (8 * i));
    int ahead = (int)(offset % 16), written = 0;
    EVP_CIPHER_CTX *context = file->sealing;
    if (EVP_EncryptInit_ex(context, NULL, NULL, NULL, counter) != 1) return SQLITE_IOERR;
    if (ahead && EVP_EncryptUpdate(context, skipped, &written, skipped, ahead) != 1) return SQLITE_IOERR;
    return EVP_EncryptUpdate(context, to, &written, from, count) == 1 ? SQLITE_OK : SQLITE_IOERR;
}

static EVP_CIPHER_CTX *context(const EVP_CIPHER *cipher, const uint8_t *key, int seals) {
    EVP_CIPHER_CTX *made = EVP_CIPHER_CTX_new();
    if (made && EVP_CipherInit_ex(made, cipher, NULL, key, NULL, seals) == 1) return made;
    EVP_CIPHER_CTX_free(made);
    return NULL;
}

int sealed_file_become(SealedFile *file, Role role, const Key *key) {
    file->role = role;
    if (role == TEMPORARY) {
        uint8_t drawn[CSTORE_CIPHER_KEY_BYTES];
        if (RAND_bytes(drawn, sizeof drawn) != 1) return SQLITE_IOERR;
        file->sealing = context(EVP_aes_256_ctr(), drawn, 1);
        OPENSSL_cleanse(drawn, sizeof drawn);
        if (!file->sealing) return SQLITE_IOERR_NOMEM;
    } else {
        file->key = *key;
        file->sealing = context(EVP_aes_256_gcm(), key->bytes, 1);
        file->opening = context(EVP_aes_256_gcm(), key->bytes, 0);
        if (!file->sealing || !file->opening) return SQLITE_IOERR_NOMEM;
    }
    file->base.pMethods = &sealed_methods;
    return SQLITE_OK;
}
