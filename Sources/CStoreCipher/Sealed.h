#pragma once
#include "CStoreCipher.h"

#include <openssl/evp.h>
#include <sqlite3.h>

/* What the files of this folder share. */

enum {
    PAGE = 4096,
    NONCE = 12,
    TAG = 16,
    KEY_NAME = 4,
    TRAILER = NONCE + TAG + KEY_NAME,
    CONTENT = PAGE - TRAILER,
    MAGIC = 16,
    LOG_HEADER = 32,
    FRAME_HEADER = 24,
    FRAME = FRAME_HEADER + PAGE,
};

typedef struct {
    uint8_t bytes[CSTORE_CIPHER_KEY_BYTES];
    uint8_t name[KEY_NAME];
} Key;

typedef enum { DATABASE = 1, LOG = 2, JOURNAL = 3, TEMPORARY = 4 } Role;

typedef struct {
    sqlite3_file base;
    sqlite3_file *real;
    Role role;
    Key key;
    EVP_CIPHER_CTX *sealing;
    EVP_CIPHER_CTX *opening;
    uint8_t page[FRAME];
} SealedFile;

// MARK: StoreKeys.c

/* Finds the key of that name; returns 0 when there is none. */
int store_key_named(const uint8_t *name, Key *found);
/* The key of new files; returns 0 when they are plain. */
int store_key_of_new_files(Key *key);
int store_has_keys(void);
/* Writes 8 digits and a zero byte. */
void store_key_write_name(const Key *key, char *name);

// MARK: SealedPage.c

extern const uint8_t sealed_magic[MAGIC];
/* Draws where the nonces of this process begin. Returns SQLite's code. */
int sealed_page_begin(void);
/* Makes the file one of that role, whose real one is open. `key` is not used for TEMPORARY. Returns SQLite's code. */
int sealed_file_become(SealedFile *file, Role role, const Key *key);
/* Writes the sealed form of `page` to `sealed`. Refuses a page that leaves no room for nonce and tag. */
int sealed_page_seal(SealedFile *file, const uint8_t *page, sqlite3_int64 offset, uint8_t *sealed);
/* Opens the page in place. A page that was never written is one of zeros. */
int sealed_page_open(SealedFile *file, uint8_t *page, sqlite3_int64 offset);
/* Encrypts or decrypts bytes of a temporary file, which is the same. */
int sealed_bytes_cross(SealedFile *file, const uint8_t *from, int count, sqlite3_int64 offset, uint8_t *to);

// MARK: SealedFile.c

extern const sqlite3_io_methods sealed_methods;
