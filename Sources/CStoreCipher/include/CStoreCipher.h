#pragma once
#include <stddef.h>
#include <stdint.h>

/*
 * Keeps SQLite's files encrypted: a layer between SQLite and the file system (a VFS) that seals each page with
 * AES-256-GCM. See docs/decisions/0121-encryption-at-rest.md.
 *
 * A sealed file has pages of 4096 bytes, of which SQLite uses all but the last 32. On disk these hold the nonce (12), the
 * tag (16) and the name of the key (4). The page's place in the file is authenticated with it. The first 16 bytes of the
 * file are CSTORE_CIPHER_MAGIC in clear. Pages in the write-ahead log and in a rollback journal are sealed in the same
 * way; the frames around them hold page numbers and checksums only. Files that SQLite deletes when it closes them are
 * encrypted with AES-256-CTR under a key that exists only in memory.
 */

#define CSTORE_CIPHER_KEY_BYTES 32
#define CSTORE_CIPHER_MAGIC "nudged sealed 1"

/* Makes the layer SQLite's default. Plain files go past it. Call it before the first sealed file is opened or made.
   Returns SQLite's code: 0 is done. */
int cstore_cipher_register(void);

/* Names the key, of CSTORE_CIPHER_KEY_BYTES, by which files are opened that were sealed with it. Returns SQLite's code. */
int cstore_cipher_add_key(const uint8_t *key);

/* The key with which new files are sealed; NULL: they are plain. Returns SQLite's code. */
int cstore_cipher_use_key(const uint8_t *key);

/* Forgets every key. Files that are open stay readable. */
void cstore_cipher_forget_keys(void);

/* Whether the files that this thread makes are plain, whatever the key of new files is. */
void cstore_cipher_make_plain(int is_plain);

/* Tells the connection `sqlite3 *` to leave the room for nonce and tag in pages of a database that is still empty, or
   that VACUUM writes anew. Returns SQLite's code. */
int cstore_cipher_reserve(void *connection);

/* The name of the key that the connection's database is sealed with, as 8 hexadecimal digits and a zero byte.
   Returns 1; 0 for a database that is not sealed. */
int cstore_cipher_key_name(void *connection, char name[9]);
/* The same name of a key. Returns SQLite's code. */
int cstore_cipher_name_of(const uint8_t *key, char name[9]);

/* Reads the first bytes of a file as they are on disk, by SQLite's own means: to open a database's file in any other way
   and close it again gives up the locks that this process has on it (POSIX). Returns how many bytes there were, at most
   `count`; -1 for a file that cannot be read. */
int cstore_cipher_front(const char *path, uint8_t *to, int count);
