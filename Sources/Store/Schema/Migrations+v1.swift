/// The first version of the schema, as it was written. It is never edited, see `Migrations.all`.
extension Migrations {
    static let v1 = Migration("v1", membersAndHistory + ledger + draws + outbox + bookkeeping)

    private static let membersAndHistory = [
        "CREATE TABLE stores (id TEXT PRIMARY KEY, name TEXT, timezone TEXT, manager TEXT) WITHOUT ROWID",
        """
        CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT, category TEXT, price INTEGER, in_stock INTEGER,
          pairs_with TEXT NOT NULL DEFAULT '[]') WITHOUT ROWID
        """,
        // `zone` is the effective zone, member's else store's; NULL means settings.timezone.
        """
        CREATE TABLE members (
          id TEXT PRIMARY KEY, display_name TEXT, gender TEXT CHECK (gender = 'female' OR gender = 'male' \
        OR gender = 'unknown'),
          status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed')), tier TEXT,
          birthday_key TEXT, birthday_year INTEGER, registered_at INTEGER, phone TEXT, email TEXT, wechat_openid TEXT,
          wecom_external_userid TEXT, city TEXT, region TEXT, store_id TEXT, advisor TEXT, language TEXT, timezone TEXT,
          preferred_channel TEXT, personalisation TEXT CHECK (personalisation = 'personalised' \
        OR personalisation = 'generic' OR personalisation = 'none'),
          zone TEXT) WITHOUT ROWID
        """,
        "CREATE INDEX members_birthday ON members (birthday_key) WHERE birthday_key IS NOT NULL",
        "CREATE INDEX members_zone ON members (zone) WHERE zone IS NOT NULL",
        "CREATE INDEX members_store ON members (store_id) WHERE store_id IS NOT NULL",
        // `n` keeps the order in which they were written.
        """
        CREATE TABLE member_tags (member TEXT NOT NULL, tag TEXT NOT NULL, n INTEGER NOT NULL DEFAULT 0,
          PRIMARY KEY (member, tag)) WITHOUT ROWID
        """,
        """
        CREATE TABLE member_attributes (member TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY (member, name)) WITHOUT ROWID
        """,
        // Values a fixture states for derived fields: they replace the computed ones (semantics §8).
        """
        CREATE TABLE member_overrides (member TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY (member, name)) WITHOUT ROWID
        """,
        """
        CREATE TABLE dates (member TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, year INTEGER,
          PRIMARY KEY (member, name)) WITHOUT ROWID
        """,
        "CREATE INDEX dates_key ON dates (name, key)",
        // Rows are events (semantics §2): this is the spine that triggers, history and `unless` read. `ref` is the id of
        // the order, cart, coupon or batch the event is about; `data` is NULL where the row's own table holds it.
        """
        CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, member TEXT NOT NULL, name TEXT NOT NULL,
          at INTEGER NOT NULL, source TEXT NOT NULL, event_id TEXT, ref TEXT, data TEXT)
        """,
        "CREATE INDEX events_member ON events (member, name, at)",
        "CREATE INDEX events_name ON events (name, at)",
        "CREATE UNIQUE INDEX events_dedupe ON events (source, event_id) WHERE event_id IS NOT NULL",
        // The last event of each name, kept up to date by the writers of events: it finds who has been silent since a
        // day without reading everyone who was active that day. Our own messages are not activity.
        """
        CREATE TABLE latest (member TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (member, name))
          WITHOUT ROWID
        """,
        "CREATE INDEX latest_name ON latest (name, at)",
        """
        CREATE TABLE orders (member TEXT NOT NULL, id TEXT NOT NULL, paid_at INTEGER NOT NULL, total INTEGER NOT NULL,
          status TEXT NOT NULL DEFAULT 'paid' CHECK (status = 'paid' OR status = 'cancelled' OR status = 'refunded'),
          cancelled_at INTEGER, refunded_at INTEGER, cart TEXT, store_id TEXT, source TEXT,
          PRIMARY KEY (member, id)) WITHOUT ROWID
        """,
        "CREATE INDEX orders_id ON orders (id)",
        """
        CREATE TABLE order_items (member TEXT NOT NULL, order_id TEXT NOT NULL, line INTEGER NOT NULL, sku TEXT NOT NULL,
          name TEXT, category TEXT, quantity INTEGER NOT NULL DEFAULT 1, price INTEGER,
          PRIMARY KEY (member, order_id, sku)) WITHOUT ROWID
        """,
        // Units sold per sku in the 90 days before the instant in meta.bestsellers_at.
        "CREATE TABLE bestsellers (sku TEXT PRIMARY KEY, units INTEGER NOT NULL) WITHOUT ROWID",
        // One row per touch: the values of the cart from `at` on. `items` is a JSON array of {sku, name, category,
        // quantity, price (fen)}.
        """
        CREATE TABLE carts (member TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, total INTEGER,
          in_stock_items INTEGER, items TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (member, id, at)) WITHOUT ROWID
        """,
        """
        CREATE TABLE points (member TEXT NOT NULL, id TEXT NOT NULL, points INTEGER NOT NULL, remaining INTEGER NOT NULL,
          earned_at INTEGER, expires_at INTEGER, PRIMARY KEY (member, id)) WITHOUT ROWID
        """,
        "CREATE INDEX points_expiry ON points (expires_at) WHERE expires_at IS NOT NULL",
        // `used_at` NULL with state 'used' means used since the beginning of time. `rule` names the rule that gave it.
        """
        CREATE TABLE coupons (member TEXT NOT NULL, id TEXT NOT NULL, template TEXT NOT NULL, code TEXT,
          face_value INTEGER, issued_at INTEGER, expires_at INTEGER,
          state TEXT NOT NULL DEFAULT 'unused' CHECK (state = 'unused' OR state = 'used' \
        OR state = 'expired'), used_at INTEGER,
          rule TEXT, PRIMARY KEY (member, id)) WITHOUT ROWID
        """,
        "CREATE INDEX coupons_expiry ON coupons (expires_at) WHERE expires_at IS NOT NULL",
        // `coupon` is the id of the coupon that took the code, NULL while it is free.
        """
        CREATE TABLE coupon_codes (template TEXT NOT NULL, code TEXT NOT NULL, coupon TEXT, PRIMARY KEY (template, code))
          WITHOUT ROWID
        """,
        "CREATE INDEX coupon_codes_free ON coupon_codes (template) WHERE coupon IS NULL",
        // `at` is the beginning of time where the source states none; the latest at or before now holds.
        """
        CREATE TABLE consents (member TEXT NOT NULL, channel TEXT NOT NULL,
          purpose TEXT NOT NULL CHECK (purpose IN ('marketing', 'service')), at INTEGER NOT NULL,
          state TEXT NOT NULL CHECK (state IN ('granted', 'withdrawn')), source TEXT, seq INTEGER NOT NULL,
          PRIMARY KEY (member, channel, purpose, at)) WITHOUT ROWID
        """,
        // A standing "do not send", both purposes; channel '*' is every channel.
        """
        CREATE TABLE suppressions (member TEXT NOT NULL, channel TEXT NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL,
          seq INTEGER NOT NULL, PRIMARY KEY (member, channel)) WITHOUT ROWID
        """,
        """
        CREATE TABLE experiment_overrides (member TEXT NOT NULL, key TEXT NOT NULL, variant TEXT NOT NULL,
          PRIMARY KEY (member, key)) WITHOUT ROWID
        """,
        "CREATE VIEW v_events AS SELECT source, event_id, name, member FROM events",
    ]

    private static let ledger = [
        // Exactly one decision for each (rule, member, occasion), whatever its outcome.
        """
        CREATE TABLE decisions (
          member TEXT NOT NULL, rule TEXT NOT NULL, occasion TEXT NOT NULL, due INTEGER NOT NULL, at INTEGER NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome = 'sent' OR outcome = 'task_created' OR outcome = 'done' \
        OR outcome = 'skipped' OR outcome = 'cancelled' OR outcome = 'suppressed' OR outcome = 'held_out' \
        OR outcome = 'missed' OR outcome = 'failed'),
          because TEXT, channel TEXT, template TEXT, coupon TEXT, task TEXT, variant TEXT, shadow INTEGER NOT NULL DEFAULT 0,
          rules_version INTEGER NOT NULL, PRIMARY KEY (member, rule, occasion)) WITHOUT ROWID
        """,
        // Waits that cannot be derived from rows: held messages (due = release), and the drip of existing members.
        """
        CREATE TABLE waits (member TEXT NOT NULL, rule TEXT NOT NULL, occasion TEXT NOT NULL,
          kind TEXT NOT NULL CHECK (kind IN ('held', 'existing')), due INTEGER NOT NULL, first_due INTEGER NOT NULL,
          start INTEGER NOT NULL, ref TEXT, event INTEGER, date INTEGER, passes INTEGER, zone TEXT NOT NULL,
          PRIMARY KEY (member, rule, occasion)) WITHOUT ROWID
        """,
        "CREATE INDEX waits_rule ON waits (rule, due)",
        """
        CREATE TABLE tasks (member TEXT NOT NULL, rule TEXT NOT NULL, occasion TEXT NOT NULL, assignee TEXT,
          title TEXT NOT NULL, script TEXT, text TEXT, created_at INTEGER NOT NULL, due_at INTEGER,
          state TEXT NOT NULL DEFAULT 'open' CHECK (state = 'open' OR state = 'done' OR state = 'cancelled'),
          PRIMARY KEY (member, rule, occasion)) WITHOUT ROWID
        """,
    ]

    private static let draws = [
        // The members drawn by `audience.pick`; the row of member '' says that the draw was made.
        """
        CREATE TABLE picks (rule TEXT NOT NULL, occasion TEXT NOT NULL, member TEXT NOT NULL,
          PRIMARY KEY (member, rule, occasion)) WITHOUT ROWID
        """
    ]

    private static let outbox = [
        """
        CREATE TABLE deliveries (
          id INTEGER PRIMARY KEY AUTOINCREMENT, member TEXT NOT NULL, rule TEXT NOT NULL, occasion TEXT NOT NULL,
          step INTEGER NOT NULL DEFAULT 1, channel TEXT NOT NULL, template TEXT NOT NULL,
          purpose TEXT NOT NULL CHECK (purpose IN ('marketing', 'service')),
          state TEXT NOT NULL CHECK (state = 'pending' OR state = 'claimed' OR state = 'sending' \
        OR state = 'accepted' OR state = 'delivered' OR state = 'undelivered' OR state = 'rejected' \
        OR state = 'unknown' OR state = 'retry_wait' OR state = 'unknown_closed' OR state = 'suppressed' \
        OR state = 'expired' OR state = 'cancelled' OR state = 'dead'),
          policy TEXT NOT NULL DEFAULT 'hold' CHECK (policy IN ('hold', 'resend')),
          created_at INTEGER NOT NULL, not_before INTEGER NOT NULL, send_by INTEGER NOT NULL, start INTEGER NOT NULL,
          claim_count INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, because TEXT,
          address TEXT, subject TEXT, text TEXT, html TEXT, template_code TEXT, template_values TEXT,
          failures INTEGER NOT NULL DEFAULT 0, ref TEXT, event INTEGER, date INTEGER, alternatives TEXT,
          UNIQUE (member, rule, occasion, step))
        """,
        // Deliveries that are owed, most urgent first; below, those under way or unclear.
        """
        CREATE INDEX deliveries_due ON deliveries (send_by, channel, rule, not_before)
          WHERE state IN ('pending', 'retry_wait')
        """,
        // A claim of these ended in a crash: they go one at a time.
        """
        CREATE INDEX deliveries_suspect ON deliveries (send_by)
          WHERE state IN ('pending', 'retry_wait') AND claim_count > 0
        """,
        "CREATE INDEX deliveries_unclear ON deliveries (state) WHERE state IN ('claimed', 'sending', 'unknown')",
        // The intent is durable before the first byte leaves; an outcome without an intent cannot be written.
        """
        CREATE TABLE attempts (delivery INTEGER NOT NULL REFERENCES deliveries (id), n INTEGER NOT NULL CHECK (n >= 1),
          reference TEXT NOT NULL, epoch INTEGER NOT NULL, intent_seq INTEGER NOT NULL, intent_at INTEGER NOT NULL,
          outcome TEXT CHECK (outcome = 'accepted' OR outcome = 'rejected' OR outcome = 'not_sent' \
        OR outcome = 'unknown'), code TEXT, provider_id TEXT,
          outcome_seq INTEGER, outcome_at INTEGER, resend INTEGER NOT NULL DEFAULT 0,
          CHECK ((outcome IS NULL) = (outcome_seq IS NULL)), PRIMARY KEY (delivery, n)) WITHOUT ROWID
        """,
        // A resend repeats the reference of the unclear try, so that a provider can recognise it; nothing else may.
        "CREATE UNIQUE INDEX attempts_reference ON attempts (reference) WHERE resend = 0",
        """
        CREATE TABLE transitions (delivery INTEGER NOT NULL REFERENCES deliveries (id), seq INTEGER NOT NULL,
          from_state TEXT, to_state TEXT NOT NULL, cause TEXT NOT NULL, PRIMARY KEY (delivery, seq)) WITHOUT ROWID
        """,
    ]

    private static let bookkeeping = [
        // Keys: seq (the one counter behind every "before" and "after"), generation, watermark, epoch.
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        "INSERT INTO meta (key, value) VALUES ('seq', 0), ('epoch', 0), ('rules_version', 0)",
        // Drawn when the store is made, so that its backups are recognised as its own.
        "INSERT INTO meta (key, value) VALUES ('generation', (random() & 4294967295) | 1)",
        // Members with rows that arrived since the last tick: late events are looked for among them only.
        "CREATE TABLE arrivals (member TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE rule_sets (version INTEGER PRIMARY KEY, hash TEXT NOT NULL, loaded_at INTEGER NOT NULL,
          files TEXT NOT NULL)
        """,
        // A rule never fires for occurrences due before it went live (T13).
        """
        CREATE TABLE live_rules (rule TEXT PRIMARY KEY, since INTEGER NOT NULL, watermark INTEGER NOT NULL,
          text_hash TEXT NOT NULL, trigger_hash TEXT NOT NULL, status TEXT NOT NULL) WITHOUT ROWID
        """,
        // How many members each rule reached, by UTC day: the blast guard's idea of what is usual.
        """
        CREATE TABLE daily_reach (rule TEXT NOT NULL, day INTEGER NOT NULL, people INTEGER NOT NULL,
          PRIMARY KEY (rule, day)) WITHOUT ROWID
        """,
        // A release by the operator holds until the rule's text changes.
        "CREATE TABLE blast_releases (rule TEXT PRIMARY KEY, text_hash TEXT NOT NULL) WITHOUT ROWID",
        // The emergency stops: 'all', 'rule:R' or 'channel:C'; for the guards 'clock', 'rollback' and 'blast:R'.
        """
        CREATE TABLE stops (scope TEXT PRIMARY KEY, reason TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL)
          WITHOUT ROWID
        """,
    ]
}
