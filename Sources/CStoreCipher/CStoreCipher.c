#include "CStoreCipher.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

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
    /* The piece in which files without pages are encrypted. */
    PIECE = 65536,
    MOST_KEYS = 16,
};

/* What SQLite writes in the first 16 bytes of each database. */
static const uint8_t plain_magic[MAGIC] = "SQLite format 3";
static const uint8_t sealed_magic[MAGIC] = CSTORE_CIPHER_MAGIC;
static const uint8_t journal_magic[8] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

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

// MARK: keys

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

static int current_key(Key *key) {
    pthread_mutex_lock(&keys_lock);
    int there = has_current && !makes_plain;
    if (there) *key = current;
    pthread_mutex_unlock(&keys_lock);
    return there;
}

// MARK: pages

/* A nonce that no other page has had: 32 bits drawn at the start of the process, and a count from a drawn number on. */
static uint32_t nonce_front;
static _Atomic uint64_t nonce_count;

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

/* Writes the sealed form of `page` to `sealed`. Refuses a page that leaves no room for nonce and tag. */
static int seal(SealedFile *file, const uint8_t *page, sqlite3_int64 offset, uint8_t *sealed) {
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

/* Opens the page in place. A page that was never written is one of zeros. */
static int open_page(SealedFile *file, uint8_t *page, sqlite3_int64 offset) {
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

/* Encrypts or decrypts bytes of a temporary file, which is the same. */
static int cross(SealedFile *file, const uint8_t *from, int count, sqlite3_int64 offset, uint8_t *to) {
    uint8_t counter[16] = {0}, skipped[16] = {0};
    uint64_t block = (uint64_t)offset / 16;
    for (int i = 0; i < 8; i++) counter[15 - i] = (uint8_t)(block >> (8 * i));
    int ahead = (int)(offset % 16), written = 0;
    EVP_CIPHER_CTX *context = file->sealing;
    if (EVP_EncryptInit_ex(context, NULL, NULL, NULL, counter) != 1) return SQLITE_IOERR;
    if (ahead && EVP_EncryptUpdate(context, skipped, &written, skipped, ahead) != 1) return SQLITE_IOERR;
    return EVP_EncryptUpdate(context, to, &written, from, count) == 1 ? SQLITE_OK : SQLITE_IOERR;
}

// MARK: reading

static int real_read(SealedFile *file, void *to, int count, sqlite3_int64 offset) {
    return file->real->pMethods->xRead(file->real, to, count, offset);
}

/* Any stretch of a database: SQLite reads pages, and pieces of the first one. */
static int read_database(SealedFile *file, uint8_t *to, int count, sqlite3_int64 offset) {
    if (count == PAGE && offset % PAGE == 0) {
        int code = real_read(file, to, PAGE, offset);
        if (code == SQLITE_IOERR_SHORT_READ) memset(to, 0, PAGE);
        return code == SQLITE_OK ? open_page(file, to, offset) : code;
    }
    while (count > 0) {
        int ahead = (int)(offset % PAGE), piece = PAGE - ahead < count ? PAGE - ahead : count;
        int code = read_database(file, file->page, PAGE, offset - ahead);
        if (code != SQLITE_OK) {
            memset(to, 0, (size_t)count);
            return code;
        }
        memcpy(to, file->page + ahead, (size_t)piece);
        to += piece, count -= piece, offset += piece;
    }
    return SQLITE_OK;
}

/* A page of the log, its header, or a frame with its page. */
static int read_log(SealedFile *file, uint8_t *to, int count, sqlite3_int64 offset) {
    int code = real_read(file, to, count, offset);
    if (code != SQLITE_OK) return code;
    if (count == PAGE) return open_page(file, to, offset);
    if (count != FRAME) return count < PAGE ? SQLITE_OK : SQLITE_IOERR_READ;
    memcpy(file->page, to + FRAME_HEADER, PAGE);
    /* A frame that was cut short stays as it is: SQLite finds by its checksum that the log ends before it. */
    if (open_page(file, file->page, offset + FRAME_HEADER) == SQLITE_OK) memcpy(to + FRAME_HEADER, file->page, PAGE);
    return SQLITE_OK;
}

static int sealed_read(sqlite3_file *base, void *to, int count, sqlite3_int64 offset) {
    SealedFile *file = (SealedFile *)base;
    int code;
    switch (file->role) {
    case DATABASE: return read_database(file, to, count, offset);
    case LOG: return read_log(file, to, count, offset);
    case JOURNAL:
        code = real_read(file, to, count, offset);
        return code == SQLITE_OK && count == PAGE ? open_page(file, to, offset) : code;
    case TEMPORARY:
        code = real_read(file, to, count, offset);
        if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
        /* What lies beyond the end is zero, and stays so. */
        sqlite3_int64 size = 0;
        int failed = code == SQLITE_OK ? SQLITE_OK : file->real->pMethods->xFileSize(file->real, &size);
        if (failed != SQLITE_OK) return failed;
        int there = code == SQLITE_OK ? count : size <= offset ? 0 : (int)(size - offset);
        failed = cross(file, to, there, offset, to);
        return failed == SQLITE_OK ? code : failed;
    }
    return SQLITE_IOERR_READ;
}

// MARK: writing

static int real_write(SealedFile *file, const void *from, int count, sqlite3_int64 offset) {
    return file->real->pMethods->xWrite(file->real, from, count, offset);
}

static int write_temporary(SealedFile *file, const uint8_t *from, int count, sqlite3_int64 offset) {
    uint8_t *piece = malloc(PIECE);
    int code = piece ? SQLITE_OK : SQLITE_IOERR_NOMEM;
    while (count > 0 && code == SQLITE_OK) {
        int part = count < PIECE ? count : PIECE;
        code = cross(file, from, part, offset, piece);
        if (code == SQLITE_OK) code = real_write(file, piece, part, offset);
        from += part, count -= part, offset += part;
    }
    free(piece);
    return code;
}

static int sealed_write(sqlite3_file *base, const void *from, int count, sqlite3_int64 offset) {
    SealedFile *file = (SealedFile *)base;
    int is_page = count == PAGE;
    switch (file->role) {
    case DATABASE:
        if (!is_page || offset % PAGE != 0) return SQLITE_IOERR_WRITE;
        break;
    case LOG:
        if (!is_page) return count <= LOG_HEADER ? real_write(file, from, count, offset) : SQLITE_IOERR_WRITE;
        break;
    case JOURNAL:
        /* A header is as long as a page where the disk's sectors are. */
        if (is_page && memcmp(from, journal_magic, sizeof journal_magic) == 0) is_page = 0;
        if (!is_page) return count <= PAGE ? real_write(file, from, count, offset) : SQLITE_IOERR_WRITE;
        break;
    case TEMPORARY: return write_temporary(file, from, count, offset);
    }
    int code = seal(file, from, offset, file->page);
    return code == SQLITE_OK ? real_write(file, file->page, PAGE, offset) : code;
}

// MARK: the rest of a file, which is the real one's

#define REAL(base) (((SealedFile *)(base))->real)

static int sealed_close(sqlite3_file *base) {
    SealedFile *file = (SealedFile *)base;
    EVP_CIPHER_CTX_free(file->sealing);
    EVP_CIPHER_CTX_free(file->opening);
    OPENSSL_cleanse(&file->key, sizeof file->key);
    return file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;
}
static int sealed_truncate(sqlite3_file *f, sqlite3_int64 size) { return REAL(f)->pMethods->xTruncate(REAL(f), size); }
static int sealed_sync(sqlite3_file *f, int flags) { return REAL(f)->pMethods->xSync(REAL(f), flags); }
static int sealed_size(sqlite3_file *f, sqlite3_int64 *size) { return REAL(f)->pMethods->xFileSize(REAL(f), size); }
static int sealed_lock(sqlite3_file *f, int level) { return REAL(f)->pMethods->xLock(REAL(f), level); }
static int sealed_unlock(sqlite3_file *f, int level) { return REAL(f)->pMethods->xUnlock(REAL(f), level); }
static int sealed_reserved(sqlite3_file *f, int *out) { return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out); }
static int sealed_control(sqlite3_file *f, int op, void *arg) { return REAL(f)->pMethods->xFileControl(REAL(f), op, arg); }
static int sealed_sector(sqlite3_file *f) { return REAL(f)->pMethods->xSectorSize(REAL(f)); }
static int sealed_traits(sqlite3_file *f) { return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f)); }
static int sealed_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **at) {
    return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, at);
}
static int sealed_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}
static void sealed_shm_barrier(sqlite3_file *f) { REAL(f)->pMethods->xShmBarrier(REAL(f)); }
static int sealed_shm_unmap(sqlite3_file *f, int deletes) { return REAL(f)->pMethods->xShmUnmap(REAL(f), deletes); }

/* Version 2: without the mapping of files into memory, which would show SQLite the sealed pages. */
static const sqlite3_io_methods sealed_methods = {
    .iVersion = 2,
    .xClose = sealed_close,
    .xRead = sealed_read,
    .xWrite = sealed_write,
    .xTruncate = sealed_truncate,
    .xSync = sealed_sync,
    .xFileSize = sealed_size,
    .xLock = sealed_lock,
    .xUnlock = sealed_unlock,
    .xCheckReservedLock = sealed_reserved,
    .xFileControl = sealed_control,
    .xSectorSize = sealed_sector,
    .xDeviceCharacteristics = sealed_traits,
    .xShmMap = sealed_shm_map,
    .xShmLock = sealed_shm_lock,
    .xShmBarrier = sealed_shm_barrier,
    .xShmUnmap = sealed_shm_unmap,
};

// MARK: opening

static sqlite3_vfs *real_vfs;
static sqlite3_vfs sealing_vfs;

static EVP_CIPHER_CTX *context(const EVP_CIPHER *cipher, const uint8_t *key, int seals) {
    EVP_CIPHER_CTX *made = EVP_CIPHER_CTX_new();
    if (made && EVP_CipherInit_ex(made, cipher, NULL, key, NULL, seals) == 1) return made;
    EVP_CIPHER_CTX_free(made);
    return NULL;
}

/* Readies the file, whose real one is open. */
static int become(SealedFile *file, Role role, const Key *key) {
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

/* Tells by the contents how the database is kept. */
static int examine(SealedFile *file, int *is_sealed, Key *key) {
    sqlite3_int64 size = 0;
    *is_sealed = 0;
    int code = file->real->pMethods->xFileSize(file->real, &size);
    if (code != SQLITE_OK) return code;
    if (size == 0) {
        *is_sealed = current_key(key);
        return SQLITE_OK;
    }
    if (size < PAGE) return SQLITE_OK;
    code = real_read(file, file->page, PAGE, 0);
    if (code != SQLITE_OK) return code;
    if (memcmp(file->page, sealed_magic, MAGIC) != 0) return SQLITE_OK;
    *is_sealed = 1;
    pthread_mutex_lock(&keys_lock);
    int known = find_key(file->page + PAGE - KEY_NAME, key);
    pthread_mutex_unlock(&keys_lock);
    return known ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int open_database(sqlite3_filename name, SealedFile *file, int flags, int *out) {
    int code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
    if (code != SQLITE_OK) return code;
    int is_sealed = 0;
    Key key;
    code = examine(file, &is_sealed, &key);
    if (code == SQLITE_OK && is_sealed) code = become(file, DATABASE, &key);
    OPENSSL_cleanse(&key, sizeof key);
    if (code == SQLITE_OK && is_sealed) return SQLITE_OK;
    file->base.pMethods = NULL;
    EVP_CIPHER_CTX_free(file->sealing);
    EVP_CIPHER_CTX_free(file->opening);
    file->real->pMethods->xClose(file->real);
    return code == SQLITE_OK ? real_vfs->xOpen(real_vfs, name, &file->base, flags, out) : code;
}

static int open_beside(sqlite3_filename name, SealedFile *file, int flags, int *out, Role role, const Key *key) {
    int code = real_vfs->xOpen(real_vfs, name, file->real, flags, out);
    if (code != SQLITE_OK) return code;
    code = become(file, role, key);
    if (code == SQLITE_OK) return code;
    file->base.pMethods = NULL;
    EVP_CIPHER_CTX_free(file->sealing);
    EVP_CIPHER_CTX_free(file->opening);
    file->real->pMethods->xClose(file->real);
    return code;
}

static int sealing_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *base, int flags, int *out) {
    (void)vfs;
    SealedFile *file = (SealedFile *)base;
    const int passing = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_TEMP_JOURNAL | SQLITE_OPEN_SUBJOURNAL;
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(file + 1);
    memset(file->real, 0, (size_t)real_vfs->szOsFile);
    if (flags & SQLITE_OPEN_MAIN_DB) return open_database(name, file, flags, out);
    if (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) {
        sqlite3_file *database = sqlite3_database_file_object(name);
        if (database && database->pMethods == &sealed_methods) {
            Role role = flags & SQLITE_OPEN_WAL ? LOG : JOURNAL;
            return open_beside(name, file, flags, out, role, &((SealedFile *)database)->key);
        }
    } else if (flags & passing) {
        pthread_mutex_lock(&keys_lock);
        int has_keys = key_count > 0;
        pthread_mutex_unlock(&keys_lock);
        if (has_keys) return open_beside(name, file, flags, out, TEMPORARY, NULL);
    }
    return real_vfs->xOpen(real_vfs, name, base, flags, out);
}

static int registered = SQLITE_ERROR;

static void register_once(void) {
    uint64_t start = 0;
    if (RAND_bytes((uint8_t *)&nonce_front, sizeof nonce_front) != 1) return;
    if (RAND_bytes((uint8_t *)&start, sizeof start) != 1) return;
    atomic_store(&nonce_count, start);
    real_vfs = sqlite3_vfs_find(NULL);
    if (!real_vfs) return;
    sealing_vfs = *real_vfs;
    sealing_vfs.pNext = NULL;
    sealing_vfs.zName = "nudged-sealed";
    sealing_vfs.szOsFile = (int)sizeof(SealedFile) + real_vfs->szOsFile;
    sealing_vfs.xOpen = sealing_open;
    registered = sqlite3_vfs_register(&sealing_vfs, 1);
}

int cstore_cipher_register(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_once);
    return registered;
}

int cstore_cipher_reserve(void *connection, int is_sealed) {
    int count = is_sealed ? TRAILER : 0;
    return sqlite3_file_control((sqlite3 *)connection, "main", SQLITE_FCNTL_RESERVE_BYTES, &count);
}

static void write_name(const Key *key, char *name) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < KEY_NAME; i++) {
        name[2 * i] = digits[key->name[i] >> 4];
        name[2 * i + 1] = digits[key->name[i] & 15];
    }
    name[2 * KEY_NAME] = 0;
}

int cstore_cipher_key_name(void *connection, char name[9]) {
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control((sqlite3 *)connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code != SQLITE_OK || !file || file->pMethods != &sealed_methods) return 0;
    if (((SealedFile *)file)->role != DATABASE) return 0;
    write_name(&((SealedFile *)file)->key, name);
    return 1;
}

int cstore_cipher_name_of(const uint8_t *bytes, char name[9]) {
    Key key;
    int code = name_key(bytes, &key);
    if (code == SQLITE_OK) write_name(&key, name);
    return code;
}
