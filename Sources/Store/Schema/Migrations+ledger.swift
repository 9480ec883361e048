/// Deliveries are keyed by the number of their decision, so that a message touches one random page: its decision's.
extension Migrations {
    /// Decisions get numbers, from now on in the order in which they are written, and a delivery names its decision and its step
    /// instead of repeating member and occasion: its unique index grows at one end (docs/decisions/0074). A delivery
    /// without a decision cannot be written any more; those that an earlier version left get a decision to send.
    ///
    /// Both tables are written anew, in the order of their keys, and the index of steps is sorted afterwards.
    static let numberedLedger = Migration("v15-ledger", numberedDecisions + keyedDeliveries)

    private static let numberedDecisions = [
        """
        INSERT INTO decisions (member, rule, occasion, due, at, outcome, channel, template, rules_version)
        SELECT member, rule, occasion, start, created_at, 'sent', channel, template, 0 FROM deliveries WHERE true
        ORDER BY id ON CONFLICT DO NOTHING
        """,
        """
        CREATE TABLE decisions_v15 (
          member TEXT NOT NULL, rule TEXT NOT NULL, occasion TEXT NOT NULL, id INTEGER NOT NULL, due INTEGER NOT NULL,
          at INTEGER NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome = 'sent' OR outcome = 'task_created' OR outcome = 'done' \
        OR outcome = 'skipped' OR outcome = 'cancelled' OR outcome = 'suppressed' OR outcome = 'held_out' \
        OR outcome = 'missed' OR outcome = 'failed'),
          because TEXT, channel TEXT, template TEXT, coupon TEXT, task TEXT, variant TEXT,
          shadow INTEGER NOT NULL DEFAULT 0, rules_version INTEGER NOT NULL, trace INTEGER,
          PRIMARY KEY (member, rule, occasion)) WITHOUT ROWID, STRICT
        """,
        "CREATE UNIQUE INDEX decisions_id ON decisions_v15 (id)",
        """
        INSERT INTO decisions_v15 (member, rule, occasion, id, due, at, outcome, because, channel, template, coupon, task,
          variant, shadow, rules_version, trace)
        SELECT member, rule, occasion, ROW_NUMBER() OVER (ORDER BY member, rule, occasion), due, at, outcome, because,
          channel, template, coupon, task, variant, shadow, rules_version, trace
        FROM decisions ORDER BY member, rule, occasion
        """,
    ]

    private static let keyedDeliveries = [
        """
        CREATE TABLE deliveries_v15 (
          id INTEGER PRIMARY KEY AUTOINCREMENT, decision INTEGER NOT NULL REFERENCES decisions (id),
          step INTEGER NOT NULL DEFAULT 1, rule TEXT NOT NULL, channel TEXT NOT NULL, template TEXT NOT NULL,
          purpose TEXT NOT NULL CHECK (purpose = 'marketing' OR purpose = 'service'),
          state TEXT NOT NULL CHECK (state = 'pending' OR state = 'claimed' OR state = 'sending' \
        OR state = 'accepted' OR state = 'delivered' OR state = 'undelivered' OR state = 'rejected' \
        OR state = 'unknown' OR state = 'retry_wait' OR state = 'unknown_closed' OR state = 'suppressed' \
        OR state = 'expired' OR state = 'cancelled' OR state = 'dead'),
          policy TEXT NOT NULL DEFAULT 'hold' CHECK (policy = 'hold' OR policy = 'resend'),
          created_at INTEGER NOT NULL, not_before INTEGER NOT NULL, send_by INTEGER NOT NULL, start INTEGER NOT NULL,
          claim_count INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, because TEXT,
          address TEXT, subject TEXT, text TEXT, html TEXT, template_code TEXT, template_values TEXT,
          failures INTEGER NOT NULL DEFAULT 0, ref TEXT, event INTEGER, date INTEGER, alternatives TEXT,
          place INTEGER NOT NULL DEFAULT 10000, parked INTEGER NOT NULL DEFAULT 0 CHECK (parked IN (0, 1)),
          cap_segments TEXT, claimed_by INTEGER CHECK (claimed_by IS NULL OR state = 'claimed'),
          lease_until INTEGER CHECK ((lease_until IS NULL) = (claimed_by IS NULL)), ask_at INTEGER, links TEXT) STRICT
        """,
        """
        INSERT INTO deliveries_v15 (id, decision, step, rule, channel, template, purpose, state, policy, created_at,
          not_before, send_by, start, claim_count, attempts, because, address, subject, text, html, template_code,
          template_values, failures, ref, event, date, alternatives, place, parked, cap_segments, claimed_by, lease_until,
          ask_at, links)
        SELECT d.id, c.id, d.step, d.rule, d.channel, d.template, d.purpose, d.state, d.policy, d.created_at,
          d.not_before, d.send_by, d.start, d.claim_count, d.attempts, d.because, d.address, d.subject, d.text, d.html,
          d.template_code, d.template_values, d.failures, d.ref, d.event, d.date, d.alternatives, d.place, d.parked,
          d.cap_segments, d.claimed_by, d.lease_until, d.ask_at, d.links
        FROM deliveries d CROSS JOIN decisions_v15 c
          ON c.member = d.member AND c.rule = d.rule AND c.occasion = d.occasion ORDER BY d.id
        """,
        """
        UPDATE sqlite_sequence SET seq = (SELECT MAX(seq) FROM sqlite_sequence WHERE name = 'deliveries')
        WHERE name = 'deliveries_v15'
        """,
        "DROP TABLE deliveries",
        "ALTER TABLE deliveries_v15 RENAME TO deliveries",
        "DROP TABLE decisions",
        "ALTER TABLE decisions_v15 RENAME TO decisions",
        "CREATE UNIQUE INDEX deliveries_step ON deliveries (decision, step)",
        // Deliveries that may go now, by channel and rule, in the order of leaving; then those whose last claim ended in a
        // crash, those that wait for a time, those under way or unclear, and those whose provider is to be asked.
        """
        CREATE INDEX deliveries_ready ON deliveries (channel, rule, place, send_by)
          WHERE state = 'pending' AND parked = 0 AND claim_count = 0
        """,
        """
        CREATE INDEX deliveries_suspect ON deliveries (send_by)
          WHERE state = 'pending' AND parked = 0 AND claim_count > 0
        """,
        "CREATE INDEX deliveries_parked ON deliveries (not_before, place) WHERE parked = 1",
        "CREATE INDEX deliveries_unclear ON deliveries (state) WHERE state IN ('claimed', 'sending', 'unknown')",
        "CREATE INDEX deliveries_asked ON deliveries (channel, ask_at) WHERE ask_at IS NOT NULL",
        // What is only listed or checked reads deliveries with the member and the occasion of their decision.
        """
        CREATE VIEW v_deliveries AS SELECT d.*, c.member, c.occasion FROM deliveries d JOIN decisions c ON c.id = d.decision
        """,
    ]
}
