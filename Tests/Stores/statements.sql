-- written by `make statements`

-- Store/APIKey.swift

SELECT 1 FROM api_keys WHERE name = ?

SELECT revoked_at FROM api_keys WHERE name = ?

UPDATE api_keys SET used_at = ? WHERE name = ?

UPDATE api_keys SET revoked_at = ? WHERE name = ?

SELECT COUNT(*) FROM api_keys WHERE revoked_at IS NULL

INSERT INTO api_keys (name, prefix, hash, scopes, rate, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)

SELECT name, prefix, hash, scopes, rate, created_at, created_by, used_at, revoked_at FROM api_keys ORDER BY name

SELECT name, prefix, hash, scopes, rate, created_at, created_by, used_at, revoked_at FROM api_keys WHERE revoked_at IS NULL

-- Store/APIPages.swift

SELECT id, display_name, status, tier, phone, email, city, store_id, registered_at FROM members WHERE id > ? ORDER BY id LIMIT ?

SELECT rule, member, occasion, assignee, title, script, text, created_at, due_at, state FROM tasks WHERE (state = 'open' OR :all) AND (CAST(:assignee AS TEXT) IS NULL OR assignee = :assignee)
  AND (COALESCE(due_at, 576460752303423488), rule, member, occasion) > (:due, :rule, :member, :occasion)
ORDER BY COALESCE(due_at, 576460752303423488), rule, member, occasion LIMIT :limit

SELECT d.id, d.rule, d.member, d.occasion, d.step, d.state, a.reference, d.channel, a.code, d.created_at, d.send_by
FROM v_deliveries d LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts WHERE  d.id > :after AND (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) ORDER BY d.id LIMIT :limit

SELECT d.id, d.rule, d.member, d.occasion, d.step, d.state, a.reference, d.channel, a.code, d.created_at, d.send_by
FROM v_deliveries d LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts WHERE d.member = :member AND d.id > :after AND (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) ORDER BY d.id LIMIT :limit

-- Store/APIReplies.swift

DELETE FROM api_replies WHERE api_key = ? AND token = ?

SELECT api_key, token FROM api_replies WHERE at <= ? ORDER BY at LIMIT ?

SELECT COUNT(*) FROM (SELECT 1 FROM api_replies WHERE api_key = ? LIMIT ?) t

SELECT request, status, body FROM api_replies WHERE api_key = ? AND token = ? AND at > ?

INSERT INTO api_replies (api_key, token, request, at, status, body) VALUES (?, ?, ?, ?, ?, ?)

-- Store/AddressBook.swift

SELECT 1 FROM shared_addresses WHERE address = ?

SELECT address FROM shared_addresses WHERE member = ?

DELETE FROM shared_addresses WHERE member = ? AND kind = ?

SELECT id FROM members WHERE phone = ? AND id <> ? LIMIT ?

SELECT channel, reason, at FROM suppressions WHERE member = ?

SELECT id FROM members WHERE lower(email) = ? AND id <> ? LIMIT ?

SELECT address FROM shared_addresses WHERE member = ? AND kind = ?

SELECT id FROM members WHERE wechat_openid = ? AND id <> ? LIMIT ?

SELECT COUNT(*) FROM shared_addresses WHERE address = ? AND member <> ?

SELECT id FROM members WHERE wecom_external_userid = ? AND id <> ? LIMIT ?

SELECT member FROM merged_addresses WHERE address = ? ORDER BY member LIMIT ?

SELECT channel, at, state FROM consents WHERE member = ? AND purpose = 'marketing'

DELETE FROM address_sends WHERE address = ? AND channel = ? AND at = ? AND event = ?

DELETE FROM address_consents WHERE address = ? AND channel = ? AND at = ? AND state = ? AND member = ?

DELETE FROM address_consents WHERE address = ?1 AND channel = ?2 AND at = ?3 AND state = ?4 AND member = ?5

SELECT id, phone, email, wechat_openid, wecom_external_userid FROM members WHERE id > ? ORDER BY id LIMIT ?

SELECT CAST({json data} ->> 'channel' AS TEXT), {json data} ->> 'purpose' IS DISTINCT FROM 'service' FROM events WHERE seq = ?

INSERT INTO shared_addresses (member, kind, address, seq) VALUES (?, ?, ?, ?)
ON CONFLICT (member, kind) DO UPDATE SET address = excluded.address, seq = excluded.seq

INSERT INTO address_sends (address, channel, at, event, member) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (address, channel, at, event) DO UPDATE SET member = excluded.member

INSERT INTO address_consents (address, channel, at, state, member, seq) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (address, channel, at, state, member) DO UPDATE SET seq = excluded.seq

SELECT EXISTS (SELECT 1 FROM list_consents) OR EXISTS (SELECT 1 FROM address_suppressions)
  OR EXISTS (SELECT 1 FROM message_credits) OR EXISTS (SELECT 1 FROM followings)
  OR EXISTS (SELECT 1 FROM merged_addresses)

WITH RECURSIVE h (member) AS (
  SELECT id FROM members WHERE id IN {texts ?1}
  UNION SELECT o.member FROM h JOIN shared_addresses s ON s.member = h.member
    JOIN shared_addresses o ON o.address = s.address)
SELECT member FROM h LIMIT ?2

INSERT INTO address_consents (address, channel, at, state, member, seq)
SELECT ?2, channel, at, state, member, seq FROM consents WHERE member = ?1 AND purpose = 'marketing'
ON CONFLICT (address, channel, at, state, member) DO UPDATE SET seq = excluded.seq

SELECT CAST({json data} ->> 'channel' AS TEXT), at, seq FROM events WHERE member = ?1 AND name = 'message.sent'
UNION ALL SELECT channel, at, -id FROM decisions WHERE member = ?1 AND outcome = 'sent' AND shadow = 0 AND is_service = 0 AND channel IS NOT NULL

INSERT INTO address_consents (address, channel, at, state, member, seq)
SELECT address, channel, at, state, '', seq FROM list_consents WHERE address = ? AND purpose = 'marketing'
ON CONFLICT (address, channel, at, state, member) DO UPDATE SET seq = excluded.seq

INSERT INTO address_sends (address, channel, at, event, member)
SELECT ?2, channel, at, -id, member FROM decisions WHERE member = ?1 AND outcome = 'sent' AND shadow = 0 AND is_service = 0 AND channel IS NOT NULL
ON CONFLICT (address, channel, at, event) DO UPDATE SET member = excluded.member

SELECT EXISTS (SELECT 1 FROM list_consents WHERE address = ?1)
  OR EXISTS (SELECT 1 FROM address_suppressions WHERE address = ?1)
  OR EXISTS (SELECT 1 FROM message_credits WHERE address = ?1)
  OR EXISTS (SELECT 1 FROM followings WHERE address = ?1)
  OR EXISTS (SELECT 1 FROM merged_addresses WHERE address = ?1)

INSERT INTO address_sends (address, channel, at, event, member)
SELECT ?2, CAST({json data} ->> 'channel' AS TEXT), at, seq, member FROM events
WHERE member = ?1 AND name = 'message.sent' AND {json data} ->> 'purpose' IS DISTINCT FROM 'service'
  AND {json data} ->> 'channel' IS NOT NULL
ON CONFLICT (address, channel, at, event) DO UPDATE SET member = excluded.member

INSERT INTO address_suppressions (address, channel, reason, at, seq) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (address, channel) DO UPDATE SET reason = excluded.reason
WHERE CASE excluded.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END > CASE address_suppressions.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END

INSERT INTO list_consents (address, channel, purpose, at, state, source, seq)
SELECT l.address, l.channel, l.purpose, MAX(g.at) + 1, 'withdrawn', MAX(l.source), ?3
FROM list_consents l JOIN consents g ON g.member = ?1 AND g.purpose = l.purpose AND g.state = 'granted'
  AND g.at > l.at AND g.seq < l.seq AND (l.channel = '*' OR g.channel IN (l.channel, '*'))
WHERE l.address = ?2 AND l.state = 'withdrawn' AND NOT EXISTS (SELECT 1 FROM list_consents k
  WHERE k.address = l.address AND k.channel = l.channel AND k.purpose = l.purpose AND k.at > g.at)
GROUP BY l.address, l.channel, l.purpose
ON CONFLICT DO NOTHING

-- Store/AddressKey.swift

SELECT value FROM secrets WHERE name = 'addresses'

-- Store/AddressObjection.swift

SELECT EXISTS (SELECT 1 FROM address_suppressions WHERE address = ? AND channel IN (?, '*') AND at <= ?)

SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM list_consents
WHERE address = ? AND channel IN (?, '*') AND purpose = ? AND at <= ?

SELECT m.id AS member, (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = :channel AND follows = 0
    AND at <= :now)))) AS is_suppressed, CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN (:channel, '*')
    AND purpose = 'service' AND at <= :now) t) END AS consent
FROM members m LEFT JOIN shared_addresses shared_phone ON shared_phone.member = m.id
  AND shared_phone.kind = 'phone'
WHERE phone = :address ORDER BY m.id LIMIT :most

SELECT m.id AS member, (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = :channel AND follows = 0
    AND at <= :now)))) AS is_suppressed, CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN (:channel, '*')
    AND purpose = 'service' AND at <= :now) t) END AS consent
FROM members m LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = m.id
  AND shared_wechat_openid.kind = 'wechat_openid'
WHERE wechat_openid = :address ORDER BY m.id LIMIT :most

SELECT m.id AS member, (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = :channel AND follows = 0
    AND at <= :now)))) AS is_suppressed, CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = :channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN (:channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS consent
FROM members m LEFT JOIN shared_addresses shared_phone ON shared_phone.member = m.id
  AND shared_phone.kind = 'phone'
WHERE phone = :address ORDER BY m.id LIMIT :most

SELECT m.id AS member, (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = :channel AND follows = 0
    AND at <= :now)))) AS is_suppressed, CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = :channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN (:channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS consent
FROM members m LEFT JOIN shared_addresses shared_email ON shared_email.member = m.id
  AND shared_email.kind = 'email'
WHERE lower(email) = :address ORDER BY m.id LIMIT :most

SELECT m.id AS member, (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = :channel AND follows = 0
    AND at <= :now)))) AS is_suppressed, CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = :channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN (:channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS consent
FROM members m LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = m.id
  AND shared_wechat_openid.kind = 'wechat_openid'
WHERE wechat_openid = :address ORDER BY m.id LIMIT :most

-- Store/AlertRow.swift

DELETE FROM meta WHERE key = ?

DELETE FROM alerts WHERE cause = ?

INSERT INTO meta (key, value) VALUES (?, ?)

SELECT cause, code, subject, english, chinese, began_at, told_at,
  (SELECT value FROM meta WHERE key = ? || cause)
FROM alerts ORDER BY began_at, cause

INSERT INTO alerts (cause, code, subject, english, chinese, began_at, told_at)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cause) DO UPDATE SET told_at = excluded.told_at

-- Store/Alternative.swift

UPDATE deliveries SET alternatives = NULL
WHERE decision = (SELECT decision FROM deliveries WHERE id = ?) AND alternatives IS NOT NULL

SELECT e.id, e.state FROM deliveries d JOIN deliveries e ON e.decision = d.decision AND e.step > d.step
WHERE d.id = ? AND e.state IN ('pending', 'claimed', 'retry_wait')

INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, policy,
  created_at, not_before, send_by, start, subject, text, html, template_code, template_values, ref, event,
  date, alternatives, place, cap_segments, links)
SELECT decision, step + 1, rule, {json alternatives} -> 0 ->> 'channel',
  {json alternatives} -> 0 ->> 'template', purpose, 'pending', policy, :now, :now, send_by, start,
  {json alternatives} -> 0 ->> 'subject', {json alternatives} -> 0 ->> 'text', {json alternatives} -> 0 ->> 'html',
  {json alternatives} -> 0 ->> 'code', {json alternatives} -> 0 ->> 'values', ref, event, date,
  NULLIF({rest alternatives}, '[]'), place, cap_segments, {json alternatives} -> 0 ->> 'links'
FROM deliveries d WHERE id = :id AND alternatives IS NOT NULL AND send_by > :now
  AND NOT EXISTS (
    SELECT 1 FROM deliveries e JOIN attempts a ON a.delivery = e.id
    WHERE e.decision = d.decision AND a.outcome = 'unknown')
ON CONFLICT DO NOTHING

-- Store/AuditTrail.swift

SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1

SELECT seq, at, who, host, action, subject, reason, detail, hash FROM audit ORDER BY seq

INSERT INTO audit (seq, at, who, host, action, subject, reason, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

SELECT seq, at, who, host, action, subject, reason, detail, hash FROM audit WHERE (CAST(:since AS BIGINT) IS NULL OR at >= :since)
  AND (CAST(:action AS TEXT) IS NULL OR action = :action)
  AND (CAST(:subject AS TEXT) IS NULL OR subject = :subject) ORDER BY seq

-- Store/Backup.swift

SELECT COUNT(*) FROM members

SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count = 0)
  + (SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count > 0)
  + (SELECT COUNT(*) FROM deliveries WHERE parked = 1)

-- Store/BatchReading.swift

SELECT id FROM members WHERE id IN {texts ?}

SELECT phone FROM members WHERE phone IN {texts ?}

SELECT lower(email) FROM members WHERE lower(email) IN {texts ?}

SELECT wechat_openid FROM members WHERE wechat_openid IN {texts ?}

SELECT id, timezone FROM stores WHERE timezone IS NOT NULL AND id IN {texts ?}

SELECT wecom_external_userid FROM members WHERE wecom_external_userid IN {texts ?}

SELECT EXISTS (SELECT 1 FROM points) OR EXISTS (SELECT 1 FROM events WHERE name = 'points.earned')

SELECT member FROM consents WHERE member IN {texts ?1}
UNION SELECT member FROM shared_addresses WHERE member IN {texts ?1}

SELECT EXISTS (SELECT 1 FROM orders)
  OR EXISTS (SELECT 1 FROM events WHERE name IN ('order.paid', 'order.cancelled', 'order.refunded'))

SELECT event_id FROM events WHERE source = 'import' AND event_id IN {texts ?1}
UNION SELECT event_id FROM event_ids WHERE source = 'import' AND event_id IN {texts ?1}

SELECT EXISTS (SELECT 1 FROM members) OR EXISTS (SELECT 1 FROM member_tags)
  OR EXISTS (SELECT 1 FROM events WHERE name = 'member.registered')
  OR EXISTS (SELECT 1 FROM shared_addresses)

SELECT id FROM coupons WHERE member IN {texts ?2} AND id IN {texts ?1} UNION SELECT ref FROM events
{indexed events_member} WHERE member IN {texts ?2} AND name = 'coupon.used' AND ref IN {texts ?1}

SELECT id FROM points WHERE member IN {texts ?2} AND id IN {texts ?1} UNION SELECT ref FROM events
{indexed events_member} WHERE member IN {texts ?2} AND name = 'points.earned' AND ref IN {texts ?1}

SELECT id FROM orders WHERE id IN {texts ?1} UNION SELECT ref FROM events {indexed events_member}
WHERE member IN {texts ?2} AND name IN ('order.paid', 'order.cancelled', 'order.refunded') AND ref IN {texts ?1}

SELECT id FROM members WHERE id IN {texts ?1} UNION SELECT member FROM member_tags WHERE member IN {texts ?1}
UNION SELECT member FROM events {indexed events_member}
  WHERE member IN {texts ?1} AND name = 'member.registered'
UNION SELECT member FROM shared_addresses WHERE member IN {texts ?1}

-- Store/BatchWriting.swift

SELECT max(seq) FROM events

-- Store/Birthday.swift

SELECT MIN(at) FROM events WHERE name = 'member.registered'

-- Store/Calendar.swift

SELECT EXISTS (SELECT 1 FROM member_overrides)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND TRUE

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND (m.tier IN (:v0))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND TRUE

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND (m.city IN (:v0))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND TRUE

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND TRUE AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Pacific/Apia' AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago24h) = 2)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND TRUE AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Asia/Taipei', 'Asia/Tokyo', 'Europe/Paris')) AND (m.city IN (:v0))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'vegan') = 0)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Taipei' AND (m.city IN (:v0)) AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'wallet') >= :v0)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'instant', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'signed') < :t0)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') <= :v0)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND ({instr}('' || (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'allergies') || '', :v0) > 0)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') IS NOT NULL)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'wallet') IN (:v0)) IS NOT TRUE)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND (({instr}('' || (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'allergies') || '', :v0) > 0) IS NOT TRUE)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Pacific/Apia')) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago24h) = 2)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'note') IS NOT NULL)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Asia/Taipei', 'Asia/Tokyo', 'Europe/Paris')) AND TRUE AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Asia/Taipei', 'Asia/Tokyo', 'Europe/Paris')) AND (m.city IN (:v0)) AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(nudged_attribute(value, type, 'date', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'due') > :today AND (SELECT CAST(nudged_attribute(value, type, 'date', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'due') <= :t1))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) >= :v0) AND (m.tier IN (:v1, :v2)))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND (((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') IS NULL) OR (((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text') IN (:v0)) IS NOT TRUE))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND (((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') IS NULL) OR (((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text') IN (:v0)) IS NOT TRUE)) AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND (((m.gender IN (:v0, :v1)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v2 AND h.at <= :now AND (nudged_number({scalar h.data 'flag'}) <= :v3)) BETWEEN 1 AND 2)) OR ((((m.region IS NOT NULL) IS NOT TRUE) OR ((m.region IS NOT NULL) IS NOT TRUE)) AND TRUE) OR ((COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'is_birthday'), 'bool') AS BIGINT), nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day')) IS NULL)))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND (((m.gender IN (:v0, :v1)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v2 AND h.at <= :now AND (nudged_number({scalar h.data 'flag'}) <= :v3)) BETWEEN 1 AND 2)) OR ((((m.region IS NOT NULL) IS NOT TRUE) OR ((m.region IS NOT NULL) IS NOT TRUE)) AND TRUE) OR ((COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'is_birthday'), 'bool') AS BIGINT), nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day')) IS NULL))) AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND ((((((m.wecom_external_userid IN (:v0, :v1)) IS NOT TRUE) IS NOT TRUE)) AND (((m.email IN (:v2, :v3)) IS NOT TRUE))) OR ((((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') >= :v4 AND (SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') <= :v5)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v6 AND h.at <= :now AND h.at > :ago24h) >= 1)) OR ((((substr(m.tier, 1, 2) = :v7) IS NOT TRUE)) AND ((((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE) OR (((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE)) AND (((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v8 AND h.at <= :now) = 0) IS NOT TRUE)))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND ((((((m.wecom_external_userid IN (:v0, :v1)) IS NOT TRUE) IS NOT TRUE)) AND (((m.email IN (:v2, :v3)) IS NOT TRUE))) OR ((((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') >= :v4 AND (SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') <= :v5)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v6 AND h.at <= :now AND h.at > :ago24h) >= 1)) OR ((((substr(m.tier, 1, 2) = :v7) IS NOT TRUE)) AND ((((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE) OR (((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE)) AND (((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v8 AND h.at <= :now) = 0) IS NOT TRUE))) AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND ((((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago90m) > 1) OR ((CASE substr(m.birthday_key, 1, 1) WHEN 's' THEN 'solar' WHEN 'l' THEN 'lunar' WHEN 'L' THEN 'lunar' END IN (:v1, :v2)) IS NOT TRUE)) AND ((substr((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text'), 1, 2) = :v3) OR ((m.display_name IN (:v4, :v5)) IS NOT TRUE)) AND (((COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) IN (:v6)) IS NOT TRUE)))

SELECT COUNT(*) FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND ((((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago90m) > 1) OR ((CASE substr(m.birthday_key, 1, 1) WHEN 's' THEN 'solar' WHEN 'l' THEN 'lunar' WHEN 'L' THEN 'lunar' END IN (:v1, :v2)) IS NOT TRUE)) AND ((substr((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text'), 1, 2) = :v3) OR ((m.display_name IN (:v4, :v5)) IS NOT TRUE)) AND (((COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) IN (:v6)) IS NOT TRUE))) AND NOT EXISTS (SELECT 1 FROM decisions d
  WHERE d.member = m.id AND d.rule = :rule AND d.occasion = :occasion)

-- Store/CallbackNotes+credits.swift

UPDATE message_credits SET ended = 1 WHERE address = ? AND channel = ? AND template = ? AND at <= ?
  AND delivery IS NULL AND ended = 0

UPDATE message_credits SET ended = 1 WHERE address = ? AND channel = ? AND template = ? AND at < ?
  AND until <= ? AND delivery IS NULL AND ended = 0

INSERT INTO message_credits (address, channel, template, at, n, until) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (address, channel, template, at, n) DO NOTHING

INSERT INTO followings (address, channel, follows, at, seq) VALUES (:address, :channel, :follows, :at, :seq)
ON CONFLICT (address, channel) DO UPDATE SET follows = excluded.follows, at = excluded.at, seq = excluded.seq
  WHERE followings.at < excluded.at
    OR (followings.at = excluded.at AND followings.follows > excluded.follows)

-- Store/CallbackNotes+mail.swift

SELECT d.id, d.state, d.address, a.intent_at,
  a.reference = (SELECT l.reference FROM attempts l WHERE l.delivery = d.id AND l.n = d.attempts) AS is_last,
  EXISTS (SELECT 1 FROM attempts u WHERE u.delivery = d.id AND u.outcome = 'unknown') AS is_unclear
FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.reference = ? AND a.resend = 0 AND d.channel = ?

-- Store/CallbackNotes+receipts.swift

SELECT channel, address FROM deliveries WHERE id = ?

DELETE FROM receipts WHERE delivery IS NULL AND noted_at <= ?

SELECT EXISTS (SELECT 1 FROM receipts {indexed receipts_waiting} WHERE delivery IS NULL)

UPDATE receipts SET delivery = ?, flagged = ? WHERE channel = ? AND key = ? AND part = ? AND status = ?

SELECT channel, key, part, status, suppression, at FROM receipts
WHERE channel = ? AND key IN (?, ?) AND delivery IS NULL ORDER BY seq

SELECT kind FROM receipts {indexed receipts_waiting} WHERE delivery IS NULL
  AND channel = (SELECT channel FROM deliveries WHERE id = ?) LIMIT 1

UPDATE receipts SET suppression = ?5 WHERE channel = ?1 AND key = ?2 AND part = ?3 AND status = ?4
  AND (suppression IS NULL OR suppression <> ?5)

INSERT INTO receipts (channel, key, part, status, delivery, code, at, noted_at, kind, suppression, flagged, seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel, key, part, status) DO NOTHING

SELECT d.id, d.state, d.address, a.intent_at,
  a.reference = (SELECT l.reference FROM attempts l WHERE l.delivery = d.id AND l.n = d.attempts) AS is_last,
  EXISTS (SELECT 1 FROM attempts u WHERE u.delivery = d.id AND u.outcome = 'unknown') AS is_unclear
FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE d.id = ? AND a.provider_id = ?

SELECT d.id, d.state, d.address, a.intent_at,
  a.reference = (SELECT l.reference FROM attempts l WHERE l.delivery = d.id AND l.n = d.attempts) AS is_last,
  EXISTS (SELECT 1 FROM attempts u WHERE u.delivery = d.id AND u.outcome = 'unknown') AS is_unclear
FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.reference = ? AND a.resend = 0 AND d.channel = ?

SELECT d.id, d.state, d.address, a.intent_at,
  a.reference = (SELECT l.reference FROM attempts l WHERE l.delivery = d.id AND l.n = d.attempts) AS is_last,
  EXISTS (SELECT 1 FROM attempts u WHERE u.delivery = d.id AND u.outcome = 'unknown') AS is_unclear
FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.provider_id = ? AND d.channel = ? ORDER BY a.intent_seq

SELECT d.id, d.state, d.address, a.intent_at,
  a.reference = (SELECT l.reference FROM attempts l WHERE l.delivery = d.id AND l.n = d.attempts) AS is_last,
  EXISTS (SELECT 1 FROM attempts u WHERE u.delivery = d.id AND u.outcome = 'unknown') AS is_unclear
FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE d.channel = ? AND d.template_code = ? AND d.address = ?
  AND d.decision IN (SELECT c.id FROM decisions c
    WHERE c.member IN (SELECT id FROM members WHERE wechat_openid = ?))
  AND d.state IN ('sending', 'unknown', 'accepted') AND a.intent_at >= ? AND a.intent_at <= ?
  AND NOT EXISTS (SELECT 1 FROM receipts r WHERE r.delivery = d.id AND r.status <> 'sent')
ORDER BY a.intent_seq DESC LIMIT 1

-- Store/CallbackNotes+revocations.swift

UPDATE members SET wechat_openid = NULL WHERE id = ?

UPDATE deliveries SET address = NULL WHERE address IS NOT NULL AND id IN (
  SELECT d.id FROM decisions c JOIN deliveries d ON d.decision = c.id
  WHERE c.member = ? AND d.channel = ?)

-- Store/CapSegments.swift

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND (m.city IN (:v0))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE m.zone = 'Pacific/Apia' AND (m.tier IN (:v0, :v1))

SELECT id, member FROM v_deliveries WHERE purpose = 'marketing'
  AND id IN {numbers ?} AND CAST({member cap_segments ?} AS BIGINT) IS DISTINCT FROM 1

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE m.zone = 'Pacific/Apia' AND ((((m.tier IS NOT NULL) IS NOT TRUE)))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Pacific/Apia')) AND (m.tier IN (:v0, :v1))

SELECT DISTINCT c.member FROM {text_elements :members} b {then} decisions c ON c.member = b.value
  {then} deliveries d ON d.decision = c.id
WHERE d.created_at = :now AND CAST({member d.cap_segments :segment} AS BIGINT) = 0

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Pacific/Apia')) AND ((((m.tier IS NOT NULL) IS NOT TRUE)))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND ({instr}('' || (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) || '', :v0) > 0)

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE m.zone = 'Pacific/Apia' AND ({instr}('' || (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) || '', :v0) > 0)

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND (({instr}('' || (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) || '', :v0) > 0) OR (m.city IN (:v1)))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND (((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now) + (SELECT COUNT(*) FROM own_messages h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now)) = 2)

UPDATE deliveries SET cap_segments = {noted cap_segments :segment} WHERE id IN (SELECT d.id FROM {text_elements :members} b {then} decisions c ON c.member = b.value
  {then} deliveries d ON d.decision = c.id
WHERE d.created_at = :now AND CAST({member d.cap_segments :segment} AS BIGINT) = 0)

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND ((SELECT CAST(COALESCE(SUM(1.0 * p.remaining), 0) AS BIGINT) FROM points p WHERE p.member = m.id
 AND (p.earned_at IS NULL OR p.earned_at <= :now) AND (p.expires_at IS NULL OR p.expires_at > :now)) >= :v0)

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Pacific/Apia')) AND ({instr}('' || (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) || '', :v0) > 0)

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND ((SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) >= :v0)

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND ((SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) IN (:v0))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND (nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365') IN (:v0))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE TRUE AND (COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) IN (:v0))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE m.zone = 'Pacific/Apia' AND (COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) IN (:v0))

SELECT m.id FROM {text_elements :members} b {then} members m ON m.id = b.value
WHERE (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'America/New_York', 'Europe/London', 'Pacific/Apia')) AND (COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) IN (:v0))

-- Store/ChannelStates.swift

UPDATE channel_states SET retry_at = ? WHERE channel = ?

SELECT retry_at IS NOT NULL FROM channel_states WHERE channel = ?

SELECT channel FROM channel_states WHERE retry_at IS NOT NULL ORDER BY channel

UPDATE channel_states SET state = 'ready', since = ?1, until = NULL, noted_at = ?1, retry_at = NULL
WHERE channel = ?2

SELECT channel, state, since, until, accepted_at, refused_at, refused_code, noted_at
FROM channel_states ORDER BY channel

UPDATE channel_states SET state = 'ready', since = ?1, until = NULL, noted_at = ?1, retry_at = NULL
WHERE state <> 'ready' OR retry_at IS NOT NULL

INSERT INTO channel_states
  (channel, state, since, until, accepted_at, refused_at, refused_code, noted_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (channel) DO UPDATE SET state = excluded.state, since = excluded.since,
  until = excluded.until, accepted_at = COALESCE(excluded.accepted_at, channel_states.accepted_at),
  refused_at = COALESCE(excluded.refused_at, channel_states.refused_at),
  refused_code = COALESCE(excluded.refused_code, channel_states.refused_code),
  noted_at = excluded.noted_at

-- Store/ClockHold.swift

DELETE FROM meta WHERE key = 'clock_hold'

UPDATE meta SET value = :last WHERE key = 'watermark' AND value > :now

INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason

UPDATE live_rules SET watermark = {least}(watermark, :last), since = {least}(since, :last)
WHERE watermark > :now OR since > :now

SELECT EXISTS (SELECT 1 FROM stops WHERE scope = ?),
  (SELECT MAX(value) FROM meta WHERE key IN ('watermark', 'clock_hold')),
  (SELECT MAX(at) FROM (SELECT MAX(watermark) AS at FROM live_rules
    UNION ALL SELECT value FROM meta WHERE key = 'watermark') t)

-- Store/DaySpending.swift

UPDATE spending SET spent = spent - ? WHERE channel = ? AND day = ?

UPDATE attempts SET cost = NULL, cost_day = NULL WHERE delivery = ? AND n = ?

SELECT spent, ceiling, waiting_cost FROM spending WHERE channel = ? AND day = ?

SELECT a.cost, a.cost_day, d.channel FROM attempts a JOIN deliveries d ON d.id = a.delivery
WHERE a.delivery = ? AND a.n = ? AND a.cost IS NOT NULL

INSERT INTO spending (channel, day, spent, ceiling, waiting_cost) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (channel, day) DO UPDATE SET spent = excluded.spent, ceiling = excluded.ceiling,
  waiting_cost = excluded.waiting_cost

-- Store/DeliveredMessage.swift

SELECT c.member, c.rule, c.occasion, c.chain, d.channel, d.template, d.purpose
FROM deliveries d JOIN decisions c ON c.id = d.decision WHERE d.id = ?

-- Store/DeliveryCounts.swift

SELECT d.rule, COUNT(*) AS n FROM v_deliveries d
LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) GROUP BY d.rule ORDER BY n DESC, d.rule

SELECT d.channel, COUNT(*) AS n FROM v_deliveries d
LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) GROUP BY d.channel ORDER BY n DESC, d.channel

SELECT d.state, a.code, COUNT(*) AS n FROM v_deliveries d
LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) GROUP BY d.state, a.code ORDER BY n DESC, d.state, a.code

SELECT d.state, d.rule, COUNT(*) AS n FROM v_deliveries d
LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) GROUP BY d.state, d.rule ORDER BY n DESC, d.state, d.rule

SELECT d.state, d.rule, a.code, COUNT(*) AS n FROM v_deliveries d
LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) GROUP BY d.state, d.rule, a.code ORDER BY n DESC, d.state, d.rule, a.code

SELECT d.state, d.rule, d.channel, a.code, COUNT(*) AS n FROM v_deliveries d
LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) GROUP BY d.state, d.rule, d.channel, a.code ORDER BY n DESC, d.state, d.rule, d.channel, a.code

-- Store/DeliveryDetail.swift

SELECT delivery FROM attempts WHERE reference = ? ORDER BY resend LIMIT 1

SELECT template, purpose, not_before, address FROM deliveries WHERE id = ?

SELECT from_state, to_state, cause FROM transitions WHERE delivery = ? ORDER BY seq

SELECT status, code, part, at, flagged FROM receipts WHERE delivery = ? ORDER BY seq

SELECT n, reference, intent_at, outcome, code, provider_id, outcome_at FROM attempts WHERE delivery = ?
ORDER BY n

SELECT d.id, d.rule, d.member, d.occasion, d.step, d.state, a.reference, d.channel, a.code, d.created_at, d.send_by
FROM v_deliveries d LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts WHERE d.id = ?

-- Store/DeliveryEnding.swift

SELECT e.seq FROM events e WHERE e.seq = :event

SELECT e.seq FROM own_messages e WHERE e.decision = :event

SELECT EXISTS (SELECT 1 FROM coupons WHERE member = :member AND id = :id AND (state = 'unused' OR (state = 'used' AND used_at > :now)))

SELECT EXISTS (SELECT 1 FROM coupons WHERE member = :member AND expires_at > :from
  AND expires_at <= :to AND rule IS DISTINCT FROM :rule AND (state = 'unused' OR (state = 'used' AND used_at > :now)))

SELECT (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.refunded'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'complaint.opened'
 AND x.at >= e.at), e.seq FROM events e WHERE e.seq = :event

SELECT (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (((nudged_text({scalar x.data 'sku'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(i.sku) IN (:unless_v1)))))), e.seq FROM own_messages e WHERE e.decision = :event

SELECT (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = e.member AND x.cart = e.ref AND x.paid_at >= e.at
 AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.ordered'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.emptied'
 AND x.at >= e.at AND x.ref = e.ref), e.seq FROM events e WHERE e.seq = :event

SELECT (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at), (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = e.member AND x.cart = e.ref AND x.paid_at >= e.at
 AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.ordered'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.emptied'
 AND x.at >= e.at AND x.ref = e.ref), e.seq FROM events e WHERE e.seq = :event

SELECT (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'store.visited'
 AND x.at >= e.at), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.emptied'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = e.member AND x.cart = e.ref AND x.paid_at >= e.at
 AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.ordered'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.emptied'
 AND x.at >= e.at AND x.ref = e.ref), e.seq FROM events e WHERE e.seq = :event

-- Store/DeliveryFilter.swift

SELECT rule FROM live_rules

SELECT rule, channel, COUNT(*) AS owed FROM (SELECT rule, channel, id FROM deliveries
  WHERE state = 'pending' AND parked = 0 AND claim_count = 0 AND send_by > ?1
  UNION ALL SELECT rule, channel, id FROM deliveries
  WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?1
  UNION ALL SELECT rule, channel, id FROM deliveries
  WHERE parked = 1 AND state IN ('pending', 'retry_wait') AND send_by > ?1) t
GROUP BY rule, channel ORDER BY owed DESC, rule, channel

-- Store/EndedMessages.swift

SELECT c.id, (SELECT d.state FROM deliveries d WHERE d.decision = c.id ORDER BY d.step DESC LIMIT 1) AS state
FROM {elements ?} b {then} decisions c ON c.id = CAST(b.value AS BIGINT)

-- Store/Enrolments.swift

DELETE FROM waits WHERE rule = ?

DELETE FROM enrolments WHERE rule = ?

DELETE FROM waits WHERE rule = ? AND kind = 'existing'

UPDATE enrolments SET read_through = ?, dealt = ? WHERE rule = ?

INSERT INTO enrolments (rule, at, read_through) VALUES (?, ?, '')

SELECT rule, at, read_through, dealt FROM enrolments ORDER BY rule

UPDATE waits SET due = ?, first_due = ? WHERE member = ? AND rule = ? AND occasion = ?

SELECT member, occasion, zone FROM waits WHERE rule = ? AND kind = 'existing' AND due > ?
ORDER BY due, member LIMIT ?

INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, event, zone)
VALUES (?, ?, ?, 'existing', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

WITH silent AS MATERIALIZED (
  SELECT m.id, m.zone, (SELECT MAX(at) FROM (SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'order.paid'
  AND x.at <= :now) AS at) t) AS last
  FROM members m WHERE m.status = 'active' AND m.id > :after ORDER BY m.id LIMIT :most)
SELECT COALESCE((SELECT MIN(e.seq) FROM events e WHERE e.member = s.id AND e.at = s.last
  AND e.name IN ('order.paid')), NULL), s.id, s.last, s.zone
FROM silent s

WITH silent AS MATERIALIZED (
  SELECT m.id, m.zone, (SELECT MAX(at) FROM (SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'order.paid'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'store.visited'
  AND x.at <= :now) AS at) t) AS last
  FROM members m WHERE m.status = 'active' AND m.id > :after ORDER BY m.id LIMIT :most)
SELECT COALESCE((SELECT MIN(e.seq) FROM events e WHERE e.member = s.id AND e.at = s.last
  AND e.name IN ('order.paid', 'store.visited')), NULL), s.id, s.last, s.zone
FROM silent s

WITH silent AS MATERIALIZED (
  SELECT m.id, m.zone, (SELECT MAX(at) FROM (SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e1'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e2'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'order.paid'
  AND x.at <= :now) AS at) t) AS last
  FROM members m WHERE m.status = 'active' AND m.id > :after ORDER BY m.id LIMIT :most)
SELECT COALESCE((SELECT MIN(e.seq) FROM events e WHERE e.member = s.id AND e.at = s.last
  AND e.name IN ('e1', 'e2', 'order.paid')), NULL), s.id, s.last, s.zone
FROM silent s

WITH silent AS MATERIALIZED (
  SELECT m.id, m.zone, (SELECT MAX(at) FROM (SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e1'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e2'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e3'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e4'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e5'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e6'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e7'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e8'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e9'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e10'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e11'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e12'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e13'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e14'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e15'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e16'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e17'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e18'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e19'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e20'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e21'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e22'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e23'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e24'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e25'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e26'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e27'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e28'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e29'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e30'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e31'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e32'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e33'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e34'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e35'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e36'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e37'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e38'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e39'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e40'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e41'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e42'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e43'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e44'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e45'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e46'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e47'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e48'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e49'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e50'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e51'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e52'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e53'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e54'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e55'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e56'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e57'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e58'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e59'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e60'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e61'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e62'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e63'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e64'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e65'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e66'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e67'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e68'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e69'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e70'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e71'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e72'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e73'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e74'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e75'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e76'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e77'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e78'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e79'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e80'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e81'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e82'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e83'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e84'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e85'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e86'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e87'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e88'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e89'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e90'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e91'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e92'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e93'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e94'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e95'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e96'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e97'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e98'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'e99'
  AND x.at <= :now) AS at UNION ALL SELECT (SELECT MAX(x.at) FROM events x WHERE x.member = m.id AND x.name = 'order.paid'
  AND x.at <= :now) AS at) t) AS last
  FROM members m WHERE m.status = 'active' AND m.id > :after ORDER BY m.id LIMIT :most)
SELECT COALESCE((SELECT MIN(e.seq) FROM events e WHERE e.member = s.id AND e.at = s.last
  AND e.name IN ('e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9', 'e10', 'e11', 'e12', 'e13', 'e14', 'e15', 'e16', 'e17', 'e18', 'e19', 'e20', 'e21', 'e22', 'e23', 'e24', 'e25', 'e26', 'e27', 'e28', 'e29', 'e30', 'e31', 'e32', 'e33', 'e34', 'e35', 'e36', 'e37', 'e38', 'e39', 'e40', 'e41', 'e42', 'e43', 'e44', 'e45', 'e46', 'e47', 'e48', 'e49', 'e50', 'e51', 'e52', 'e53', 'e54', 'e55', 'e56', 'e57', 'e58', 'e59', 'e60', 'e61', 'e62', 'e63', 'e64', 'e65', 'e66', 'e67', 'e68', 'e69', 'e70', 'e71', 'e72', 'e73', 'e74', 'e75', 'e76', 'e77', 'e78', 'e79', 'e80', 'e81', 'e82', 'e83', 'e84', 'e85', 'e86', 'e87', 'e88', 'e89', 'e90', 'e91', 'e92', 'e93', 'e94', 'e95', 'e96', 'e97', 'e98', 'e99', 'order.paid')), NULL), s.id, s.last, s.zone
FROM silent s

-- Store/ErasedMember.swift

SELECT EXISTS (SELECT 1 FROM erasures)

SELECT MAX(at) FROM erasures WHERE key = ?

SELECT id FROM members WHERE id IN {texts ?}

SELECT EXISTS (SELECT 1 FROM consents WHERE member = ?1 AND source = ?2)
  OR EXISTS (SELECT 1 FROM shared_addresses s JOIN list_consents l ON l.address = s.address
    WHERE s.member = ?1 AND l.source = ?2)

-- Store/ErasureWriting.swift

DELETE FROM members WHERE id = ?

DELETE FROM carts WHERE member = ?

DELETE FROM dates WHERE member = ?

DELETE FROM picks WHERE member = ?

DELETE FROM tasks WHERE member = ?

DELETE FROM waits WHERE member = ?

DELETE FROM events WHERE member = ?

DELETE FROM latest WHERE member = ?

DELETE FROM orders WHERE member = ?

DELETE FROM points WHERE member = ?

DELETE FROM coupons WHERE member = ?

DELETE FROM arrivals WHERE member = ?

DELETE FROM consents WHERE member = ?

DELETE FROM quarantine WHERE member = ?

DELETE FROM member_tags WHERE member = ?

DELETE FROM order_items WHERE member = ?

DELETE FROM suppressions WHERE member = ?

DELETE FROM merged_members WHERE member = ?

DELETE FROM consent_requests WHERE member = ?

DELETE FROM member_overrides WHERE member = ?

DELETE FROM merged_addresses WHERE member = ?

DELETE FROM member_attributes WHERE member = ?

DELETE FROM experiment_overrides WHERE member = ?

DELETE FROM personalisation_choices WHERE member = ?

INSERT INTO erasures (key, seq, at) VALUES (?, ?, ?)

UPDATE unsubscribe_links SET member = ? WHERE member = ?

SELECT id, rule, occasion, because FROM decisions WHERE member = ?

SELECT address FROM merged_addresses WHERE member = ? ORDER BY address

SELECT template, code FROM coupons WHERE member = ? AND code IS NOT NULL

DELETE FROM event_ids WHERE event IN (SELECT seq FROM events WHERE member = ?)

SELECT phone, email, wechat_openid, wecom_external_userid FROM members WHERE id = ?

DELETE FROM merged_decisions WHERE decision IN (SELECT id FROM decisions WHERE member = ?)

UPDATE decisions SET member = ?, occasion = ?, because = ?, task = NULL, trace = NULL
WHERE member = ? AND rule = ? AND occasion = ?

UPDATE short_links SET url = '', first_click = NULL WHERE delivery IN (SELECT d.id FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member = ?)

SELECT d.id, d.state FROM decisions c JOIN deliveries d ON d.decision = c.id
WHERE c.member = ? AND d.state IN ('pending', 'claimed', 'retry_wait', 'unknown', 'sending')

SELECT EXISTS (SELECT 1 FROM members WHERE id = ?1) OR EXISTS (SELECT 1 FROM decisions WHERE member = ?1)
  OR EXISTS (SELECT 1 FROM events WHERE member = ?1) OR EXISTS (SELECT 1 FROM consents WHERE member = ?1)

UPDATE deliveries SET address = NULL, subject = NULL, text = NULL, html = NULL, template_values = NULL,
  ref = NULL, event = NULL, date = NULL, alternatives = NULL, links = NULL, because = NULL
WHERE id IN (SELECT d.id FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member = ?)

WITH RECURSIVE own (id) AS (
  SELECT trace FROM decisions WHERE member = ?1 AND trace IS NOT NULL
  UNION SELECT trace FROM waits WHERE member = ?1 AND trace IS NOT NULL
  UNION SELECT t.earlier FROM traces t JOIN own o ON o.id = t.id WHERE t.earlier IS NOT NULL)
DELETE FROM traces WHERE id IN (SELECT id FROM own)

-- Store/Expiry.swift

SELECT COUNT(*) FROM coupons WHERE member = ?1
  AND (id = ?2 OR (?2 IS NULL AND expires_at > ?3 AND expires_at <= ?4))
  AND (issued_at IS NULL OR issued_at <= ?5) AND (state = 'unused' OR (state = 'used' AND used_at > ?5))
  AND rule IS DISTINCT FROM ?6

-- Store/FactQuery.swift

SELECT EXISTS (SELECT 1 FROM member_overrides)

SELECT EXISTS (SELECT 1 FROM experiment_overrides)

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT CAST(nudged_derived((json_extract(m.city, '$.score')), 'number') AS DOUBLE PRECISION) AS c0
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6
FROM b {then} members m ON m.id = b.member
LEFT JOIN own_messages e ON e.decision = -b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.city AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.tier AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.advisor AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT CAST(nudged_derived((json_extract(m.city, '$.score')), 'number') AS DOUBLE PRECISION) AS c0
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.gender AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.status AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  {scalar e.data 'amount'} AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.timezone AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT CAST(nudged_derived((json_extract(m.city, '$.score')), 'number') AS DOUBLE PRECISION) AS c0
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CAST(nudged_derived((5), 'number') AS DOUBLE PRECISION) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  o.total AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CASE m.tier WHEN 'gold' THEN '金卡' WHEN 'basic' THEN '普通' END AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(nudged_birthday(m.birthday_key, m.birthday_year), m.birthday_key) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CAST(nudged_derived((json_extract('{', '$')), 'number') AS DOUBLE PRECISION) AS c7
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  nudged_age(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day') AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM coupon_codes f WHERE f.template = :v0 AND f.coupon IS NULL) AS c7
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CAST(nudged_derived((json_extract(m.city, '$.score')), 'number') AS DOUBLE PRECISION) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  o.paid_at AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.language AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day') AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  nudged_birthday_month(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day') AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  m.advisor AS c7
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'allergies') AS c7
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CAST(nudged_derived((5), 'number') AS DOUBLE PRECISION) AS c7
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_14'), nudged_derived((m.tier), 'code')) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CAST(nudged_attribute(value, type, 'date', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'due') AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (nudged_number({scalar h.data 'amount'}) <= :v1)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((nudged_text({scalar h.data 'amount'}) IN (:v1)))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((nudged_number({scalar h.data 'amount'}) IN (:v1)))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_13'), nudged_derived((length(m.id) / 2.0), 'text')) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (substr(nudged_text({scalar h.data 'amount'}), 1, 1) = :v1)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (nudged_number({scalar h.data 'word'}) > :v1)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (((nudged_number({scalar h.data 'amount'}) IN (:v1))) IS NOT TRUE)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_10'), 'list'), nudged_derived((m.tier || char(31) || 'vip'), 'list')) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.advisor AS c7,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago24h) AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_6') AS BIGINT), CAST(nudged_derived((m.registered_at), 'instant') AS BIGINT)) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_11'), 'list'), nudged_derived((json_array(m.tier, 'vip')), 'list')) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((nudged_number({scalar h.data 'amount'}) >= :v1 AND nudged_number({scalar h.data 'amount'}) <= :v2))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CAST(COALESCE(SUM(1.0 * p.remaining), 0) AS BIGINT) FROM points p WHERE p.member = m.id
 AND (p.earned_at IS NULL OR p.earned_at <= :now) AND (p.expires_at IS NULL OR p.expires_at > :now)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_12'), nudged_derived((length(m.id)), 'text')) AS c7,
  CAST({json e.data} ->> 'sku' AS TEXT) AS c8,
  m.advisor AS c9
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'note') AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_5') AS BIGINT), CAST(nudged_derived((CASE WHEN m.city IS NOT NULL THEN '2026-03-07' ELSE m.tier END), 'date') AS BIGINT)) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'is_birthday'), 'bool') AS BIGINT), nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day')) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'vegan') AS c7,
  k.template AS c8,
  m.tier AS c9,
  m.advisor AS c10
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.advisor AS c7,
  ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now) + (SELECT COUNT(*) FROM own_messages h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now)) AS c8
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((nudged_text(COALESCE({scalar h.data 'store'}, CASE WHEN h.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = h.member AND w.id = h.ref) END)) IN (:v1)))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CAST(nudged_attribute(value, type, 'instant', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'instant') AS c7,
  m.registered_at AS c8,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now) AS c9
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.status AS c7,
  m.wecom_external_userid AS c8,
  m.advisor AS c9,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((nudged_text({scalar h.data 'word'}) IN (:v1)))) AS c10
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (((nudged_text({scalar h.data 'sku'}) IN (:v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(i.sku) IN (:v2)))))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (({scalar h.data 'category'} IS NOT NULL OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND COALESCE(i.category, g.category) IS NOT NULL)))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE({scalar e.data 'total'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((({scalar h.data 'category'} IS NOT NULL OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND COALESCE(i.category, g.category) IS NOT NULL)) IS NOT TRUE))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (((nudged_text({scalar h.data 'category'}) IN (:v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:v2)))))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((((nudged_text({scalar h.data 'category'}) IN (:v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:v2)))) IS NOT TRUE))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((substr(nudged_text({scalar h.data 'category'}), 1, 2) = :v1 OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND substr(nudged_text(COALESCE(i.category, g.category)), 1, 2) = :v2)))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_8'), 'bool') AS BIGINT), CAST(nudged_derived((m.city IS NOT NULL), 'bool') AS BIGINT)) AS c7,
  (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'list') AS c8,
  m.city AS c9,
  m.advisor AS c10
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_1') AS DOUBLE PRECISION), CAST(nudged_derived((m.tier), 'number') AS DOUBLE PRECISION)) AS c7,
  (SELECT CAST(nudged_attribute(value, type, 'instant', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'instant') AS c8,
  m.id AS c9
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago30d) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE({scalar e.data 'id'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.id FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END, CASE WHEN e.name LIKE 'points.%' THEN (SELECT w.id FROM points w
WHERE w.member = e.member AND w.id = e.ref) END) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_5') AS BIGINT), CAST(nudged_derived((CASE WHEN m.city IS NOT NULL THEN '2026-03-07' ELSE m.tier END), 'date') AS BIGINT)) AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_4') AS BIGINT), CAST(nudged_derived((20517 + length(m.id)), 'date') AS BIGINT)) AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (nudged_number(COALESCE({scalar h.data 'total'}, CASE WHEN h.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = h.member AND w.id = h.ref) END, CASE WHEN h.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = h.member AND w.id = h.ref AND w.at = h.at) END)) > :v1)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (nudged_number(COALESCE({scalar h.data 'total'}, CASE WHEN h.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = h.member AND w.id = h.ref) END, CASE WHEN h.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = h.member AND w.id = h.ref AND w.at = h.at) END)) >= :v1)) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  (SELECT CAST(nudged_attribute(value, type, 'instant', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'signed') AS c7,
  CAST(nudged_derived((json_extract(CASE m.city WHEN 'NO' THEN '{"score": 7}' WHEN '' THEN NULL ELSE m.city END, '$.score')), 'number') AS DOUBLE PRECISION) AS c8,
  m.advisor AS c9
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c7,
  (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) AS c8,
  m.display_name AS c9
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  NULL AS c5,
  NULL AS c6
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  {scalar e.data 'amount'} AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'average_order_value') AS BIGINT), (SELECT (CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) * 2 + COUNT(*)) / NULLIF(COUNT(*) * 2, 0) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c8
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.advisor AS c7,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (((nudged_number(COALESCE({scalar h.data 'id'}, CASE WHEN h.name LIKE 'order.%' THEN (SELECT w.id FROM orders w
WHERE w.member = h.member AND w.id = h.ref) END, CASE WHEN h.name LIKE 'cart.%' THEN (SELECT w.id FROM carts w
WHERE w.member = h.member AND w.id = h.ref AND w.at = h.at) END, CASE WHEN h.name LIKE 'points.%' THEN (SELECT w.id FROM points w
WHERE w.member = h.member AND w.id = h.ref) END)) IN (:v1))) IS NOT TRUE)) AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_7') AS BIGINT), CAST(nudged_derived((CASE WHEN m.city IS NULL THEN '2026-03-07T02:00:00Z' ELSE m.tier END), 'instant') AS BIGINT)) AS c7,
  (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) AS c8,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'tier_name'), CASE m.tier WHEN 'gold' THEN '金卡' WHEN '金卡' THEN '白金' END) AS c9,
  m.tier AS c10,
  m.id AS c11
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = m.id AND i.order_id = (SELECT x.id FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)
   ORDER BY x.paid_at DESC, x.id DESC LIMIT 1)
 ORDER BY 1.0 * COALESCE(i.price, g.price, 0) * i.quantity DESC, i.line LIMIT 1) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.wecom_external_userid AS c7,
  m.email AS c8,
  (SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') AS c9,
  m.tier AS c10,
  (SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') AS c11,
  m.advisor AS c12,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago24h) AS c13,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v1 AND h.at <= :now) AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.store_id AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'largest_order') AS BIGINT), (SELECT MAX(x.total) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c8,
  COALESCE(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_11'), 'list'), nudged_derived((json_array(m.tier, 'vip')), 'list')) AS c9,
  m.advisor AS c10
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.gender AS c7,
  m.region AS c8,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_5') AS BIGINT), CAST(nudged_derived((CASE WHEN m.city IS NOT NULL THEN '2026-03-07' ELSE m.tier END), 'date') AS BIGINT)) AS c9,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'is_birthday'), 'bool') AS BIGINT), nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day')) AS c10,
  m.advisor AS c11,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (nudged_number({scalar h.data 'flag'}) <= :v1)) AS c12
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  k.template AS c7,
  k.face_value AS c8,
  NULL AS c9,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c10,
  NULL AS c11,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'service' AND at <= :now) AS c12,
  NULL AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365') AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_14'), nudged_derived((m.tier), 'code')) AS c7,
  (SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') AS c8,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'first_order_at') AS BIGINT), (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c9
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_2') AS BIGINT), CAST(nudged_derived((length(m.id) * 2500), 'money') AS BIGINT)) AS c7,
  (SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'number') AS c8,
  (SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text') AS c9,
  COALESCE(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_11'), 'list'), nudged_derived((json_array(m.tier, 'vip')), 'list')) AS c10
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'tier_rank') AS DOUBLE PRECISION), CASE m.tier WHEN 'gold' THEN 1 WHEN '金卡' THEN 2 END) AS c7,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_8'), 'bool') AS BIGINT), CAST(nudged_derived((m.city IS NOT NULL), 'bool') AS BIGINT)) AS c8,
  (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'list') AS c9,
  COALESCE(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_11'), 'list'), nudged_derived((json_array(m.tier, 'vip')), 'list')) AS c10,
  m.display_name AS c11,
  m.language AS c12,
  m.advisor AS c13
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'top_category'), (SELECT COALESCE(i.category, g.category) AS top FROM orders x
 JOIN order_items i ON i.member = x.member AND i.order_id = x.id LEFT JOIN products g ON g.sku = i.sku
 WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d
   AND COALESCE(i.category, g.category) IS NOT NULL
 GROUP BY top
 ORDER BY COALESCE(SUM(1.0 * COALESCE(i.price, g.price, 0) * i.quantity), 0) DESC,
   COALESCE(SUM(1.0 * i.quantity), 0) DESC, top LIMIT 1)) AS c7
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CAST(nudged_derived(((SELECT COALESCE(SUM(i.price * i.quantity), 0) FROM orders o JOIN order_items i ON i.member = o.member AND i.order_id = o.id WHERE o.member = m.id AND o.status = 'paid' AND i.category = 'beans' AND o.paid_at <= :now AND o.paid_at > :now - 365 * 86400000000)), 'money') AS BIGINT) AS c7,
  CAST(nudged_derived(((:now - (SELECT MAX(e.at) FROM events e WHERE e.member = m.id AND e.name = 'store.visited' AND e.at <= :now)) / 86400000000), 'number') AS DOUBLE PRECISION) AS c8,
  nudged_derived(((SELECT json_group_array(DISTINCT i.sku) FROM order_items i WHERE i.member = m.id)), 'list') AS c9,
  (SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') AS c10
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.phone AS c7,
  {scalar e.data 'contact'} AS c8,
  COALESCE({scalar e.data 'order'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END) AS c9,
  NULL AS c10,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c11,
  NULL AS c12,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'service' AND at <= :now) AS c13,
  NULL AS c14,
  NULL AS c15,
  NULL AS c16
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  c.total AS c7,
  (SELECT COALESCE(i.value ->> 'name', g.name) FROM {elements c.items} i LEFT JOIN products g ON g.sku = i.value ->> 'sku' ORDER BY i.key LIMIT 1) AS c8,
  NULL AS c9,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c10,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c11,
  NULL AS c12,
  NULL AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND (((nudged_text({scalar h.data 'category'}) IN (:v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:v2)))) AND (nudged_number(COALESCE({scalar h.data 'total'}, CASE WHEN h.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = h.member AND w.id = h.ref) END, CASE WHEN h.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = h.member AND w.id = h.ref AND w.at = h.at) END)) IN (:v3)) AND (nudged_text(COALESCE({scalar h.data 'store'}, CASE WHEN h.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = h.member AND w.id = h.ref) END)) IN (:v4)))) AS c7
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_9'), 'bool') AS BIGINT), CAST(nudged_derived((CASE WHEN m.city IS NULL THEN 'true' ELSE m.tier END), 'bool') AS BIGINT)) AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'spend_90d') AS BIGINT), (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago90d)) AS c8,
  CASE WHEN c.id IS NOT NULL THEN 'open' END AS c9,
  m.advisor AS c10
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'rfm.recency') AS DOUBLE PRECISION), nudged_recency((SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d), :now, :zone, '30,90,180,365')) AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'points_balance') AS DOUBLE PRECISION), (SELECT CAST(COALESCE(SUM(1.0 * p.remaining), 0) AS BIGINT) FROM points p WHERE p.member = m.id
 AND (p.earned_at IS NULL OR p.earned_at <= :now) AND (p.expires_at IS NULL OR p.expires_at > :now))) AS c8,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_3') AS BIGINT), CAST(nudged_derived((m.tier), 'money') AS BIGINT)) AS c9
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_3') AS BIGINT), CAST(nudged_derived((m.tier), 'money') AS BIGINT)) AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_0') AS DOUBLE PRECISION), CAST(nudged_derived((length(m.id)), 'number') AS DOUBLE PRECISION)) AS c8,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) AS c9
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CASE substr(m.birthday_key, 1, 1) WHEN 's' THEN 'solar' WHEN 'l' THEN 'lunar' WHEN 'L' THEN 'lunar' END AS c7,
  (SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text') AS c8,
  m.display_name AS c9,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) AS c10,
  m.advisor AS c11,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago90m) AS c12
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'age') AS DOUBLE PRECISION), nudged_age(m.birthday_key, m.birthday_year, :today, 'leap_years_only,same_month,last_day')) AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'first_order_at') AS BIGINT), (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c8,
  NULL AS c9,
  k.expires_at AS c10,
  NULL AS c11,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND at <= :now) AS c12,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c13,
  NULL AS c14,
  NULL AS c15,
  NULL AS c16,
  NULL AS c17
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') AS c7,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_8'), 'bool') AS BIGINT), CAST(nudged_derived((m.city IS NOT NULL), 'bool') AS BIGINT)) AS c8,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_7') AS BIGINT), CAST(nudged_derived((CASE WHEN m.city IS NULL THEN '2026-03-07T02:00:00Z' ELSE m.tier END), 'instant') AS BIGINT)) AS c9,
  (SELECT CAST(nudged_attribute(value, type, 'instant', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'instant') AS c10,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_9'), 'bool') AS BIGINT), CAST(nudged_derived((CASE WHEN m.city IS NULL THEN 'true' ELSE m.tier END), 'bool') AS BIGINT)) AS c11,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_13'), nudged_derived((length(m.id) / 2.0), 'text')) AS c12,
  CASE WHEN m.birthday_key IS NOT NULL THEN CASE substr(m.birthday_key, 1, 1) WHEN 'L' THEN 1 ELSE 0 END END AS c13,
  m.advisor AS c14,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now) AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  o.cart AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'spend_90d') AS BIGINT), (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago90d)) AS c8,
  COALESCE(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_11'), 'list'), nudged_derived((json_array(m.tier, 'vip')), 'list')) AS c9,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_1') AS DOUBLE PRECISION), CAST(nudged_derived((m.tier), 'number') AS DOUBLE PRECISION)) AS c10,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'largest_order') AS BIGINT), (SELECT MAX(x.total) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c11,
  m.advisor AS c12
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'derived_8'), 'bool') AS BIGINT), CAST(nudged_derived((m.city IS NOT NULL), 'bool') AS BIGINT)) AS c7,
  (SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'number') AS c8,
  m.wechat_openid AS c9,
  (SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text') AS c10,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) AS c11,
  m.advisor AS c12
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6,
  (SELECT {joined}(v, '') FROM (SELECT COALESCE(i.category, g.category) AS v FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref
 AND COALESCE(i.category, g.category) IS NOT NULL GROUP BY v ORDER BY MIN(i.line)) t) AS c7,
  (SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref ORDER BY i.line LIMIT 1) AS c8,
  NULL AS c9,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c10,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c11,
  NULL AS c12,
  NULL AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'rfm.frequency') AS DOUBLE PRECISION), (CASE WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 10 THEN 5 WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 5 THEN 4 WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 3 THEN 3 WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 2 THEN 2 ELSE 1 END)) AS c7,
  m.advisor AS c8
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.city AS c8,
  COALESCE(nudged_birthday(m.birthday_key, m.birthday_year), m.birthday_key) AS c9,
  o.paid_at AS c10,
  o.total AS c11,
  (SELECT CAST(COALESCE(SUM(1.0 * p.remaining), 0) AS BIGINT) FROM points p WHERE p.member = m.id
 AND (p.earned_at IS NULL OR p.earned_at <= :now) AND (p.expires_at IS NULL OR p.expires_at > :now)) AS c12,
  (SELECT {joined}(v, '') FROM (SELECT replace(COALESCE(CAST(i.sku AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.name AS TEXT), CAST(g.name AS TEXT), CAST(i.sku AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.category AS TEXT), CAST(g.category AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.quantity AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.price AS TEXT), CAST(g.price AS TEXT), ''), '', '') AS v FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref ORDER BY i.line) t) AS c13,
  o.id AS c14,
  NULL AS c15,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c16,
  NULL AS c17,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'service' AND at <= :now) AS c18,
  NULL AS c19,
  NULL AS c20,
  NULL AS c21
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.phone AS c7,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c8,
  NULL AS c9,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c10,
  shared_phone.address AS c11,
  NULL AS c12,
  NULL AS c13
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.phone AS c7,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c8,
  NULL AS c9,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c10,
  shared_phone.address AS c11,
  NULL AS c12,
  NULL AS c13
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  {scalar e.data 'note'} AS c8,
  m.email AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_email.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.phone AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_phone.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  {scalar e.data 'note'} AS c8,
  m.email AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_email.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.phone AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_phone.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.email AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_email.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.phone AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_phone.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  {scalar e.data 'note'} AS c8,
  m.wechat_openid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_wechat_openid.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  {scalar e.data 'note'} AS c8,
  m.wechat_openid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_wechat_openid.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.wechat_openid AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_wechat_openid.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  {scalar e.data 'note'} AS c8,
  m.wecom_external_userid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_wecom_external_userid.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CASE m.tier WHEN 'silver' THEN 1 WHEN 'gold' THEN 2 WHEN 'platinum' THEN 3 END AS c7,
  (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c8,
  NULL AS c9,
  ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago30d) + (SELECT COUNT(*) FROM own_messages h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago30d)) AS c10,
  NULL AS c11,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND at <= :now) AS c12,
  NULL AS c13,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND {unindexed purpose} = 'service' AND at <= :now) AS c14,
  NULL AS c15,
  NULL AS c16,
  NULL AS c17,
  NULL AS c18,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND at <= :now) AS c19,
  NULL AS c20,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND {unindexed purpose} = 'service' AND at <= :now) AS c21,
  NULL AS c22,
  NULL AS c23,
  NULL AS c24
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  {scalar e.data 'note'} AS c8,
  m.wecom_external_userid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_wecom_external_userid.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT NULLIF(CAST(COALESCE(SUM(1.0 * p.remaining), 0) AS BIGINT), 0) FROM points p WHERE p.member = b.member
 AND p.expires_at > b.lo AND p.expires_at <= b.hi AND p.remaining > 0
 AND (p.earned_at IS NULL OR p.earned_at <= CAST(b.ref AS BIGINT))) AS c7,
  m.display_name AS c8,
  m.phone AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_phone.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  m.wecom_external_userid AS c7,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c8,
  NULL AS c9,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c10,
  shared_wecom_external_userid.address AS c11,
  NULL AS c12,
  NULL AS c13
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT NULLIF(CAST(COALESCE(SUM(1.0 * p.remaining), 0) AS BIGINT), 0) FROM points p WHERE p.member = b.member
 AND p.expires_at > b.lo AND p.expires_at <= b.hi AND p.remaining > 0
 AND (p.earned_at IS NULL OR p.earned_at <= CAST(b.ref AS BIGINT))) AS c7,
  b.day AS c8,
  m.wechat_openid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_wechat_openid.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.phone AS c7,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c8,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c9,
  NULL AS c10,
  shared_phone.address AS c11,
  NULL AS c12,
  NULL AS c13
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.wechat_openid AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_wechat_openid.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  c.total AS c7,
  c.in_stock_items AS c8,
  m.display_name AS c9,
  m.phone AS c10,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c11,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c12,
  NULL AS c13,
  shared_phone.address AS c14,
  NULL AS c15,
  NULL AS c16
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.wechat_openid AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c9,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = 'wechat' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c10,
  NULL AS c11,
  shared_wechat_openid.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN own_messages e ON e.decision = -b.event
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CAST(nudged_derived((no_such_function(m.id)), 'number') AS DOUBLE PRECISION) AS c7,
  m.display_name AS c8,
  m.phone AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_phone.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  k.code AS c7,
  NULL AS c8,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND at <= :now) AS c9,
  NULL AS c10,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND {unindexed purpose} = 'service' AND at <= :now) AS c11,
  NULL AS c12,
  NULL AS c13,
  NULL AS c14,
  m.wechat_openid AS c15,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c16,
  NULL AS c17,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c18,
  shared_wechat_openid.address AS c19,
  NULL AS c20,
  NULL AS c21
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6,
  COALESCE(CAST({json e.data} ->> 'category' AS TEXT),
  (SELECT category FROM products WHERE sku = CAST({json e.data} ->> 'sku' AS TEXT))) AS c7,
  nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365') AS c8,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago7d) AS c9,
  NULL AS c10,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c11,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c12,
  NULL AS c13,
  NULL AS c14,
  NULL AS c15,
  NULL AS c16
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.wechat_openid AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c9,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = 'wechat' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c10,
  NULL AS c11,
  shared_wechat_openid.address AS c12,
  NULL AS c13,
  CASE WHEN shared_wechat_openid.address IS NOT NULL THEN (SELECT {joined}(template, '') FROM message_credits
  WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND delivery IS NULL AND ended = 0 AND at <= :now
    AND (until IS NULL OR until > :now)) END AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  k.expires_at AS c7,
  (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c8,
  m.email AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = 'email' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_email.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.phone AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c9,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c10,
  NULL AS c11,
  shared_phone.address AS c12,
  CASE WHEN shared_phone.address IS NOT NULL THEN (SELECT {joined}(CAST(at AS TEXT), ',') FROM (
  SELECT at FROM address_sends WHERE address = shared_phone.address AND channel = 'sms' AND at <= :now
    AND at >= :sends_from AND member <> m.id ORDER BY at DESC LIMIT 1) t) END AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  CASE WHEN k.state = 'used' AND (k.used_at IS NULL OR k.used_at <= :now) THEN 'used'
WHEN k.state = 'used' THEN 'unused' ELSE k.state END AS c7,
  (SELECT COALESCE(i.category, g.category) AS top FROM orders x
 JOIN order_items i ON i.member = x.member AND i.order_id = x.id LEFT JOIN products g ON g.sku = i.sku
 WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d
   AND COALESCE(i.category, g.category) IS NOT NULL
 GROUP BY top
 ORDER BY COALESCE(SUM(1.0 * COALESCE(i.price, g.price, 0) * i.quantity), 0) DESC,
   COALESCE(SUM(1.0 * i.quantity), 0) DESC, top LIMIT 1) AS c8,
  (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c9,
  NULL AS c10,
  k.face_value AS c11,
  NULL AS c12,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND at <= :now) AS c13,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c14,
  NULL AS c15,
  NULL AS c16,
  NULL AS c17,
  NULL AS c18,
  NULL AS c19,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c20,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c21,
  NULL AS c22,
  NULL AS c23,
  NULL AS c24,
  NULL AS c25
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6,
  k.face_value AS c7,
  (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c8,
  (:today - nudged_day((SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), :zone)) AS c9,
  m.advisor AS c10,
  nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365') AS c11,
  NULL AS c12,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND at <= :now) AS c13,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('log', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c14,
  NULL AS c15,
  NULL AS c16,
  NULL AS c17,
  NULL AS c18,
  NULL AS c19,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND at <= :now) AS c20,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c21,
  NULL AS c22,
  NULL AS c23,
  NULL AS c24,
  NULL AS c25
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT {joined}(v, '') FROM
 (SELECT i.value ->> 'sku' AS v FROM {elements c.items} i GROUP BY v ORDER BY MIN(i.key)) t) AS c7,
  (SELECT {joined}(v, '') FROM (SELECT replace(COALESCE(CAST((i.value ->> 'sku') AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'name') AS TEXT), CAST(g.name AS TEXT), CAST((i.value ->> 'sku') AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'category') AS TEXT), CAST(g.category AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'quantity') AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'price') AS TEXT), CAST(g.price AS TEXT), ''), '', '') AS v FROM {elements c.items} i LEFT JOIN products g ON g.sku = i.value ->> 'sku' ORDER BY i.key) t) AS c8,
  m.phone AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_phone.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT {joined}(v, '') FROM (SELECT i.sku AS v FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref GROUP BY v ORDER BY MIN(i.line)) t) AS c7,
  (SELECT {joined}(v, '') FROM (SELECT replace(COALESCE(CAST(i.sku AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.name AS TEXT), CAST(g.name AS TEXT), CAST(i.sku AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.category AS TEXT), CAST(g.category AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.quantity AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.price AS TEXT), CAST(g.price AS TEXT), ''), '', '') AS v FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref ORDER BY i.line) t) AS c8,
  m.phone AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_phone.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'last_order_at') AS BIGINT), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c7,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'tier_name'), CASE m.tier WHEN 'silver' THEN '银卡' WHEN 'gold' THEN '金卡' WHEN 'platinum' THEN '白金' END) AS c8,
  m.wecom_external_userid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_wecom_external_userid.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT {joined}(v, '') FROM (SELECT COALESCE(i.name, g.name, i.sku) AS v FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref ORDER BY i.line) t) AS c7,
  (SELECT {joined}(v, '') FROM (SELECT replace(COALESCE(CAST(i.sku AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.name AS TEXT), CAST(g.name AS TEXT), CAST(i.sku AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.category AS TEXT), CAST(g.category AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.quantity AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST(i.price AS TEXT), CAST(g.price AS TEXT), ''), '', '') AS v FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref ORDER BY i.line) t) AS c8,
  m.phone AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_phone.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT {joined}(COALESCE(i.value ->> 'name', g.name, i.value ->> 'sku'), '') FROM {elements c.items} i LEFT JOIN products g ON g.sku = i.value ->> 'sku') AS c7,
  (SELECT {joined}(v, '') FROM (SELECT replace(COALESCE(CAST((i.value ->> 'sku') AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'name') AS TEXT), CAST(g.name AS TEXT), CAST((i.value ->> 'sku') AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'category') AS TEXT), CAST(g.category AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'quantity') AS TEXT), ''), '', '') || '' || replace(COALESCE(CAST((i.value ->> 'price') AS TEXT), CAST(g.price AS TEXT), ''), '', '') AS v FROM {elements c.items} i LEFT JOIN products g ON g.sku = i.value ->> 'sku' ORDER BY i.key) t) AS c8,
  m.phone AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_phone.address AS c13,
  NULL AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6,
  c.total AS c7,
  m.city AS c8,
  m.wechat_openid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = 'wechat' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_wechat_openid.address AS c13,
  CASE WHEN shared_wechat_openid.address IS NOT NULL THEN (SELECT {joined}(CAST(at AS TEXT), ',') FROM (
  SELECT at FROM address_sends WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND at <= :now
    AND at >= :sends_from AND member <> m.id ORDER BY at DESC LIMIT 9) t) END AS c14,
  NULL AS c15
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.phone AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_phone.address AS c12,
  NULL AS c13,
  NULL AS c14,
  m.wechat_openid AS c15,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c16,
  NULL AS c17,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c18,
  shared_wechat_openid.address AS c19,
  NULL AS c20,
  NULL AS c21
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  k.expires_at AS c7,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND ((((nudged_text({scalar h.data 'sku'}) IN (:v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(i.sku) IN (:v2)))) IS NOT TRUE) AND ((nudged_number(COALESCE({scalar h.data 'total'}, CASE WHEN h.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = h.member AND w.id = h.ref) END, CASE WHEN h.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = h.member AND w.id = h.ref AND w.at = h.at) END)) IN (:v3))) IS NOT TRUE)) AS c8,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v4 AND h.at <= :now AND (((nudged_text({scalar h.data 'sku'}) IN (:v5, :v6)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(i.sku) IN (:v7, :v8)))))) AS c9,
  m.email AS c10,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c11,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = 'email' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c12,
  NULL AS c13,
  shared_email.address AS c14,
  NULL AS c15,
  NULL AS c16
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  NULL AS c5,
  NULL AS c6,
  nudged_age(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day') AS c7,
  m.display_name AS c8,
  NULL AS c9,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c10,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c11,
  NULL AS c12,
  NULL AS c13,
  NULL AS c14,
  NULL AS c15,
  m.email AS c16,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c17,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = 'email' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c18,
  NULL AS c19,
  shared_email.address AS c20,
  NULL AS c21,
  NULL AS c22
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  m.advisor AS c7,
  m.phone AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c9,
  NULL AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c11,
  shared_phone.address AS c12,
  NULL AS c13,
  NULL AS c14,
  m.wecom_external_userid AS c15,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c16,
  NULL AS c17,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c18,
  shared_wecom_external_userid.address AS c19,
  NULL AS c20,
  NULL AS c21
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6,
  c.total AS c7,
  c.at AS c8,
  nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365') AS c9,
  NULL AS c10,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND at <= :now) AS c11,
  CASE WHEN COALESCE(nudged_age(m.birthday_key, m.birthday_year, :shop_today, 'feb_28,same_month,last_day') < 14, FALSE) THEN CASE WHEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now AND (state = 'withdrawn' OR guardian = 1)) = 'granted' THEN 'granted'
  WHEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) = 'granted' THEN 'minor' ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) END ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('push', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) END AS c12,
  NULL AS c13,
  NULL AS c14,
  NULL AS c15,
  NULL AS c16
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  NULL AS c5,
  NULL AS c6,
  m.city AS c7,
  k.expires_at AS c8,
  m.email AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_email.address AS c13,
  NULL AS c14,
  NULL AS c15,
  m.phone AS c16,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c17,
  NULL AS c18,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c19,
  shared_phone.address AS c20,
  NULL AS c21,
  NULL AS c22
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  (SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'vegan') AS c7,
  (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c8,
  NULL AS c9,
  m.wechat_openid AS c10,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c11,
  NULL AS c12,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c13,
  shared_wechat_openid.address AS c14,
  NULL AS c15,
  NULL AS c16,
  m.wecom_external_userid AS c17,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c18,
  NULL AS c19,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c20,
  shared_wecom_external_userid.address AS c21,
  NULL AS c22,
  NULL AS c23
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  NULL AS c5,
  NULL AS c6,
  nudged_age(m.birthday_key, m.birthday_year, :today, 'feb_28,skip,last_day') AS c7,
  (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) AS c8,
  m.wecom_external_userid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c10,
  NULL AS c11,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c12,
  shared_wecom_external_userid.address AS c13,
  NULL AS c14,
  NULL AS c15,
  m.email AS c16,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c17,
  NULL AS c18,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'service' AND at <= :now) t) END AS c19,
  shared_email.address AS c20,
  NULL AS c21,
  NULL AS c22
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.tier AS c7,
  m.display_name AS c8,
  m.phone AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_phone.address AS c13,
  NULL AS c14,
  NULL AS c15,
  m.wechat_openid AS c16,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c17,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = 'wechat' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c18,
  NULL AS c19,
  shared_wechat_openid.address AS c20,
  NULL AS c21,
  NULL AS c22
FROM b {then} members m ON m.id = b.member
LEFT JOIN own_messages e ON e.decision = -b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  NULL AS c6,
  o.source AS c7,
  m.tier AS c8,
  (SELECT {joined}(v, '') FROM (SELECT COALESCE(i.category, g.category) AS v FROM order_items i LEFT JOIN products g ON g.sku = i.sku WHERE i.member = b.member AND i.order_id = b.ref
 AND COALESCE(i.category, g.category) IS NOT NULL GROUP BY v ORDER BY MIN(i.line)) t) AS c9,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'tier_name'), CASE m.tier WHEN 'silver' THEN '银卡' WHEN 'gold' THEN '金卡' WHEN 'platinum' THEN '白金' END) AS c10,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'last_item'), (SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = m.id AND i.order_id = (SELECT x.id FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)
   ORDER BY x.paid_at DESC, x.id DESC LIMIT 1)
 ORDER BY 1.0 * COALESCE(i.price, g.price, 0) * i.quantity DESC, i.line LIMIT 1)) AS c11,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) AS c12,
  m.wechat_openid AS c13,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c14,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = 'wechat' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c15,
  NULL AS c16,
  shared_wechat_openid.address AS c17,
  CASE WHEN shared_wechat_openid.address IS NOT NULL THEN (SELECT {joined}(CAST(at AS TEXT), ',') FROM (
  SELECT at FROM address_sends WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND at <= :now
    AND at >= :sends_from AND member <> m.id ORDER BY at DESC LIMIT 2) t) END AS c18,
  NULL AS c19
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'rfm.recency') AS DOUBLE PRECISION), nudged_recency((SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d), :now, :zone, '30,90,180,365')) AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'age') AS DOUBLE PRECISION), nudged_age(m.birthday_key, m.birthday_year, :today, 'mar_1,same_month,next_day')) AS c8,
  m.wechat_openid AS c9,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND at <= :now) OR (shared_wechat_openid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wechat_openid.address AND {unindexed channel} IN ('wechat', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wechat_openid.address AND channel = 'wechat' AND follows = 0
    AND at <= :now)))) AS c10,
  CASE WHEN shared_wechat_openid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = 'wechat' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wechat_openid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wechat', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wechat_openid.address AND channel IN ('wechat', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c11,
  NULL AS c12,
  shared_wechat_openid.address AS c13,
  NULL AS c14,
  NULL AS c15,
  m.email AS c16,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c17,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = 'email' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c18,
  NULL AS c19,
  shared_email.address AS c20,
  NULL AS c21,
  NULL AS c22
FROM b LEFT JOIN members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'
LEFT JOIN shared_addresses shared_wechat_openid ON shared_wechat_openid.member = b.member
  AND shared_wechat_openid.kind = 'wechat_openid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  (SELECT {joined}(CAST(d.at AS TEXT), ',') FROM decisions d WHERE d.member = m.id AND d.rule = :rule AND d.at <= :now
  AND d.at >= :acts_from AND d.shadow = 0 AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out')) AS c3,
  (SELECT {joined}(CAST(h.at AS TEXT), ',') FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
  AND h.at >= :acts_from AND h.source <> 'nudged' AND {json h.data} ->> 'rule' = :rule) AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  NULL AS c7,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'last_item'), (SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = m.id AND i.order_id = (SELECT x.id FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)
   ORDER BY x.paid_at DESC, x.id DESC LIMIT 1)
 ORDER BY 1.0 * COALESCE(i.price, g.price, 0) * i.quantity DESC, i.line LIMIT 1)) AS c8,
  (SELECT {joined}(tag, '') FROM (SELECT tag FROM member_tags WHERE member = m.id ORDER BY n, tag) t) AS c9,
  m.tier AS c10,
  (SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago7d AND (((nudged_text({scalar h.data 'sku'}) IN (:v1, :v2)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(i.sku) IN (:v3, :v4)))))) AS c11,
  NULL AS c12,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND at <= :now) AS c13,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c14,
  NULL AS c15,
  NULL AS c16,
  NULL AS c17,
  NULL AS c18,
  m.wecom_external_userid AS c19,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND at <= :now) OR (shared_wecom_external_userid.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_wecom_external_userid.address AND {unindexed channel} IN ('wecom', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND follows = 0
    AND at <= :now)))) AS c20,
  CASE WHEN shared_wecom_external_userid.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wecom_external_userid.address
  AND channel = 'wecom' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_wecom_external_userid.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('wecom', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_wecom_external_userid.address AND channel IN ('wecom', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c21,
  NULL AS c22,
  shared_wecom_external_userid.address AS c23,
  CASE WHEN shared_wecom_external_userid.address IS NOT NULL THEN (SELECT {joined}(CAST(at AS TEXT), ',') FROM (
  SELECT at FROM address_sends WHERE address = shared_wecom_external_userid.address AND channel = 'wecom' AND at <= :now
    AND at >= :sends_from AND member <> m.id ORDER BY at DESC LIMIT 2) t) END AS c24,
  NULL AS c25
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN carts c ON c.member = b.member AND c.id = b.ref AND c.at = b.lo
LEFT JOIN shared_addresses shared_wecom_external_userid ON shared_wecom_external_userid.member = b.member
  AND shared_wecom_external_userid.kind = 'wecom_external_userid'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  CASE WHEN o.refunded_at <= :now OR (o.status = 'refunded' AND o.refunded_at IS NULL) THEN 'refunded'
WHEN o.cancelled_at <= :now OR (o.status = 'cancelled' AND o.cancelled_at IS NULL) THEN 'cancelled'
WHEN o.id IS NOT NULL THEN 'paid' END AS c7,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifetime_spend') AS BIGINT), (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c8,
  COALESCE(CAST((SELECT value FROM member_overrides WHERE member = m.id AND name = 'last_order_at') AS BIGINT), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now))) AS c9,
  m.phone AS c10,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c11,
  CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c12,
  NULL AS c13,
  shared_phone.address AS c14,
  NULL AS c15,
  NULL AS c16,
  m.email AS c17,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN ('email', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = 'email' AND follows = 0
    AND at <= :now)))) AS c18,
  CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = 'email' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('email', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN ('email', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END AS c19,
  NULL AS c20,
  shared_email.address AS c21,
  NULL AS c22,
  NULL AS c23
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN orders o ON o.member = b.member AND o.id = b.ref
LEFT JOIN shared_addresses shared_email ON shared_email.member = b.member
  AND shared_email.kind = 'email'
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  (SELECT {joined}(CAST(t.at AS TEXT), ',') FROM (
  SELECT h.at FROM events h WHERE h.member = m.id AND h.name = 'message.sent' AND h.at <= :now
    AND h.at >= :sends_from AND {json h.data} ->> 'purpose' IS DISTINCT FROM 'service'
  UNION ALL SELECT d.at FROM decisions d WHERE d.member = m.id AND d.outcome = 'sent' AND d.shadow = 0
    AND d.is_service = 0 AND d.at <= :now AND d.at >= :sends_from) t) AS c5,
  (SELECT {joined}(key || '' || variant, '') FROM experiment_overrides WHERE member = m.id) AS c6,
  k.face_value AS c7,
  k.template AS c8,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'top_category'), (SELECT COALESCE(i.category, g.category) AS top FROM orders x
 JOIN order_items i ON i.member = x.member AND i.order_id = x.id LEFT JOIN products g ON g.sku = i.sku
 WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d
   AND COALESCE(i.category, g.category) IS NOT NULL
 GROUP BY top
 ORDER BY COALESCE(SUM(1.0 * COALESCE(i.price, g.price, 0) * i.quantity), 0) DESC,
   COALESCE(SUM(1.0 * i.quantity), 0) DESC, top LIMIT 1)) AS c9,
  m.tier AS c10,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'last_item'), (SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = m.id AND i.order_id = (SELECT x.id FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)
   ORDER BY x.paid_at DESC, x.id DESC LIMIT 1)
 ORDER BY 1.0 * COALESCE(i.price, g.price, 0) * i.quantity DESC, i.line LIMIT 1)) AS c11,
  COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'rfm.segment'), (SELECT CASE WHEN r >= 4 AND f >= 4 AND money >= 4 THEN 'core' WHEN r >= 4 THEN 'promising'
      WHEN r <= 2 AND (f >= 4 OR money >= 4) THEN 'at_risk' WHEN r <= 2 THEN 'sleeping'
      ELSE 'regular' END FROM (SELECT nudged_recency((SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d), :now, :zone, '30,90,180,365') AS r, (CASE WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 10 THEN 5 WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 5 THEN 4 WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 3 THEN 3 WHEN (SELECT COUNT(*) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 2 THEN 2 ELSE 1 END) AS f, (CASE WHEN (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 1000000 THEN 5 WHEN (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 500000 THEN 4 WHEN (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 200000 THEN 3 WHEN (SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now) AND x.paid_at > :ago365d) >= 50000 THEN 2 ELSE 1 END) AS money) t)) AS c12,
  NULL AS c13,
  NULL AS c14,
  EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND at <= :now) AS c15,
  (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('webhook', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) AS c16,
  NULL AS c17,
  NULL AS c18,
  NULL AS c19,
  NULL AS c20
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN coupons k ON k.member = b.member AND k.id = b.ref

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i AS c0,
  m.preferred_channel AS c1,
  m.personalisation AS c2,
  NULL AS c3,
  NULL AS c4,
  NULL AS c5,
  NULL AS c6,
  m.display_name AS c7,
  m.phone AS c8,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN ('sms', '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = 'sms' AND follows = 0
    AND at <= :now)))) AS c9,
  CASE WHEN COALESCE(nudged_age(m.birthday_key, m.birthday_year, :shop_today, 'feb_28,same_month,last_day') < 14, FALSE) THEN CASE WHEN CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now AND (state = 'withdrawn' OR guardian = 1)) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now AND (state = 'withdrawn' OR guardian = 1)
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now AND (state = 'withdrawn' OR guardian = 1)) t) AS said) t) END = 'granted' THEN 'granted'
  WHEN CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END = 'granted' THEN 'minor' ELSE CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END END ELSE CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = 'sms' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN ('sms', '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN ('sms', '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END END AS c10,
  NULL AS c11,
  shared_phone.address AS c12,
  NULL AS c13,
  NULL AS c14
FROM b {then} members m ON m.id = b.member
LEFT JOIN events e ON e.seq = b.event
LEFT JOIN shared_addresses shared_phone ON shared_phone.member = b.member
  AND shared_phone.kind = 'phone'

-- Store/FactsLoader.swift

SELECT id, template, code, face_value, issued_at, expires_at FROM coupons
WHERE member = ? AND expires_at > ? AND expires_at <= ? AND (issued_at IS NULL OR issued_at <= ?)
  AND (state = 'unused' OR (state = 'used' AND used_at > ?)) AND rule IS DISTINCT FROM ?

-- Store/FixtureStore+changes.swift

DELETE FROM arrivals

SELECT name, value FROM member_overrides

SELECT key, variant FROM experiment_overrides

DELETE FROM member_overrides WHERE member = ? AND name = ?

INSERT INTO member_overrides (member, name, value) VALUES (?, ?, ?) ON CONFLICT (member, name) DO UPDATE SET value = excluded.value

INSERT INTO experiment_overrides (member, key, variant) VALUES (?, ?, ?) ON CONFLICT (member, key) DO UPDATE SET variant = excluded.variant

-- Store/HandoverLimits.swift

SELECT id FROM handover_limits WHERE zone = ? AND quiet = ? AND caps = ?

INSERT INTO handover_limits (zone, quiet, caps) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- Store/HandoverReader.swift

SELECT MAX(a.intent_at) FROM decisions c {then} deliveries d ON d.decision = c.id
  {then} attempts a ON a.delivery = d.id
WHERE c.member = ? AND c.outcome = 'sent' AND c.id <> ? AND d.purpose = 'marketing'
  AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
GROUP BY c.id

SELECT MAX(a.intent_at) FROM shared_addresses s {then} decisions c ON c.member = s.member
  {then} deliveries d ON d.decision = c.id {then} attempts a ON a.delivery = d.id
WHERE s.address = ? AND s.member <> ? AND c.outcome = 'sent' AND d.purpose = 'marketing'
  AND d.channel = ? AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
GROUP BY c.id

SELECT d.id, d.claimed_by, d.decision, d.rule, d.channel, c.member, c.occasion, d.step, d.purpose, d.send_by,
  d.attempts, d.failures, d.subject, d.text, d.html, d.template_code, d.template_values, d.ref, d.event, d.date,
  d.links, m.status AS member_status, m.zone, m.personalisation,
  EXISTS (SELECT 1 FROM personalisation_choices p WHERE p.member = c.member AND p.at > c.at
    AND p.choice <> 'personalised') AS has_refused_own_values,
  m.phone, m.email, m.wechat_openid, m.wecom_external_userid, m.display_name, m.advisor, l.status AS rule_status,
  CASE WHEN d.purpose = 'marketing' THEN CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = d.channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (d.channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END END AS marketing,
  CASE WHEN d.purpose = 'service' THEN CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (d.channel, '*')
    AND purpose = 'service' AND at <= :now) t) END END AS service,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND at <= :now) OR (s.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = s.address AND {unindexed channel} IN (d.channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = s.address AND channel = d.channel AND follows = 0
    AND at <= :now)))) AS is_suppressed, s.address AS shared, COALESCE(g.former, c.member) AS former, COALESCE(g.occasion, c.occasion) AS former_occasion,
  (SELECT a.reference FROM attempts a WHERE a.delivery = d.id AND a.outcome = 'unknown' ORDER BY a.n LIMIT 1)
    AS unclear_reference
FROM deliveries d JOIN decisions c ON c.id = d.decision LEFT JOIN members m ON m.id = c.member
  LEFT JOIN merged_decisions g ON g.decision = c.id
  LEFT JOIN live_rules l ON l.rule = d.rule LEFT JOIN shared_addresses s ON s.member = c.member AND s.kind = :kind
WHERE d.id IN {numbers :ids} AND d.state = 'claimed' AND d.lease_until > :now

SELECT d.id, d.claimed_by, d.decision, d.rule, d.channel, c.member, c.occasion, d.step, d.purpose, d.send_by,
  d.attempts, d.failures, d.subject, d.text, d.html, d.template_code, d.template_values, d.ref, d.event, d.date,
  d.links, m.status AS member_status, m.zone, m.personalisation,
  EXISTS (SELECT 1 FROM personalisation_choices p WHERE p.member = c.member AND p.at > c.at
    AND p.choice <> 'personalised') AS has_refused_own_values,
  m.phone, m.email, m.wechat_openid, m.wecom_external_userid, m.display_name, m.advisor, l.status AS rule_status,
  CASE WHEN d.purpose = 'marketing' THEN CASE WHEN COALESCE(nudged_age(m.birthday_key, m.birthday_year, :shop_today, 'feb_28,same_month,last_day') < 14, FALSE) THEN CASE WHEN CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now AND (state = 'withdrawn' OR guardian = 1)) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = d.channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now AND (state = 'withdrawn' OR guardian = 1)
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (d.channel, '*')
    AND purpose = 'marketing' AND at <= :now AND (state = 'withdrawn' OR guardian = 1)) t) AS said) t) END = 'granted' THEN 'granted'
  WHEN CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = d.channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (d.channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END = 'granted' THEN 'minor' ELSE CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = d.channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (d.channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END END ELSE CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = d.channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (d.channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END END END AS marketing,
  CASE WHEN d.purpose = 'service' THEN CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (d.channel, '*')
    AND purpose = 'service' AND at <= :now) t) END END AS service,
  (EXISTS (SELECT 1 FROM suppressions WHERE member = c.member AND {unindexed channel} IN (d.channel, '*') AND at <= :now) OR (s.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = s.address AND {unindexed channel} IN (d.channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = s.address AND channel = d.channel AND follows = 0
    AND at <= :now)))) AS is_suppressed, s.address AS shared, COALESCE(g.former, c.member) AS former, COALESCE(g.occasion, c.occasion) AS former_occasion,
  (SELECT a.reference FROM attempts a WHERE a.delivery = d.id AND a.outcome = 'unknown' ORDER BY a.n LIMIT 1)
    AS unclear_reference
FROM deliveries d JOIN decisions c ON c.id = d.decision LEFT JOIN members m ON m.id = c.member
  LEFT JOIN merged_decisions g ON g.decision = c.id
  LEFT JOIN live_rules l ON l.rule = d.rule LEFT JOIN shared_addresses s ON s.member = c.member AND s.kind = :kind
WHERE d.id IN {numbers :ids} AND d.state = 'claimed' AND d.lease_until > :now

-- Store/Holdings.swift

SELECT EXISTS (SELECT 1 FROM coupons WHERE member = ? AND id = ?
  AND (state = 'unused' OR (state = 'used' AND used_at > ?)))

SELECT EXISTS (SELECT 1 FROM points WHERE member = ? AND expires_at > ? AND expires_at <= ?
  AND remaining > 0 AND (earned_at IS NULL OR earned_at <= ?))

-- Store/Invariants+limits.swift

SELECT id, zone, quiet, caps FROM handover_limits

SELECT c.member AS subject, d.id, c.member, c.rule, c.occasion, a.intent_seq, a.intent_at, d.purpose = 'marketing' AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown')), a.limits,
  COALESCE((SELECT g.seq FROM merged_decisions g WHERE g.decision = c.id), 0)
FROM decisions c {then} deliveries d ON d.decision = c.id {then} attempts a ON a.delivery = d.id ORDER BY c.member

SELECT {hex s.address} || ' ' || d.channel AS subject, d.id, c.member, c.rule, c.occasion, a.intent_seq, a.intent_at,
  d.purpose = 'marketing' AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown')), a.limits, s.seq
FROM shared_addresses s {then} members m ON m.id = s.member {then} decisions c ON c.member = s.member
  {then} deliveries d ON d.decision = c.id {then} attempts a ON a.delivery = d.id
WHERE d.purpose = 'marketing' AND d.address = CASE s.kind WHEN 'phone' THEN m.phone WHEN 'email' THEN m.email WHEN 'wechat_openid' THEN m.wechat_openid WHEN 'wecom_external_userid' THEN m.wecom_external_userid END
ORDER BY 1

-- Store/Invariants.swift

SELECT id FROM deliveries WHERE state IN ('claimed', 'sending') LIMIT 100

SELECT id FROM deliveries WHERE claim_count > 3 AND state <> 'dead' LIMIT 100

SELECT channel FROM receipts WHERE delivery IS NULL AND noted_at < ? LIMIT 100

SELECT value FROM meta WHERE key = 'ledger_removed_before' AND value > ? LIMIT 100

SELECT delivery FROM attempts WHERE outcome = 'rejected' AND cost IS NOT NULL LIMIT 100

SELECT delivery FROM attempts GROUP BY delivery HAVING MIN(n) <> 1 OR MAX(n) <> COUNT(*) LIMIT 100

SELECT i.event FROM event_ids i JOIN events e ON e.source = i.source AND e.event_id = i.event_id LIMIT 100

SELECT b.delivery FROM attempts a JOIN attempts b ON b.delivery = a.delivery AND b.n = a.n + 1
WHERE a.outcome_seq IS NULL OR b.intent_seq <= a.outcome_seq LIMIT 100

SELECT d.rule FROM decisions d WHERE d.outcome = 'sent' AND d.shadow = 0 AND NOT EXISTS (
  SELECT 1 FROM deliveries x WHERE x.decision = d.id AND x.step = 1) LIMIT 100

SELECT x.id FROM deliveries x WHERE NOT EXISTS (SELECT 1 FROM decisions d WHERE d.id = x.decision
  AND d.rule = x.rule AND d.outcome = 'sent' AND d.shadow = 0) LIMIT 100

SELECT MIN(rule) FROM deliveries GROUP BY decision, step HAVING COUNT(*) > 1
UNION ALL SELECT rule FROM decisions GROUP BY member, rule, occasion HAVING COUNT(*) > 1 LIMIT 100

SELECT c.id FROM decisions c WHERE c.member >= 'erased:' AND c.member < 'erased;'
  AND (c.occasion NOT LIKE 'erased:%' OR c.task IS NOT NULL OR c.trace IS NOT NULL) LIMIT 100

SELECT c.id FROM decisions c WHERE c.member >= 'erased:' AND c.member < 'erased;'
  AND NOT EXISTS (SELECT 1 FROM erasures e WHERE c.member = 'erased:' || CAST(e.seq AS TEXT)) LIMIT 100

SELECT d.id FROM deliveries d WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown')
  AND (SELECT MAX(outcome_at) FROM attempts WHERE delivery = d.id) < ? LIMIT 100

SELECT delivery FROM (SELECT delivery, epoch, MAX(epoch) OVER (ORDER BY intent_seq) AS newest
  FROM attempts) t WHERE epoch < newest
  OR epoch > (SELECT value FROM meta WHERE key = 'epoch') LIMIT 100

SELECT r.delivery FROM receipts r JOIN deliveries d ON d.id = r.delivery
WHERE r.delivery IS NOT NULL
  AND (d.channel <> r.channel OR (r.flagged = 0 AND r.status <> 'sent' AND r.status <> d.state)) LIMIT 100

SELECT a.delivery FROM erasures e JOIN decisions c ON c.member = 'erased:' || CAST(e.seq AS TEXT)
JOIN deliveries d ON d.decision = c.id JOIN attempts a ON a.delivery = d.id
WHERE a.intent_seq > e.seq LIMIT 100

SELECT id FROM deliveries WHERE state = 'claimed' AND state IN ('claimed', 'sending', 'unknown')
  AND (claimed_by IS NULL OR lease_until IS NULL
    OR claimed_by > (SELECT value FROM meta WHERE key = 'epoch')) LIMIT 100

SELECT key FROM meta WHERE key = 'seq' AND value < (SELECT MAX(s) FROM (
  SELECT MAX(seq) AS s FROM transitions UNION ALL SELECT MAX(intent_seq) FROM attempts
  UNION ALL SELECT MAX(outcome_seq) FROM attempts) t) LIMIT 100

SELECT a.delivery FROM attempts a JOIN transitions t ON t.delivery = a.delivery
WHERE t.seq < a.intent_seq AND t.to_state IN ('delivered', 'undelivered', 'rejected', 'unknown_closed', 'suppressed', 'expired', 'cancelled', 'dead') LIMIT 100

SELECT d.id FROM deliveries d JOIN attempts a ON a.delivery = d.id
WHERE a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown') GROUP BY d.id
HAVING COUNT(*) > CASE d.policy WHEN 'hold' THEN 1 ELSE 1 + ? END OR COUNT(*) > 1 + SUM(a.resend) LIMIT 100

SELECT d.id, t.from_state, t.to_state,
  LAG(t.to_state) OVER (PARTITION BY d.id ORDER BY t.seq) AS before,
  CASE WHEN LEAD(t.seq) OVER (PARTITION BY d.id ORDER BY t.seq) IS NULL THEN d.state END AS state
FROM deliveries d LEFT JOIN transitions t ON t.delivery = d.id

SELECT c.rule FROM decisions c WHERE c.outcome = 'sent' AND c.shadow = 0
  AND NOT EXISTS (SELECT 1 FROM sends s WHERE s.at = c.at AND s.decision = c.id)
UNION ALL SELECT c.rule FROM sends s JOIN decisions c ON c.id = s.decision
  WHERE c.outcome <> 'sent' OR c.shadow <> 0 OR c.at <> s.at LIMIT 100

WITH acted AS MATERIALIZED (SELECT rule, at / 900000000 AS quarter, COUNT(*) AS people FROM decisions
  WHERE outcome IN ('sent', 'task_created', 'done') GROUP BY rule, at / 900000000)
SELECT r.rule FROM reach r LEFT JOIN acted a ON a.rule = r.rule AND a.quarter = r.quarter
  WHERE r.people <> COALESCE(a.people, 0) LIMIT 100

SELECT a.delivery FROM attempts a JOIN v_deliveries d ON d.id = a.delivery
JOIN suppressions s ON s.member = d.member AND s.channel IN (d.channel, '*')
WHERE a.code IS DISTINCT FROM 'settled' AND s.seq < a.intent_seq
  AND a.intent_seq > COALESCE((SELECT g.seq FROM merged_decisions g WHERE g.decision = d.decision), 0) LIMIT 100

SELECT s.channel FROM spending s JOIN (SELECT d.channel, a.cost_day AS day, SUM(a.cost) AS spent,
  COALESCE(SUM(CASE WHEN d.purpose = 'marketing' THEN a.cost END), 0) AS marketing
FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.cost IS NOT NULL
GROUP BY d.channel, a.cost_day) c ON c.channel = s.channel AND c.day = s.day
WHERE c.marketing > s.ceiling LIMIT 100

WITH newest AS (SELECT member, name, MAX(at) AS at FROM events GROUP BY member, name)
SELECT n.name FROM newest n LEFT JOIN latest l ON l.member = n.member AND l.name = n.name
  WHERE n.name <> 'message.sent' AND l.at IS DISTINCT FROM n.at
UNION ALL SELECT l.name FROM latest l WHERE NOT EXISTS (
  SELECT 1 FROM events e WHERE e.member = l.member AND e.name = l.name) LIMIT 100

SELECT c.delivery FROM message_credits c JOIN deliveries d ON d.id = c.delivery
WHERE c.delivery IS NOT NULL AND c.ended = 0
  AND d.state IN ('pending', 'claimed', 'retry_wait', 'rejected', 'dead', 'expired', 'cancelled',
    'suppressed')
  AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = d.id
    AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))) LIMIT 100

SELECT d.id FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member >= 'erased:' AND c.member < 'erased;' AND (d.address IS NOT NULL OR d.subject IS NOT NULL
  OR d.text IS NOT NULL OR d.html IS NOT NULL OR d.template_values IS NOT NULL OR d.ref IS NOT NULL
  OR d.event IS NOT NULL OR d.date IS NOT NULL OR d.alternatives IS NOT NULL OR d.links IS NOT NULL
  OR EXISTS (SELECT 1 FROM short_links l WHERE l.delivery = d.id AND l.url <> '')) LIMIT 100

SELECT DISTINCT a.delivery FROM shared_addresses s JOIN members m ON m.id = s.member
JOIN v_deliveries d ON d.member = s.member AND d.address = CASE s.kind WHEN 'phone' THEN m.phone WHEN 'email' THEN m.email WHEN 'wechat_openid' THEN m.wechat_openid WHEN 'wecom_external_userid' THEN m.wecom_external_userid END
JOIN attempts a ON a.delivery = d.id AND a.intent_seq > s.seq
JOIN address_suppressions x ON x.address = s.address AND x.channel IN (d.channel, '*')
  AND x.seq < a.intent_seq LIMIT 100

SELECT DISTINCT a.delivery FROM shared_addresses s JOIN members m ON m.id = s.member
JOIN v_deliveries d ON d.member = s.member AND d.address = CASE s.kind WHEN 'phone' THEN m.phone WHEN 'email' THEN m.email WHEN 'wechat_openid' THEN m.wechat_openid WHEN 'wecom_external_userid' THEN m.wecom_external_userid END
JOIN attempts a ON a.delivery = d.id AND a.intent_seq > s.seq
JOIN followings f ON f.address = s.address AND f.channel = d.channel AND f.follows = 0
  AND f.seq < a.intent_seq LIMIT 100

WITH costs AS MATERIALIZED (SELECT d.channel, a.cost_day AS day, SUM(a.cost) AS spent,
  COALESCE(SUM(CASE WHEN d.purpose = 'marketing' THEN a.cost END), 0) AS marketing
FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE a.cost IS NOT NULL
GROUP BY d.channel, a.cost_day)
SELECT c.channel FROM costs c LEFT JOIN spending s ON s.channel = c.channel AND s.day = c.day
  WHERE s.spent IS DISTINCT FROM c.spent
UNION ALL SELECT s.channel FROM spending s LEFT JOIN costs c
  ON c.channel = s.channel AND c.day = s.day WHERE s.spent <> 0 AND c.spent IS NULL LIMIT 100

SELECT DISTINCT a.delivery FROM attempts a JOIN v_deliveries d ON d.id = a.delivery
JOIN consents w ON w.member = d.member AND w.channel IN (d.channel, '*') AND w.purpose = d.purpose
  AND w.state = 'withdrawn' AND w.seq < a.intent_seq
WHERE a.code IS DISTINCT FROM 'settled'
  AND a.intent_seq > COALESCE((SELECT g.seq FROM merged_decisions g WHERE g.decision = d.decision), 0) AND NOT EXISTS (
  SELECT 1 FROM consents g WHERE g.member = d.member
  AND g.channel IN (d.channel, '*') AND g.purpose = d.purpose AND g.state = 'granted'
  AND g.at > w.at AND g.seq >= w.seq AND g.seq < a.intent_seq)
  AND NOT (d.purpose = 'marketing' AND EXISTS (
    SELECT 1 FROM consent_requests q WHERE q.member = d.member AND q.channel = d.channel
    AND q.confirmed_at > w.at AND q.confirmed_at <= a.intent_at)) LIMIT 100

SELECT DISTINCT a.delivery FROM shared_addresses s JOIN members m ON m.id = s.member
JOIN v_deliveries d ON d.member = s.member AND d.address = CASE s.kind WHEN 'phone' THEN m.phone WHEN 'email' THEN m.email WHEN 'wechat_openid' THEN m.wechat_openid WHEN 'wecom_external_userid' THEN m.wecom_external_userid END
JOIN attempts a ON a.delivery = d.id AND a.intent_seq > s.seq
JOIN address_consents w ON w.address = s.address AND w.channel IN (d.channel, '*')
  AND w.state = 'withdrawn' AND w.member <> d.member AND w.seq < a.intent_seq
LEFT JOIN shared_addresses o ON o.member = w.member AND o.address = w.address
WHERE d.purpose = 'marketing' AND (w.member = '' OR o.seq < a.intent_seq) AND NOT EXISTS (
  SELECT 1 FROM address_consents g WHERE g.address = w.address AND g.channel IN (d.channel, '*')
    AND g.state = 'granted' AND g.at > w.at AND g.seq < a.intent_seq
    AND (g.seq >= w.seq OR (w.member <> '' AND (s.seq > w.seq OR o.seq > w.seq)))) LIMIT 100

SELECT DISTINCT a.delivery FROM decisions c JOIN members m ON m.id = c.member
JOIN deliveries d ON d.decision = c.id JOIN attempts a ON a.delivery = d.id
WHERE c.rules_version >= :version AND d.purpose = 'marketing'
  AND a.code IS DISTINCT FROM 'settled'
  AND a.intent_seq > COALESCE(m.birthday_seq, 0) AND a.intent_seq > COALESCE((SELECT g.seq FROM merged_decisions g WHERE g.decision = c.id), 0)
  AND nudged_age(m.birthday_key, m.birthday_year, nudged_day(a.intent_at, :zone), :policy) < :under
  AND NOT EXISTS (SELECT 1 FROM consents g WHERE g.member = c.member AND g.channel IN (d.channel, '*') AND g.purpose = 'marketing'
  AND g.state = 'granted' AND g.guardian = 1 AND g.at <= a.intent_at AND g.seq < a.intent_seq
  AND NOT EXISTS (SELECT 1 FROM consents w WHERE w.member = c.member AND w.channel IN (d.channel, '*')
    AND w.purpose = 'marketing' AND w.state = 'withdrawn' AND w.at >= g.at AND w.seq < a.intent_seq))
  AND NOT EXISTS (SELECT 1 FROM list_consents g WHERE g.address IN (nudged_address_key(:secret, 'phone', d.address), nudged_address_key(:secret, 'email', d.address), nudged_address_key(:secret, 'wechat_openid', d.address), nudged_address_key(:secret, 'wecom_external_userid', d.address)) AND g.channel IN (d.channel, '*') AND g.purpose = 'marketing'
  AND g.state = 'granted' AND g.guardian = 1 AND g.at <= a.intent_at AND g.seq < a.intent_seq
  AND NOT EXISTS (SELECT 1 FROM consents w WHERE w.member = c.member AND w.channel IN (d.channel, '*')
    AND w.purpose = 'marketing' AND w.state = 'withdrawn' AND w.at >= g.at AND w.seq < a.intent_seq)) LIMIT 100

SELECT 'member_tags' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM member_tags x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'member_attributes' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM member_attributes x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'member_overrides' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM member_overrides x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'dates' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM dates x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'latest' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM latest x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'order_items' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM order_items x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'orders' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM orders x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'carts' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM carts x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'points' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM points x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'coupons' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM coupons x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'consents' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM consents x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'consent_requests' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM consent_requests x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'personalisation_choices' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM personalisation_choices x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'suppressions' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM suppressions x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'experiment_overrides' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM experiment_overrides x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'waits' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM waits x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'tasks' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM tasks x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'arrivals' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM arrivals x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'picks' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM picks x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'events' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM events x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'quarantine' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM quarantine x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'merged_members' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM merged_members x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) UNION ALL SELECT 'merged_addresses' AS name FROM erasures e
  WHERE EXISTS (SELECT 1 FROM merged_addresses x WHERE x.member = 'erased:' || CAST(e.seq AS TEXT)) LIMIT 100

-- Store/KeptRefusals.swift

SELECT channel, purpose, at, source FROM list_consents WHERE address = ? AND state = 'withdrawn'
ORDER BY at, channel, purpose

SELECT w.channel, w.purpose, w.at, w.source FROM consents w WHERE w.member = ?1 AND w.state = 'withdrawn'
  AND NOT EXISTS (SELECT 1 FROM consents g WHERE g.member = ?1 AND {unindexed g.purpose} = w.purpose
    AND {unindexed g.channel} IN (w.channel, '*') AND g.state = 'granted' AND g.at > w.at)
ORDER BY w.at, w.channel, w.purpose

-- Store/LatestEvents.swift

DELETE FROM latest WHERE member = ? AND name = ?

INSERT INTO latest (member, name, at) SELECT member, name, at FROM events
WHERE member = ? AND name = ? ORDER BY at DESC LIMIT 1

INSERT INTO latest (member, name, at) VALUES (?, ?, ?)
ON CONFLICT (member, name) DO UPDATE SET at = excluded.at WHERE excluded.at > latest.at

-- Store/Ledger+actions.swift

DELETE FROM member_tags WHERE member = ? AND tag = ?

INSERT INTO points (member, id, points, remaining, earned_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING

INSERT INTO member_tags (member, tag, n) VALUES (?1, ?2,
  (SELECT COALESCE(MAX(n), 0) + 1 FROM member_tags WHERE member = ?1)) ON CONFLICT DO NOTHING

INSERT INTO tasks (member, rule, occasion, assignee, title, script, text, created_at, due_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

UPDATE coupon_codes SET coupon = ? WHERE template = ? AND code =
  (SELECT code FROM coupon_codes WHERE template = ? AND coupon IS NULL ORDER BY code LIMIT 1)
RETURNING code

INSERT INTO coupons (member, id, template, code, face_value, issued_at, expires_at, state, rule)
VALUES (?, ?, ?, ?, ?, ?, ?, 'unused', ?) ON CONFLICT (member, id) DO NOTHING

-- Store/Ledger.swift

INSERT INTO sends (at, decision) VALUES (?, ?)

INSERT INTO traces (at, earlier, read) VALUES (?, ?, ?)

DELETE FROM waits WHERE member = ? AND rule = ? AND occasion = ?

SELECT rule || COALESCE(' ' || chain, '') FROM decisions WHERE id = ?

SELECT trace FROM waits WHERE member = ? AND rule = ? AND occasion = ? AND kind = 'held'

INSERT INTO events (member, name, at, source, ref, data) VALUES (?, ?, ?, 'nudged', ?, ?)

SELECT ({json data} ->> 'rule') || COALESCE(' ' || ({json data} ->> 'chain'), '') FROM events
WHERE seq = ? AND source = 'nudged'

INSERT INTO waits (member, rule, occasion, kind, due, first_due, start, ref, event, date, passes, zone,
  trace) VALUES (?, ?, ?, 'held', ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (member, rule, occasion) DO UPDATE
  SET kind = 'held', due = excluded.due, trace = excluded.trace

INSERT INTO decisions (id, member, rule, occasion, due, at, outcome, because, channel, template, coupon, task,
  variant, shadow, rules_version, trace, is_service, chain)
VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM decisions), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
RETURNING id

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i FROM b WHERE
  EXISTS (SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule AND d.occasion = b.ref)
  OR b.event = 0 AND EXISTS (SELECT 1 FROM waits w
    WHERE w.member = b.member AND w.rule = :rule AND w.occasion = b.ref AND w.kind = 'held')

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i FROM b WHERE
  EXISTS (SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule AND d.occasion = b.ref)
  OR b.event = 0 AND EXISTS (SELECT 1 FROM waits w
    WHERE w.member = b.member AND w.rule = :rule AND w.occasion = b.ref AND w.kind = 'held')

WITH b AS (SELECT 0 AS i, :member AS member, :ref AS ref, CAST(:event AS BIGINT) AS event,
  CAST(:lo AS BIGINT) AS lo, CAST(:hi AS BIGINT) AS hi, CAST(:day AS BIGINT) AS day)
SELECT b.i FROM b WHERE
  EXISTS (SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule AND d.occasion = b.ref)
  OR b.event = 0 AND EXISTS (SELECT 1 FROM waits w
    WHERE w.member = b.member AND w.rule = :rule AND w.occasion = b.ref AND w.kind = 'held')  OR EXISTS (
    SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule
      AND d.occasion > b.ref AND d.occasion < 'inactive@~' AND d.due >= b.lo
    UNION ALL SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule
      AND d.occasion > 'inactive@' AND d.occasion < 'inactive@~' AND d.at >= b.hi
      AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out'))

WITH b AS MATERIALIZED (SELECT i, c0 AS member, c1 AS ref, CAST(c2 AS BIGINT) AS event,
  CAST(c3 AS BIGINT) AS lo, CAST(c4 AS BIGINT) AS hi, CAST(c5 AS BIGINT) AS day FROM {rows :batch} t)
SELECT b.i FROM b WHERE
  EXISTS (SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule AND d.occasion = b.ref)
  OR b.event = 0 AND EXISTS (SELECT 1 FROM waits w
    WHERE w.member = b.member AND w.rule = :rule AND w.occasion = b.ref AND w.kind = 'held')  OR EXISTS (
    SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule
      AND d.occasion > b.ref AND d.occasion < 'inactive@~' AND d.due >= b.lo
    UNION ALL SELECT 1 FROM decisions d WHERE d.member = b.member AND d.rule = :rule
      AND d.occasion > 'inactive@' AND d.occasion < 'inactive@~' AND d.at >= b.hi
      AND (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out'))

-- Store/LedgerPruning.swift

DELETE FROM decisions WHERE id = :id

DELETE FROM deliveries WHERE id IN {numbers ?}

DELETE FROM merged_decisions WHERE decision = :id

DELETE FROM attempts WHERE delivery IN {numbers ?}

DELETE FROM receipts WHERE delivery IN {numbers ?}

DELETE FROM sends WHERE at = :at AND decision = :id

DELETE FROM transitions WHERE delivery IN {numbers ?}

SELECT id FROM deliveries WHERE decision IN {numbers ?}

DELETE FROM reach WHERE rule = :rule AND quarter = :quarter AND people <= 0

DELETE FROM tasks WHERE member = :member AND rule = :rule AND occasion = :occasion

DELETE FROM address_sends WHERE address IN (SELECT address FROM shared_addresses WHERE member = :member)
  AND at = :at AND event = :event

UPDATE reach SET people = people - 1 WHERE rule = :rule AND quarter = :quarter AND EXISTS (SELECT 1 FROM decisions WHERE id = :id AND outcome IN ('sent', 'task_created', 'done'))

SELECT d.channel, a.cost_day, SUM(a.cost) FROM attempts a JOIN deliveries d ON d.id = a.delivery
WHERE a.delivery IN {numbers ?} AND a.cost IS NOT NULL GROUP BY d.channel, a.cost_day

WITH RECURSIVE own (id) AS (
  SELECT CAST(? AS BIGINT)
  UNION SELECT t.earlier FROM traces t JOIN own o ON o.id = t.id WHERE t.earlier IS NOT NULL)
DELETE FROM traces WHERE id IN (SELECT id FROM own)

-- Store/LinkRows.swift

SELECT id FROM short_links WHERE delivery = ? ORDER BY n

INSERT INTO short_links (delivery, n, name, url) VALUES (?, ?, ?, ?)

SELECT id FROM unsubscribe_links WHERE member = ? AND channel = ? AND address = ?

INSERT INTO unsubscribe_links (member, channel, address, made_at) VALUES (?, ?, ?, ?)

-- Store/Listings.swift

SELECT d.id, d.rule, d.member, d.occasion, d.step, d.state, a.reference, d.channel, a.code, d.created_at, d.send_by
FROM v_deliveries d LEFT JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts WHERE (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) ORDER BY d.id

-- Store/LiveRules.swift

SELECT rule, since FROM live_rules

SELECT member, seq FROM arrivals LIMIT ?

DELETE FROM waits WHERE rule NOT IN {texts ?}

SELECT rule, since, watermark FROM live_rules

DELETE FROM enrolments WHERE rule NOT IN {texts ?}

UPDATE live_rules SET status = 'paused' WHERE rule IN {texts ?}

UPDATE live_rules SET status = 'retired' WHERE rule NOT IN {texts ?}

UPDATE live_rules SET watermark = {greatest}(watermark, ?) WHERE rule = ?

UPDATE live_rules SET watermark = {greatest}(since, watermark - ?) WHERE rule = ?

DELETE FROM arrivals WHERE (member, seq) IN (SELECT key, CAST(value AS BIGINT) FROM {members ?} t)

SELECT rule, trigger_hash, reach_hash, status, text_hash FROM live_rules WHERE status <> 'retired'

UPDATE live_rules SET watermark = {greatest}(since, ?1) WHERE rule = ?2 AND watermark > {greatest}(since, ?1)

UPDATE live_rules SET watermark = ?1 WHERE status IN ('live', 'shadow') AND watermark < ?1
  AND rule IN {texts ?2}

DELETE FROM waits WHERE kind = 'existing' AND due <= ?1 AND rule IN {texts ?2}
  AND rule NOT IN (SELECT rule FROM enrolments)

INSERT INTO live_rules (rule, since, watermark, text_hash, trigger_hash, reach_hash, status)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (rule) DO UPDATE SET text_hash = excluded.text_hash,
  status = excluded.status, trigger_hash = excluded.trigger_hash, reach_hash = excluded.reach_hash,
  since = CASE WHEN ? = 1 THEN excluded.since ELSE live_rules.since END,
  watermark = CASE WHEN ? = 1 THEN excluded.watermark ELSE live_rules.watermark END

-- Store/MemberRecords+decisions.swift

SELECT read FROM traces WHERE id = ?

SELECT earlier FROM traces WHERE id = ?

SELECT key, value FROM {members ?} t ORDER BY id

SELECT at, earlier, read FROM traces WHERE id = ?

DELETE FROM decisions WHERE member = ? AND rule = ? AND occasion = ?

SELECT occasion, first_due, trace FROM waits WHERE member = ? AND rule = ? AND kind = 'held'
  AND trace IS NOT NULL

DELETE FROM merged_decisions WHERE decision IN (SELECT id FROM decisions WHERE member = ? AND rule = ? AND occasion = ?)

SELECT c.*, (SELECT d.state FROM deliveries d WHERE d.decision = c.id ORDER BY d.step DESC LIMIT 1) AS message
FROM decisions c WHERE c.member = ? AND c.rule = ?

-- Store/MemberRecords+events.swift

SELECT at FROM decisions WHERE id = ?

DELETE FROM events WHERE member = ? AND name = ? AND at = ?

SELECT name, COALESCE(ref, event_id), at FROM events WHERE seq = ?

SELECT name, COALESCE(ref, event_id), at FROM events
WHERE member = ? AND name = ? AND at = ? ORDER BY seq LIMIT 1

SELECT name, COALESCE(ref, event_id), at FROM events WHERE member = ? AND at <= ?
  AND name IN {texts ?} ORDER BY at DESC, seq DESC LIMIT 1

SELECT at, CAST({json data} ->> 'rule' AS TEXT), 0 AS is_own, seq AS place FROM events
WHERE member = ?1 AND name = 'message.sent' AND at >= ?2 AND at <= ?3
  AND {json data} ->> 'purpose' IS DISTINCT FROM 'service'
UNION ALL SELECT at, rule, 1, id FROM decisions WHERE member = ?1 AND at >= ?2 AND at <= ?3
  AND outcome = 'sent' AND shadow = 0 AND is_service = 0
ORDER BY 1 DESC, 3 DESC, 4 DESC

-- Store/MemberRecords+filters.swift

SELECT e.at, {scalar e.data 'city'}, (((nudged_text({scalar e.data 'city'}) IN (:v0)))) IS TRUE FROM events e
WHERE e.member = :member AND e.name = :name AND e.at <= :now ORDER BY e.at DESC, e.seq DESC LIMIT 1

SELECT e.at, {scalar e.data 'version'}, ((nudged_number({scalar e.data 'version'}) >= :v0)) IS TRUE FROM events e
WHERE e.member = :member AND e.name = :name AND e.at <= :now ORDER BY e.at DESC, e.seq DESC LIMIT 1

SELECT e.at, {scalar e.data 'amount'}, (((nudged_number({scalar e.data 'amount'}) >= :v0 AND nudged_number({scalar e.data 'amount'}) <= :v1))) IS TRUE, {scalar e.data 'flag'}, (((nudged_text({scalar e.data 'flag'}) IN (:v2)))) IS TRUE FROM events e
WHERE e.member = :member AND e.name = :name AND e.at <= :now ORDER BY e.at DESC, e.seq DESC LIMIT 1

SELECT e.at, {scalar e.data 'city'}, (((nudged_text({scalar e.data 'city'}) IN (:v0)))) IS TRUE, COALESCE({scalar e.data 'store'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END), (((nudged_text(COALESCE({scalar e.data 'store'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END)) IN (:v1)))) IS TRUE FROM events e
WHERE e.member = :member AND e.name = :name AND e.at <= :now ORDER BY e.at DESC, e.seq DESC LIMIT 1

-- Store/MemberRecords.swift

SELECT 1 FROM members WHERE id = ?

SELECT code FROM coupons WHERE member = ? AND id = ?

INSERT INTO coupon_codes (template, code) VALUES (?, '0')

SELECT status, birthday_key, zone FROM members WHERE id = ?

SELECT due FROM waits WHERE rule = ? AND member = ? AND occasion = ?

SELECT id FROM members WHERE substr(id, 1, 1) = substr(?, 1, 1) LIMIT 100

UPDATE members SET status = 'closed' WHERE id <> ? AND status <> 'closed'

SELECT MAX(send_by) FROM v_deliveries WHERE member = ? AND rule = ? AND occasion = ?

SELECT EXISTS (SELECT 1 FROM v_deliveries WHERE member = ? AND rule = ? AND occasion = ?)

SELECT due FROM waits WHERE rule = ? AND member = ? AND kind = 'held' AND due > ? AND first_due <= ?

SELECT address FROM v_deliveries WHERE member = ? AND rule = ? AND occasion = ? ORDER BY step LIMIT 1

UPDATE deliveries SET state = 'expired' WHERE decision =
  (SELECT id FROM decisions WHERE member = ? AND rule = ? AND occasion = ?)

SELECT g.former, g.occasion FROM decisions d JOIN merged_decisions g ON g.decision = d.id
WHERE d.member = ? AND d.rule = ? AND d.occasion = ?

-- Store/MemberStore+erase.swift

SELECT id FROM members

SELECT key, at FROM erasures

SELECT EXISTS (SELECT 1 FROM deliveries WHERE text = ?)

SELECT d.text FROM decisions c JOIN deliveries d ON d.decision = c.id
WHERE c.member = ? AND d.text IS NOT NULL ORDER BY d.id DESC LIMIT 4

-- Store/MemberStore+lift.swift

SELECT 1 FROM members WHERE id = ?

DELETE FROM suppressions WHERE member = ? AND channel = ?

DELETE FROM address_suppressions WHERE address = ? AND channel = ?

SELECT channel, reason FROM suppressions WHERE member = ?1 AND (CAST(?2 AS TEXT) IS NULL OR channel IN (?2, '*'))
ORDER BY channel

SELECT channel, reason FROM address_suppressions WHERE address = ?1 AND (CAST(?2 AS TEXT) IS NULL OR channel IN (?2, '*'))
ORDER BY channel

-- Store/MemberStore+outbox.swift

SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count = 0)
  + (SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count > 0)
  + (SELECT COUNT(*) FROM deliveries WHERE parked = 1)

-- Store/MemberStore+traces.swift

SELECT at FROM traces ORDER BY id LIMIT 1

DELETE FROM traces WHERE id IN (SELECT id FROM traces ORDER BY id LIMIT ?) AND at < ?

-- Store/MembersMeeting.swift

SELECT id FROM members WHERE id > ? ORDER BY id LIMIT ?

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((m.tier IN (:v0, :v1)))
  AND m.id > :page_after AND m.id <= :page_through

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (((m.status IN (:v0)) AND (m.tier IN (:v1, :v2, :v3))))
  AND m.id > :page_after AND m.id <= :page_through

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) >= :v0))
  AND m.id > :page_after AND m.id <= :page_through

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((((SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) >= :v0) AND (m.tier IN (:v1, :v2))))
  AND m.id > :page_after AND m.id <= :page_through

-- Store/MergeWriting+decisions.swift

UPDATE points SET id = ?3 WHERE member = ?1 AND id = ?2

UPDATE coupons SET id = ?3 WHERE member = ?1 AND id = ?2

SELECT id, rule, occasion FROM decisions WHERE member = ? ORDER BY id

SELECT id FROM decisions WHERE member = ? AND rule = ? AND occasion = ?

UPDATE waits SET ref = ?3 WHERE member = ?1 AND ref = ?2 AND occasion = 'coupon:' || ?2

UPDATE tasks SET occasion = 'coupon:' || ?3 WHERE member = ?1 AND occasion = 'coupon:' || ?2

UPDATE waits SET occasion = 'coupon:' || ?3 WHERE member = ?1 AND occasion = 'coupon:' || ?2

UPDATE decisions SET occasion = 'coupon:' || ?3 WHERE member = ?1 AND occasion = 'coupon:' || ?2

UPDATE decisions SET member = ?4, occasion = ?5 WHERE member = ?1 AND rule = ?2 AND occasion = ?3

UPDATE events SET ref = ?3 WHERE member = ?1 AND name IN ('coupon.given', 'coupon.used') AND ref = ?2

SELECT id FROM points WHERE member = ?1
  AND EXISTS (SELECT 1 FROM points o WHERE o.member = ?2 AND o.id = points.id)

SELECT id FROM coupons WHERE member = ?1
  AND EXISTS (SELECT 1 FROM coupons o WHERE o.member = ?2 AND o.id = coupons.id)

SELECT id, state FROM deliveries WHERE decision = ?
  AND state IN ('pending', 'claimed', 'retry_wait', 'unknown', 'sending')

UPDATE deliveries SET ref = ?3 WHERE ref = ?2
  AND decision IN (SELECT id FROM decisions WHERE member = ?1 AND occasion = 'coupon:' || ?2)

UPDATE tasks SET member = ?4, occasion = ?5, state = CASE state WHEN 'open' THEN 'cancelled' ELSE state END
WHERE member = ?1 AND rule = ?2 AND occasion = ?3

INSERT INTO merged_decisions (decision, former, occasion, seq, repeats) VALUES (?1, ?2, ?3, 0, ?4)
ON CONFLICT (decision) DO UPDATE SET repeats = excluded.repeats

UPDATE coupon_codes SET coupon = ?3 WHERE coupon = ?2 AND (template, code) IN (
  SELECT template, code FROM coupons WHERE member = ?1 AND id = ?3 AND code IS NOT NULL)

DELETE FROM coupons WHERE member = ?1
  AND EXISTS (SELECT 1 FROM coupons o WHERE o.member = ?2 AND o.id = coupons.id AND o.template = coupons.template AND o.code = coupons.code)

INSERT INTO merged_decisions (decision, former, occasion, seq)
SELECT id, member, occasion, ?2 FROM decisions WHERE member = ?1
ON CONFLICT (decision) DO UPDATE SET seq = excluded.seq

DELETE FROM coupons WHERE member = ?2 AND state = 'unused'
  AND EXISTS (SELECT 1 FROM coupons o WHERE o.member = ?1 AND o.id = coupons.id AND o.template = coupons.template AND o.code = coupons.code AND o.state <> 'unused')

SELECT w.member, w.rule, w.occasion, w.trace FROM waits w WHERE w.member IN (?1, ?2)
  AND EXISTS (SELECT 1 FROM decisions c WHERE c.member = ?2 AND c.rule = w.rule AND c.occasion = w.occasion)
UNION SELECT w.member, w.rule, w.occasion, w.trace FROM waits w WHERE w.member = ?1
  AND EXISTS (SELECT 1 FROM waits o WHERE o.member = ?2 AND o.rule = w.rule AND o.occasion = w.occasion)

SELECT CASE
  WHEN EXISTS (SELECT 1 FROM deliveries x JOIN attempts a ON a.delivery = x.id WHERE x.decision = d.id
    AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))) THEN 4
  WHEN d.outcome = 'held_out' THEN 3
  WHEN EXISTS (SELECT 1 FROM deliveries x WHERE x.decision = d.id
    AND x.state IN ('pending', 'claimed', 'retry_wait')) THEN 2
  WHEN (d.outcome = 'sent' OR d.outcome = 'task_created' OR d.outcome = 'done' OR d.outcome = 'held_out') AND d.shadow = 0 THEN 1 ELSE 0 END
FROM decisions d WHERE d.id = ?

-- Store/MergeWriting.swift

DELETE FROM members WHERE id = ?

DELETE FROM dates WHERE member = ?

DELETE FROM picks WHERE member = ?

DELETE FROM tasks WHERE member = ?

DELETE FROM waits WHERE member = ?

DELETE FROM points WHERE member = ?

DELETE FROM coupons WHERE member = ?

DELETE FROM arrivals WHERE member = ?

DELETE FROM member_tags WHERE member = ?

DELETE FROM suppressions WHERE member = ?

SELECT COUNT(*) FROM dates WHERE member = ?

SELECT COUNT(*) FROM tasks WHERE member = ?

SELECT COUNT(*) FROM events WHERE member = ?

SELECT COUNT(*) FROM orders WHERE member = ?

SELECT COUNT(*) FROM points WHERE member = ?

DELETE FROM member_overrides WHERE member = ?

DELETE FROM merged_addresses WHERE member = ?

SELECT COUNT(*) FROM coupons WHERE member = ?

DELETE FROM member_attributes WHERE member = ?

SELECT COUNT(*) FROM consents WHERE member = ?

DELETE FROM experiment_overrides WHERE member = ?

SELECT COUNT(*) FROM suppressions WHERE member = ?

UPDATE quarantine SET member = ?2 WHERE member = ?1

DELETE FROM personalisation_choices WHERE member = ?

UPDATE merged_members SET member = ?2 WHERE member = ?1

UPDATE consent_requests SET member = ?2 WHERE member = ?1

SELECT 1 FROM members WHERE id = ? AND registered_at IS NOT NULL

INSERT INTO merged_members (id, member, seq, at) VALUES (?, ?, ?, ?)

DELETE FROM consent_requests WHERE member = ? AND confirmed_at IS NULL

SELECT DISTINCT channel FROM consent_requests WHERE member = ? AND confirmed_at IS NULL ORDER BY channel

SELECT id FROM orders WHERE member = ?1
  AND EXISTS (SELECT 1 FROM orders o WHERE o.member = ?2 AND o.id = orders.id)

UPDATE points SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM points o WHERE o.member = ?2 AND o.id = points.id)

UPDATE dates SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM dates o WHERE o.member = ?2 AND o.name = dates.name)

UPDATE coupons SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM coupons o WHERE o.member = ?2 AND o.id = coupons.id)

UPDATE picks SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM picks o WHERE o.member = ?2 AND o.rule = picks.rule AND o.occasion = picks.occasion)

UPDATE tasks SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM tasks o WHERE o.member = ?2 AND o.rule = tasks.rule AND o.occasion = tasks.occasion)

UPDATE waits SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM waits o WHERE o.member = ?2 AND o.rule = waits.rule AND o.occasion = waits.occasion)

UPDATE member_overrides SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM member_overrides o WHERE o.member = ?2 AND o.name = member_overrides.name)

UPDATE merged_addresses SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM merged_addresses o WHERE o.member = ?2 AND o.address = merged_addresses.address)

UPDATE experiment_overrides SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM experiment_overrides o WHERE o.member = ?2 AND o.key = experiment_overrides.key)

UPDATE personalisation_choices SET member = ?2 WHERE member = ?1
  AND NOT EXISTS (SELECT 1 FROM personalisation_choices o WHERE o.member = ?2 AND o.at = personalisation_choices.at)

INSERT INTO suppressions (member, channel, reason, at, seq) SELECT ?2, channel, reason, at, ?3 FROM suppressions
WHERE member = ?1 ON CONFLICT (member, channel) DO UPDATE SET reason = excluded.reason
WHERE CASE excluded.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END > CASE suppressions.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END

-- Store/MergedMembers.swift

SELECT EXISTS (SELECT 1 FROM merged_members)

SELECT 1 FROM points WHERE member = ? AND id = ?

SELECT member, seq FROM merged_members WHERE id = ?

SELECT id FROM merged_members WHERE member = ? ORDER BY id

SELECT id, member, seq FROM merged_members WHERE id IN {texts ?}

-- Store/MergedRefusals.swift

SELECT channel, purpose, state, at FROM consents WHERE member = ? AND at <= ?

INSERT INTO merged_addresses (member, address) VALUES (?, ?) ON CONFLICT DO NOTHING

SELECT channel, purpose, state, at FROM list_consents WHERE address = ? AND at <= ?

SELECT channel, reason, at FROM address_suppressions WHERE address = ? AND reason <> ?

-- Store/NameSurvey.swift

SELECT DISTINCT name FROM dates WHERE name IN {texts ?}

SELECT DISTINCT name FROM events WHERE name IN {texts ?}

SELECT DISTINCT city FROM members WHERE city IN {texts ?}

SELECT DISTINCT tag FROM member_tags WHERE tag IN {texts ?}

SELECT DISTINCT name FROM dates WHERE name IS NOT NULL LIMIT 500

SELECT DISTINCT name FROM events WHERE name IS NOT NULL LIMIT 500

SELECT DISTINCT category FROM products WHERE category IN {texts ?}

SELECT DISTINCT city FROM members WHERE city IS NOT NULL LIMIT 500

SELECT DISTINCT tag FROM member_tags WHERE tag IS NOT NULL LIMIT 500

SELECT DISTINCT category FROM order_items WHERE category IN {texts ?}

SELECT DISTINCT value FROM member_attributes WHERE name = ? LIMIT 500

SELECT DISTINCT value FROM member_attributes WHERE name = ? AND value IN {texts ?}

-- Store/Outbox+claim.swift

SELECT rule FROM live_rules WHERE status = 'paused'

UPDATE deliveries SET parked = 1
WHERE id IN {numbers ?} AND state = 'pending' AND not_before > ?

SELECT EXISTS (SELECT 1 FROM deliveries {indexed deliveries_suspect}
  WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?)

SELECT id FROM deliveries {indexed deliveries_suspect}
WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?
  AND channel IN {texts ?} AND rule NOT IN {texts ?}
ORDER BY send_by LIMIT 1

UPDATE deliveries SET state = 'claimed', claim_count = claim_count + 1, claimed_by = :epoch,
  lease_until = :until
WHERE id IN {numbers :ids} AND state = 'pending' AND parked = 0 AND not_before <= :now
RETURNING id, rule, channel

-- Store/Outbox+credits.swift

DELETE FROM message_credits WHERE until <= ?

SELECT address, channel FROM deliveries WHERE id = ?

UPDATE message_credits SET ended = 1 WHERE delivery = ?

SELECT EXISTS (SELECT 1 FROM message_credits WHERE delivery = ?)

SELECT address, channel, template_code FROM deliveries WHERE id = ?

UPDATE message_credits SET delivery = NULL WHERE delivery = ?1 AND ended = 0 AND NOT EXISTS (
  SELECT 1 FROM attempts WHERE delivery = ?1 AND outcome IN ('accepted', 'unknown'))

UPDATE message_credits SET delivery = :delivery
WHERE address = :address AND channel = :channel AND template = :template AND (at, n) = (
  SELECT at, n FROM message_credits WHERE address = :address AND channel = :channel AND template = :template
    AND delivery IS NULL AND ended = 0 AND (until IS NULL OR until > :now) ORDER BY until, at, n LIMIT 1)

-- Store/Outbox+finish.swift

SELECT state, send_by, failures FROM deliveries WHERE id = ?

SELECT d.address, d.channel, c.member FROM deliveries d JOIN decisions c ON c.id = d.decision WHERE d.id = ?

UPDATE attempts SET outcome = ?, code = ?, provider_id = ?, outcome_seq = ?, outcome_at = ?
WHERE delivery = ? AND n = ? AND outcome IS NULL

UPDATE attempts SET outcome = 'accepted', provider_id = t.c2, outcome_seq = CAST(:first AS BIGINT) + t.i,
  outcome_at = :now
FROM {rows :taken} t
WHERE attempts.delivery = CAST(t.c0 AS BIGINT) AND attempts.n = CAST(t.c1 AS BIGINT)
  AND attempts.outcome IS NULL
RETURNING delivery

-- Store/Outbox+groups.swift

SELECT id, send_by FROM deliveries {indexed deliveries_ready}
WHERE state = 'pending' AND parked = 0 AND claim_count = 0 AND channel = ? AND rule = ? AND place = ? ORDER BY send_by, id LIMIT ?

WITH RECURSIVE firsts (id, channel, rule, place, send_by) AS (
  SELECT * FROM (SELECT id, channel, rule, place, send_by FROM deliveries {indexed deliveries_ready}
    WHERE state = 'pending' AND parked = 0 AND claim_count = 0 ORDER BY channel, rule, place, send_by LIMIT 1) t
  UNION ALL
  SELECT d.id, d.channel, d.rule, d.place, d.send_by FROM firsts f JOIN deliveries d ON d.id = (
    SELECT n.id FROM deliveries n {indexed deliveries_ready}
    WHERE n.state = 'pending' AND n.parked = 0 AND n.claim_count = 0
      AND (n.channel, n.rule, n.place) >= ({unindexed f.channel}, {unindexed f.rule}, f.place + 1)
    ORDER BY n.channel, n.rule, n.place, n.send_by LIMIT 1))
SELECT f.channel, f.rule, f.place, f.send_by, l.status FROM firsts f LEFT JOIN live_rules l ON l.rule = f.rule

-- Store/Outbox+intend.swift

SELECT key, value FROM {members ?} t ORDER BY id

INSERT INTO transitions (delivery, seq, from_state, to_state, cause)
SELECT CAST(t.c0 AS BIGINT), CAST(:first AS BIGINT) + 2 * t.i, 'claimed', 'sending', 'intent'
FROM {rows :deliveries} t

UPDATE deliveries SET state = 'sending', claim_count = 0, parked = 0, claimed_by = NULL, lease_until = NULL,
  attempts = CAST(t.c1 AS BIGINT), address = t.c2, ask_at = CAST(t.c3 AS BIGINT)
FROM {rows :deliveries} t WHERE deliveries.id = CAST(t.c0 AS BIGINT) AND deliveries.state = 'claimed'

INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, resend, limits, cost, cost_day)
SELECT CAST(t.c0 AS BIGINT), CAST(t.c1 AS BIGINT), t.c2, CAST(:epoch AS BIGINT),
  CAST(:first AS BIGINT) + 2 * t.i + 1, CAST(:now AS BIGINT), CAST(t.c3 AS BIGINT), CAST(t.c4 AS BIGINT),
  CAST(t.c5 AS BIGINT), CASE WHEN t.c5 IS NOT NULL THEN CAST(:day AS BIGINT) END
FROM {rows :attempts} t

-- Store/Outbox+lease.swift

SELECT 1 FROM deliveries WHERE id = ? AND claimed_by = ?

SELECT id, claim_count, rule FROM deliveries {indexed deliveries_unclear}
WHERE state = 'claimed' AND state IN ('claimed', 'sending', 'unknown')
  AND COALESCE(lease_until, 0) NOT BETWEEN :first AND :last ORDER BY id

-- Store/Outbox+mark.swift

SELECT EXISTS (SELECT 1 FROM attempts)

SELECT EXISTS (SELECT 1 FROM stops WHERE scope = ?)

INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING

SELECT key, value FROM meta
WHERE key IN ('generation', 'epoch', 'seq', 'mark', 'mark_before', 'marked')

-- Store/Outbox+operator.swift

SELECT MAX(id) FROM deliveries

UPDATE deliveries SET not_before = ? WHERE id = ? AND state = 'retry_wait'

UPDATE attempts SET outcome = 'not_sent', code = ? WHERE delivery = ? AND outcome = 'unknown'

UPDATE attempts SET outcome = 'not_sent', code = ?, outcome_seq = ?, outcome_at = ?
WHERE delivery = ? AND outcome = 'unknown' AND n = (SELECT MAX(n) FROM attempts WHERE delivery = ?)

INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, policy,
  created_at, not_before, send_by, start, subject, text, html, template_code, template_values, ref, event,
  date, alternatives, links)
SELECT decision, (SELECT MAX(step) + 1 FROM deliveries e WHERE e.decision = d.decision), rule, channel, template, purpose, 'pending', policy, created_at, :now, send_by, start, subject, text, html,
  template_code, template_values, ref, event, date, CASE state WHEN 'dead' THEN alternatives END, links
FROM deliveries d WHERE id = :id AND state IN ('dead', 'rejected')

SELECT d.id, d.state, d.send_by <= :now, EXISTS (
  SELECT 1 FROM deliveries e WHERE e.decision = d.decision AND (
      (e.id <> d.id AND e.state NOT IN ('rejected', 'dead', 'expired', 'cancelled', 'suppressed'))
      OR EXISTS (SELECT 1 FROM attempts a WHERE a.delivery = e.id
        AND a.outcome IN ('accepted', 'unknown'))))
FROM v_deliveries d WHERE d.id > :after AND (CAST(:rule AS TEXT) IS NULL OR d.rule = :rule)
AND (CAST(:member AS TEXT) IS NULL OR d.member = :member)
AND (CAST(:channel AS TEXT) IS NULL OR d.channel = :channel)
AND (CAST(:states AS TEXT) IS NULL OR d.state IN {texts :states})
AND (CAST(:before AS BIGINT) IS NULL OR d.created_at < :before)
AND (CAST(:since AS BIGINT) IS NULL OR d.created_at >= :since)
AND (CAST(:code AS TEXT) IS NULL OR :code IN (
  (SELECT a.code FROM attempts a WHERE a.delivery = d.id ORDER BY a.n DESC LIMIT 1),
  (SELECT t.cause FROM transitions t WHERE t.delivery = d.id ORDER BY t.seq DESC LIMIT 1))) ORDER BY d.id LIMIT :most

-- Store/Outbox+recover.swift

SELECT id, attempts FROM deliveries
WHERE state = 'sending' AND state IN ('claimed', 'sending', 'unknown') ORDER BY id

SELECT d.id, d.policy, d.send_by, MAX(a.outcome_at) AS last,
  COUNT(*) AS unclear
FROM deliveries d JOIN attempts a ON a.delivery = d.id AND a.outcome = 'unknown'
WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown')
GROUP BY d.id HAVING MAX(a.outcome_at) <= ?

-- Store/Outbox+tidy.swift

UPDATE deliveries SET parked = 0 WHERE id IN {numbers ?} AND not_before <= ?

SELECT DISTINCT delivery FROM attempts
WHERE delivery IN {numbers ?} AND outcome = 'unknown'

SELECT id FROM deliveries {indexed deliveries_parked} WHERE parked = 1 AND not_before <= ?
ORDER BY not_before, place LIMIT ?

INSERT INTO transitions (delivery, seq, from_state, to_state, cause)
SELECT CAST(value AS BIGINT), ? + key, ?, ?, ? FROM {elements ?} t

SELECT id FROM deliveries {indexed deliveries_suspect}
WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by <= ? LIMIT ?

UPDATE deliveries SET state = ?, parked = 0, claimed_by = NULL, lease_until = NULL
WHERE id IN {numbers ?} AND state = ? RETURNING id, rule, channel

-- Store/Outbox.swift

SELECT value FROM meta WHERE key = ?

SELECT EXISTS (SELECT 1 FROM attempts WHERE delivery = ? AND outcome = 'unknown')

INSERT INTO transitions (delivery, seq, from_state, to_state, cause) VALUES (?, ?, ?, ?, ?)

INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value

INSERT INTO deliveries (decision, step, rule, channel, template, purpose, state, policy,
  created_at, not_before, send_by, start, address, subject, text, html, template_code, template_values,
  ref, event, date, alternatives, place, cap_segments, links)
VALUES (?, 1, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

UPDATE deliveries SET state = ?1, not_before = COALESCE(?2, not_before), because = COALESCE(?3, because),
  claim_count = COALESCE(?4, claim_count), failures = failures + ?5, parked = ?6, claimed_by = NULL,
  lease_until = NULL, ask_at = CASE WHEN ?1 IN ('sending', 'accepted', 'unknown') THEN ask_at END
WHERE id = ?7 AND state = ?8 RETURNING rule, channel

-- Store/PastLimit.swift

SELECT COUNT(*) FROM
  (SELECT member, MAX(at) AS last FROM latest
   WHERE name IN {texts :activity} GROUP BY member) l
JOIN members m ON m.id = l.member
WHERE l.last <= :latest AND m.status = 'active' AND TRUE AND TRUE

SELECT COUNT(*) FROM
  (SELECT member, MAX(at) AS last FROM latest
   WHERE name IN {texts :activity} GROUP BY member) l
JOIN members m ON m.id = l.member
WHERE l.last <= :latest AND m.status = 'active' AND TRUE AND (((SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) >= :v0) AND ((((m.region IN (:v1)) IS NOT TRUE))))

-- Store/PersonRecord.swift

SELECT 1 FROM members WHERE id = ?

SELECT tag FROM member_tags WHERE member = :member ORDER BY n

SELECT name, key, year FROM dates WHERE member = :member ORDER BY name

SELECT id, at FROM merged_members WHERE member = :member ORDER BY at, id

SELECT name, value FROM member_overrides WHERE member = :member ORDER BY name

SELECT id, at, total, items FROM carts WHERE member = :member ORDER BY at DESC

SELECT rule, occasion, kind, due FROM waits WHERE member = :member ORDER BY due

SELECT key, variant FROM experiment_overrides WHERE member = :member ORDER BY key

SELECT channel, reason, at FROM suppressions WHERE member = :member ORDER BY channel

SELECT name, type, value FROM member_attributes WHERE member = :member ORDER BY name

SELECT id, at, total, items FROM carts WHERE member = :member ORDER BY at DESC LIMIT :most

SELECT choice, at, source FROM personalisation_choices WHERE member = :member ORDER BY at DESC

SELECT source, event_id, kind, at, reason, body FROM quarantine WHERE member = :member ORDER BY id DESC

SELECT name, at, source, event_id, ref, data FROM events WHERE member = :member ORDER BY at DESC, seq DESC

SELECT id, points, remaining, earned_at, expires_at FROM points WHERE member = :member ORDER BY earned_at DESC, id

SELECT source, event_id, kind, at, reason, body FROM quarantine WHERE member = :member ORDER BY id DESC LIMIT :most

SELECT name, at, source, event_id, ref, data FROM events WHERE member = :member ORDER BY at DESC, seq DESC LIMIT :most

SELECT channel, made_at, source, text_version, confirmed_at FROM consent_requests WHERE member = :member ORDER BY id DESC

SELECT order_id, line, sku, name, category, quantity, price FROM order_items WHERE member = :member ORDER BY order_id, line

SELECT id, points, remaining, earned_at, expires_at FROM points WHERE member = :member ORDER BY earned_at DESC, id LIMIT :most

SELECT rule, occasion, assignee, title, script, text, created_at, due_at, state FROM tasks WHERE member = :member ORDER BY created_at DESC

SELECT id, paid_at, total, status, cancelled_at, refunded_at, store_id, source FROM orders WHERE member = :member ORDER BY paid_at DESC, id

SELECT channel, purpose, state, at, source, text_version, proof, guardian FROM consents WHERE member = :member ORDER BY at DESC, channel, purpose

SELECT id, template, code, face_value, issued_at, expires_at, state, used_at, rule FROM coupons WHERE member = :member ORDER BY issued_at DESC, id

SELECT rule, occasion, assignee, title, script, text, created_at, due_at, state FROM tasks WHERE member = :member ORDER BY created_at DESC LIMIT :most

SELECT id, paid_at, total, status, cancelled_at, refunded_at, store_id, source FROM orders WHERE member = :member ORDER BY paid_at DESC, id LIMIT :most

SELECT id, template, code, face_value, issued_at, expires_at, state, used_at, rule FROM coupons WHERE member = :member ORDER BY issued_at DESC, id LIMIT :most

SELECT s.kind, a.channel, a.reason, a.at FROM shared_addresses s JOIN address_suppressions a ON a.address = s.address WHERE s.member = :member ORDER BY a.channel

SELECT r.delivery, r.part, r.status, r.code, r.at FROM decisions c JOIN deliveries d ON d.decision = c.id JOIN receipts r ON r.delivery = d.id WHERE c.member = :member ORDER BY r.delivery DESC, r.seq

SELECT l.delivery, l.name, l.url, l.clicks, l.first_click FROM decisions c JOIN deliveries d ON d.decision = c.id JOIN short_links l ON l.delivery = d.id WHERE c.member = :member ORDER BY l.delivery DESC, l.n

SELECT r.delivery, r.part, r.status, r.code, r.at FROM decisions c JOIN deliveries d ON d.decision = c.id JOIN receipts r ON r.delivery = d.id WHERE c.member = :member ORDER BY r.delivery DESC, r.seq LIMIT :most

SELECT l.delivery, l.name, l.url, l.clicks, l.first_click FROM decisions c JOIN deliveries d ON d.decision = c.id JOIN short_links l ON l.delivery = d.id WHERE c.member = :member ORDER BY l.delivery DESC, l.n LIMIT :most

SELECT s.kind, l.channel, l.purpose, l.state, l.at, l.source, l.text_version, l.proof, l.guardian FROM shared_addresses s JOIN list_consents l ON l.address = s.address WHERE s.member = :member ORDER BY l.at DESC, l.channel

SELECT a.delivery, a.n, a.reference, a.intent_at, a.outcome, a.code, a.provider_id FROM decisions c JOIN deliveries d ON d.decision = c.id JOIN attempts a ON a.delivery = d.id WHERE c.member = :member ORDER BY a.delivery DESC, a.n

SELECT a.delivery, a.n, a.reference, a.intent_at, a.outcome, a.code, a.provider_id FROM decisions c JOIN deliveries d ON d.decision = c.id JOIN attempts a ON a.delivery = d.id WHERE c.member = :member ORDER BY a.delivery DESC, a.n LIMIT :most

SELECT d.id, d.decision, d.rule, d.channel, d.template, d.purpose, d.state, d.created_at, d.address, d.subject, d.text, d.html, d.template_code, d.template_values FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member = :member ORDER BY d.id DESC

SELECT id, display_name, gender, status, tier, birthday_key, birthday_year, registered_at, phone, email, wechat_openid, wecom_external_userid, city, region, store_id, advisor, language, timezone, preferred_channel, personalisation FROM members WHERE id = :member

SELECT d.id, d.decision, d.rule, d.channel, d.template, d.purpose, d.state, d.created_at, d.address, d.subject, d.text, d.html, d.template_code, d.template_values FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member = :member ORDER BY d.id DESC LIMIT :most

SELECT c.id, c.rule, c.occasion, c.due, c.at, c.outcome, d.state, c.because, c.channel, c.template, c.coupon, c.task, c.variant, c.shadow FROM decisions c LEFT JOIN deliveries d ON d.decision = c.id
  AND d.step = (SELECT MAX(l.step) FROM deliveries l WHERE l.decision = c.id)
WHERE c.member = :member ORDER BY c.at DESC, c.id DESC

SELECT c.id, c.rule, c.occasion, c.due, c.at, c.outcome, d.state, c.because, c.channel, c.template, c.coupon, c.task, c.variant, c.shadow FROM decisions c LEFT JOIN deliveries d ON d.decision = c.id
  AND d.step = (SELECT MAX(l.step) FROM deliveries l WHERE l.decision = c.id)
WHERE c.member = :member ORDER BY c.at DESC, c.id DESC LIMIT :most

-- Store/PhonesAsIDs.swift

SELECT id FROM members WHERE id >= ? AND id < ? ORDER BY id LIMIT ?

-- Store/Picks.swift

INSERT INTO picks (rule, occasion, member) VALUES (?, ?, ?)

SELECT EXISTS (SELECT 1 FROM picks WHERE member = ? AND rule = ? AND occasion = ?)

SELECT m.id FROM members m
WHERE m.status = 'active' AND TRUE AND m.id > ? ORDER BY m.id LIMIT ?

SELECT m.id FROM members m
WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND m.id > ? ORDER BY m.id LIMIT ?

SELECT m.id FROM members m
WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND m.id > ? ORDER BY m.id LIMIT ?

-- Store/Quarantine.swift

SELECT COUNT(*) FROM quarantine

SELECT id, source, event_id, kind, at, reason, reason_chinese, body FROM quarantine WHERE id = ?

SELECT id, source, event_id, kind, at, reason, reason_chinese, body FROM quarantine
WHERE id > ?1 AND source = COALESCE(?2, source) AND kind = COALESCE(?3, kind) ORDER BY id LIMIT ?4

-- Store/Questions.swift

UPDATE deliveries SET ask_at = ? WHERE id = ? AND ask_at = ?

SELECT d.id, a.reference, a.provider_id, d.address, a.intent_at, d.ask_at
FROM deliveries d {indexed deliveries_asked} {then} attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE d.channel = ? AND d.ask_at <= ? AND d.ask_at IS NOT NULL AND d.state IN ('accepted', 'unknown')
ORDER BY d.ask_at LIMIT ?

-- Store/QuietMembers.swift

SELECT m.id, m.registered_at, (SELECT MAX(o.paid_at) FROM orders o WHERE o.member = m.id),
  (SELECT MAX(l.at) FROM latest l WHERE l.member = m.id)
FROM members m WHERE m.id > ? ORDER BY m.id LIMIT ?

SELECT channel FROM consents WHERE member IN {texts ?1} AND state = 'granted'
UNION SELECT l.channel FROM shared_addresses s JOIN list_consents l ON l.address = s.address
  WHERE s.member IN {texts ?1} AND l.state = 'granted'

SELECT m.id FROM members m WHERE m.id IN {texts ?} AND (
  EXISTS (SELECT 1 FROM decisions c JOIN deliveries d ON d.decision = c.id WHERE c.member = m.id
    AND d.state IN ('pending', 'claimed', 'sending', 'retry_wait', 'unknown'))
  OR EXISTS (SELECT 1 FROM tasks t WHERE t.member = m.id AND t.state = 'open')
  OR EXISTS (SELECT 1 FROM waits w WHERE w.member = m.id))

SELECT m.id FROM members m WHERE m.id IN {texts ?} AND (
  EXISTS (SELECT 1 FROM shared_addresses s JOIN shared_addresses o ON o.address = s.address
    AND o.member <> m.id WHERE s.member = m.id)
  OR EXISTS (SELECT 1 FROM shared_addresses s JOIN merged_addresses g ON g.address = s.address
    AND g.member <> m.id WHERE s.member = m.id)
  OR EXISTS (SELECT 1 FROM merged_addresses g JOIN shared_addresses o ON o.address = g.address
    AND o.member <> m.id WHERE g.member = m.id)
  OR EXISTS (SELECT 1 FROM merged_addresses g JOIN merged_addresses o ON o.address = g.address
    AND o.member <> m.id WHERE g.member = m.id))

SELECT m.id FROM members m
WHERE m.id IN {texts :members} AND TRUE
  AND NOT EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  AND ((SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) = 'granted' OR (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) = 'granted')

SELECT m.id FROM members m WHERE m.id IN {texts :members} AND (
  EXISTS (SELECT 1 FROM orders x WHERE x.member = m.id AND (x.paid_at >= :before OR x.cancelled_at >= :before OR x.refunded_at >= :before))
  OR EXISTS (SELECT 1 FROM carts x WHERE x.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM consents x WHERE x.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM consent_requests x WHERE x.member = m.id AND (x.made_at >= :before OR x.at >= :before OR x.confirmed_at >= :before))
  OR EXISTS (SELECT 1 FROM personalisation_choices x WHERE x.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM suppressions x WHERE x.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM coupons x WHERE x.member = m.id AND (x.issued_at >= :before OR x.used_at >= :before OR x.expires_at >= :before
  OR (x.state = 'unused' AND x.expires_at IS NULL)))
  OR EXISTS (SELECT 1 FROM points x WHERE x.member = m.id AND (x.earned_at >= :before OR x.expires_at >= :before
  OR (x.remaining > 0 AND (x.expires_at IS NULL OR x.expires_at > :now))))
  OR EXISTS (SELECT 1 FROM dates x WHERE x.member = m.id AND (x.year >= :year))
  OR EXISTS (SELECT 1 FROM tasks x WHERE x.member = m.id AND (x.created_at >= :before OR x.due_at >= :before))
  OR EXISTS (SELECT 1 FROM merged_members x WHERE x.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM quarantine x WHERE x.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM shared_addresses s JOIN list_consents x ON x.address = s.address
  WHERE s.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM shared_addresses s JOIN address_suppressions x ON x.address = s.address
  WHERE s.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM shared_addresses s JOIN followings x ON x.address = s.address
  WHERE s.member = m.id AND (x.at >= :before))
  OR EXISTS (SELECT 1 FROM shared_addresses s JOIN message_credits x ON x.address = s.address
  WHERE s.member = m.id AND (x.at >= :before)))

SELECT m.id FROM members m LEFT JOIN shared_addresses shared_email ON shared_email.member = m.id
  AND shared_email.kind = 'email'
WHERE m.id IN {texts :members} AND m.email IS NOT NULL
  AND NOT (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now) OR (shared_email.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_email.address AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_email.address AND channel = :channel AND follows = 0
    AND at <= :now))))
  AND (CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = :channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_email.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN (:channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END = 'granted' OR CASE WHEN shared_email.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_email.address AND channel IN (:channel, '*')
    AND purpose = 'service' AND at <= :now) t) END = 'granted')

SELECT m.id FROM members m LEFT JOIN shared_addresses shared_phone ON shared_phone.member = m.id
  AND shared_phone.kind = 'phone'
WHERE m.id IN {texts :members} AND m.phone IS NOT NULL
  AND NOT (EXISTS (SELECT 1 FROM suppressions WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND at <= :now) OR (shared_phone.address IS NOT NULL AND (EXISTS (
  SELECT 1 FROM address_suppressions WHERE address = shared_phone.address AND {unindexed channel} IN (:channel, '*') AND at <= :now)
  OR EXISTS (SELECT 1 FROM followings WHERE address = shared_phone.address AND channel = :channel AND follows = 0
    AND at <= :now))))
  AND (CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = :channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = shared_phone.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN (:channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END = 'granted' OR CASE WHEN shared_phone.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = shared_phone.address AND channel IN (:channel, '*')
    AND purpose = 'service' AND at <= :now) t) END = 'granted')

-- Store/ReachCounts.swift

SELECT COUNT(*) FROM members

SELECT MAX(quarter) FROM reach WHERE rule = ? AND quarter < ?

SELECT substr(scope, 7), reason FROM stops WHERE scope LIKE 'blast:%'

SELECT EXISTS (SELECT 1 FROM blast_releases WHERE rule = ? AND text_hash = ?)

SELECT quarter, people FROM reach WHERE rule = ? AND quarter >= ? AND quarter < ?

INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING

INSERT INTO reach (rule, quarter, people) VALUES (?, ?, ?)
ON CONFLICT (rule, quarter) DO UPDATE SET people = reach.people + excluded.people

-- Store/RecipientSends.swift

SELECT o.channel, o.address, o.id, a.intent_at, a.n FROM deliveries d {then} decisions c ON c.id = d.decision
  {then} decisions t ON t.member = c.member
  {then} deliveries o ON o.decision = t.id AND o.channel = d.channel
  {then} attempts a ON a.delivery = o.id
WHERE d.id IN {numbers :ids} AND a.intent_at >= :first
  AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
UNION SELECT o.channel, o.address, o.id, a.intent_at, a.n FROM deliveries d
  {then} decisions c ON c.id = d.decision {then} shared_addresses s ON s.member = c.member
  {then} shared_addresses u ON u.address = s.address {then} decisions t ON t.member = u.member
  {then} deliveries o ON o.decision = t.id AND o.channel = d.channel
  {then} attempts a ON a.delivery = o.id
WHERE d.id IN {numbers :ids} AND a.intent_at >= :first
  AND (a.outcome IS NULL OR a.outcome IN ('accepted', 'unknown'))
ORDER BY 4

-- Store/Recommendation.swift

DELETE FROM bestsellers

DELETE FROM meta WHERE key = 'bestsellers_at'

SELECT value FROM meta WHERE key = 'bestsellers_at'

SELECT 1 FROM meta WHERE key = 'bestsellers_at' AND value >= ?

INSERT INTO meta (key, value) VALUES ('bestsellers_at', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value

SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
WHERE s.units > 0 AND g.category IN {texts :wanted}
ORDER BY COALESCE(s.units, 0) DESC, g.sku LIMIT :limit

SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
WHERE s.units > 0 AND g.category IN {texts :wanted} AND COALESCE(g.in_stock, 1) = 1
ORDER BY COALESCE(s.units, 0) DESC, g.sku LIMIT :limit

SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
WHERE s.units > 0 AND g.category IN {texts :wanted} AND NOT EXISTS (SELECT 1 FROM order_items i JOIN orders x ON x.member = i.member AND x.id = i.order_id
  WHERE i.member = :member AND i.sku = g.sku AND x.paid_at <= :now)
ORDER BY COALESCE(s.units, 0) DESC, g.sku LIMIT :limit

WITH paired AS MATERIALIZED (SELECT p.value AS name FROM products w, {text_elements w.pairs_with} p
  WHERE w.category IN {texts :wanted} OR w.sku IN {texts :wanted})
SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
WHERE (g.sku IN (SELECT name FROM paired) OR g.category IN (SELECT name FROM paired))
ORDER BY COALESCE(s.units, 0) DESC, g.sku LIMIT :limit

SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
WHERE s.units > 0 AND g.category IN {texts :wanted} AND COALESCE(g.in_stock, 1) = 1 AND NOT EXISTS (SELECT 1 FROM order_items i JOIN orders x ON x.member = i.member AND x.id = i.order_id
  WHERE i.member = :member AND i.sku = g.sku AND x.paid_at <= :now)
ORDER BY COALESCE(s.units, 0) DESC, g.sku LIMIT :limit

INSERT INTO bestsellers (sku, units) SELECT i.sku, ?1 * CAST(COALESCE(SUM(1.0 * i.quantity), 0) AS BIGINT)
FROM events e
{then} orders x ON x.member = e.member AND x.id = e.ref
{then} order_items i ON i.member = e.member AND i.order_id = e.ref
WHERE e.name = 'order.paid' AND e.at > ?2 AND e.at <= ?3
  AND (x.cancelled_at IS NULL OR x.cancelled_at > ?4) AND (x.refunded_at IS NULL OR x.refunded_at > ?4)
GROUP BY i.sku
ON CONFLICT (sku) DO UPDATE SET units = CAST(bestsellers.units + excluded.units AS BIGINT)

WITH paired AS MATERIALIZED (SELECT p.value AS name FROM products w, {text_elements w.pairs_with} p
  WHERE w.category IN {texts :wanted} OR w.sku IN {texts :wanted})
SELECT g.sku, g.name, g.category, g.price FROM products g LEFT JOIN bestsellers s ON s.sku = g.sku
WHERE (g.sku IN (SELECT name FROM paired) OR g.category IN (SELECT name FROM paired)) AND COALESCE(g.in_stock, 1) = 1 AND NOT EXISTS (SELECT 1 FROM order_items i JOIN orders x ON x.member = i.member AND x.id = i.order_id
  WHERE i.member = :member AND i.sku = g.sku AND x.paid_at <= :now)
ORDER BY COALESCE(s.units, 0) DESC, g.sku LIMIT :limit

INSERT INTO bestsellers (sku, units) SELECT i.sku, -CAST(COALESCE(SUM(1.0 * i.quantity), 0) AS BIGINT)
FROM events e
{then} orders x ON x.member = e.member AND x.id = e.ref
{then} order_items i ON i.member = e.member AND i.order_id = e.ref
WHERE e.name IN ('order.cancelled', 'order.refunded') AND e.at > ?1 AND e.at <= ?2
  AND x.paid_at > ?3 AND x.paid_at <= ?1
  AND e.name = CASE WHEN COALESCE(x.cancelled_at, ?4) <= COALESCE(x.refunded_at, ?4)
               THEN 'order.cancelled' ELSE 'order.refunded' END
GROUP BY i.sku
ON CONFLICT (sku) DO UPDATE SET units = CAST(bestsellers.units + excluded.units AS BIGINT)

-- Store/RefusalCarry+members.swift

SELECT member, id FROM merged_members WHERE member IN {texts ?} ORDER BY member, id

SELECT id, personalisation, NULL, NULL FROM members WHERE personalisation <> 'personalised' AND id > ?
ORDER BY id LIMIT ?

SELECT c.member, c.choice, c.source, c.at FROM personalisation_choices c
WHERE c.member > ? AND c.choice <> 'personalised' AND c.source <> 'row' AND NOT EXISTS (
  SELECT 1 FROM personalisation_choices o
  WHERE o.member = c.member AND o.at > c.at AND o.source <> 'row')
ORDER BY c.member LIMIT ?

-- Store/RefusalCarry.swift

SELECT id FROM members WHERE status = 'closed' AND id > ? ORDER BY id LIMIT ?

INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO NOTHING

SELECT member, channel, reason, at FROM suppressions WHERE (member, channel) > (?, ?)
ORDER BY member, channel LIMIT ?

SELECT address, channel, at FROM followings WHERE follows = 0 AND (address, channel) > (?, ?)
ORDER BY address, channel LIMIT ?

SELECT address, channel, reason, at FROM address_suppressions WHERE (address, channel) > (?, ?)
ORDER BY address, channel LIMIT ?

SELECT member, channel, purpose, at, source FROM consents
WHERE state = 'withdrawn' AND (member, channel, purpose, at) > (?, ?, ?, ?)
ORDER BY member, channel, purpose, at LIMIT ?

SELECT address, channel, purpose, at, source FROM list_consents
WHERE state = 'withdrawn' AND (address, channel, purpose, at) > (?, ?, ?, ?)
ORDER BY address, channel, purpose, at LIMIT ?

INSERT INTO suppressions (member, channel, reason, at, seq) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (member, channel) DO UPDATE SET reason = excluded.reason
WHERE CASE excluded.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END > CASE suppressions.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END

INSERT INTO address_suppressions (address, channel, reason, at, seq) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (address, channel) DO UPDATE SET reason = excluded.reason
WHERE CASE excluded.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END > CASE address_suppressions.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END

-- Store/Restore.swift

SELECT reference FROM attempts WHERE intent_seq > ? AND (outcome IS NULL OR outcome IN ('accepted', 'unknown'))
ORDER BY intent_seq

-- Store/RetentionTerms.swift

DELETE FROM quarantine WHERE id IN {numbers ?}

DELETE FROM received WHERE source = ? AND event_id = ?

SELECT id, at FROM quarantine WHERE id > ? ORDER BY id LIMIT ?

SELECT id, at, member, rule, occasion, trace FROM decisions WHERE id > ? ORDER BY id LIMIT ?

SELECT source, event_id, at FROM received WHERE (source, event_id) > (?, ?) ORDER BY source, event_id LIMIT ?

UPDATE deliveries SET subject = NULL, text = NULL, html = NULL, template_values = NULL, links = NULL
WHERE id IN {numbers ?}

SELECT id, created_at, COALESCE(text, subject, html, template_values) IS NOT NULL
  AND state NOT IN ('pending', 'claimed', 'sending', 'retry_wait', 'unknown')
FROM deliveries WHERE id > ? ORDER BY id LIMIT ?

SELECT :id < (SELECT MAX(id) FROM decisions)
  AND EXISTS (SELECT 1 FROM decisions l WHERE l.member = :member AND l.rule = :rule
    AND (l.at > :at OR (l.at = :at AND l.id > :id)))
  AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.member = :member AND t.rule = :rule
    AND t.occasion = :occasion AND t.state = 'open')
  AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.decision = :id
    AND (d.state IN ('pending', 'claimed', 'sending', 'retry_wait', 'unknown')
      OR EXISTS (SELECT 1 FROM short_links s WHERE s.delivery = d.id)))

-- Store/RowTable.swift

SELECT name, timezone, manager FROM stores WHERE id = ?

SELECT key, year FROM dates WHERE member = ? AND name = ?

INSERT INTO dates (member, name, key, year) VALUES (?, ?, ?, ?)

UPDATE dates SET key = ?, year = ? WHERE member = ? AND name = ?

INSERT INTO stores (id, name, timezone, manager) VALUES (?, ?, ?, ?)

SELECT name, category, price, in_stock, pairs_with FROM products WHERE sku = ?

SELECT total, in_stock_items, items FROM carts WHERE member = ? AND id = ? AND at = ?

SELECT points, remaining, earned_at, expires_at FROM points WHERE member = ? AND id = ?

INSERT INTO carts (member, id, at, total, in_stock_items, items) VALUES (?, ?, ?, ?, ?, ?)

UPDATE carts SET total = ?, in_stock_items = ?, items = ? WHERE member = ? AND id = ? AND at = ?

INSERT INTO products (sku, name, category, price, in_stock, pairs_with) VALUES (?, ?, ?, ?, ?, ?)

UPDATE products SET name = ?, category = ?, price = ?, in_stock = ?, pairs_with = ? WHERE sku = ?

INSERT INTO points (member, id, points, remaining, earned_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)

UPDATE points SET points = ?, remaining = ?, earned_at = ?, expires_at = ? WHERE member = ? AND id = ?

SELECT sku, name, category, quantity, price FROM order_items WHERE member = ? AND order_id = ? AND line = ?

SELECT template, code, face_value, issued_at, expires_at, state, used_at FROM coupons WHERE member = ? AND id = ?

INSERT INTO order_items (member, order_id, line, sku, name, category, quantity, price) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

SELECT paid_at, total, status, cancelled_at, refunded_at, cart, store_id, source FROM orders WHERE member = ? AND id = ?

UPDATE order_items SET sku = ?, name = ?, category = ?, quantity = ?, price = ? WHERE member = ? AND order_id = ? AND line = ?

INSERT INTO coupons (member, id, template, code, face_value, issued_at, expires_at, state, used_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

INSERT INTO orders (member, id, paid_at, total, status, cancelled_at, refunded_at, cart, store_id, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

UPDATE orders SET paid_at = ?, total = ?, status = ?, cancelled_at = ?, refunded_at = ?, cart = ?, store_id = ?, source = ? WHERE member = ? AND id = ?

SELECT display_name, gender, status, tier, birthday_key, birthday_year, registered_at, phone, email, wechat_openid, wecom_external_userid, city, region, store_id, advisor, language, timezone, preferred_channel, personalisation FROM members WHERE id = ?

INSERT INTO members (id, display_name, gender, status, tier, birthday_key, birthday_year, registered_at, phone, email, wechat_openid, wecom_external_userid, city, region, store_id, advisor, language, timezone, preferred_channel, personalisation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

INSERT INTO members (id, display_name, gender, status, tier, birthday_key, birthday_year, registered_at, phone, email, wechat_openid, wecom_external_userid, city, region, store_id, advisor, language, timezone, preferred_channel, personalisation, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

UPDATE members SET display_name = ?, gender = ?, status = ?, tier = ?, birthday_key = ?, birthday_year = ?, registered_at = ?, phone = ?, email = ?, wechat_openid = ?, wecom_external_userid = ?, city = ?, region = ?, store_id = ?, advisor = ?, language = ?, timezone = ?, preferred_channel = ?, personalisation = ? WHERE id = ?

-- Store/RowWriter+carts.swift

DELETE FROM carts WHERE member = ? AND id = ? AND at = ?

SELECT seq, at, name, source FROM events WHERE member = ?
AND name IN ('cart.updated', 'cart.emptied', 'cart.ordered') AND ref = ? ORDER BY at, seq

-- Store/RowWriter+choices.swift

SELECT EXISTS (SELECT 1 FROM personalisation_choices)

SELECT MAX(at) FROM personalisation_choices WHERE member = ?

SELECT 1 FROM personalisation_choices WHERE member = ? AND seq = ?

INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)

SELECT choice FROM personalisation_choices WHERE member = ? AND source <> ? ORDER BY at DESC LIMIT 1

INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (member, at) DO NOTHING

INSERT INTO personalisation_choices (member, at, choice, source, seq) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (member, at) DO UPDATE
  SET choice = excluded.choice, source = excluded.source, seq = excluded.seq

-- Store/RowWriter+confirmations.swift

SELECT EXISTS (SELECT 1 FROM consent_requests)

SELECT EXISTS (SELECT 1 FROM consents WHERE member = ? AND channel = ? AND purpose = 'marketing' AND at = ?)

DELETE FROM address_consents WHERE address = ? AND channel = ? AND at = ? AND state = 'granted' AND member = ?

DELETE FROM consents WHERE member = ? AND channel = ? AND purpose = 'marketing' AND at = ? AND state = 'granted'

INSERT INTO consent_requests (member, channel, address, at, made_at, source, text_version, confirmed_at, seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- Store/RowWriter+conflicts.swift

SELECT member, name, at, data FROM events WHERE source = ? AND event_id = ?

INSERT INTO quarantine (source, event_id, hash, kind, known, member, at, reason, reason_chinese, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- Store/RowWriter+consents.swift

DELETE FROM consents WHERE member = ?

SELECT reason FROM address_suppressions WHERE address = ? AND channel = ?

SELECT at, state, channel FROM consents WHERE member = ? AND channel IN (?, '*') AND purpose = ?

SELECT at, state, channel FROM list_consents WHERE address = ? AND channel IN (?, '*') AND purpose = ?

SELECT at, state FROM address_consents WHERE address = ? AND channel = ? ORDER BY at DESC, state DESC LIMIT 1

SELECT channel, purpose, at, state, source, text_version, proof, guardian FROM consents WHERE member = ? ORDER BY at

SELECT state, source, text_version, proof, guardian FROM consents
WHERE member = ? AND channel = ? AND purpose = ? AND at = ?

SELECT state, source, text_version, proof, guardian FROM list_consents
WHERE address = ? AND channel = ? AND purpose = ? AND at = ?

INSERT INTO consents (member, channel, purpose, at, state, source, text_version, proof, guardian, seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

INSERT INTO list_consents (address, channel, purpose, at, state, source, text_version, proof, guardian, seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

UPDATE consents SET state = ?5, source = ?6, text_version = ?7, proof = ?8, guardian = ?9,
  seq = CASE state WHEN ?5 THEN seq ELSE ?10 END
WHERE member = ?1 AND channel = ?2 AND purpose = ?3 AND at = ?4

SELECT CASE n.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END > CASE s.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END FROM address_suppressions s CROSS JOIN (SELECT ? AS reason) n
WHERE s.address = ? AND s.channel = ?

INSERT INTO address_suppressions (address, channel, reason, at, seq) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (address, channel) DO UPDATE SET reason = excluded.reason
WHERE CASE excluded.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END > CASE address_suppressions.reason WHEN 'bounce' THEN 0 WHEN 'operator' THEN 1 WHEN 'complaint' THEN 3 ELSE 2 END

-- Store/RowWriter+events.swift

SELECT 1 FROM orders WHERE member = ? AND id = ?

INSERT INTO event_ids (source, event_id, event) VALUES (?, ?, ?)

SELECT seq, at FROM events WHERE member = ? AND name = ? AND at = ? AND ref = ? AND source = 'row'

SELECT 1 FROM events WHERE source = ?1 AND event_id = ?2
UNION ALL SELECT 1 FROM event_ids WHERE source = ?1 AND event_id = ?2

SELECT 1 FROM events WHERE member = ? AND name = ? AND at = ? AND source = ? AND event_id IS NULL AND data IS NOT DISTINCT FROM ?

UPDATE coupons SET state = 'used', used_at = ?3
WHERE member = ?1 AND id = ?2 AND (state = 'unused' OR (state = 'used' AND used_at > ?3))

-- Store/RowWriter+fill.swift

SELECT * FROM members WHERE id = ?

SELECT name FROM member_attributes WHERE member = ?

SELECT tag FROM member_tags WHERE member = ? ORDER BY n

SELECT 1 FROM merged_addresses WHERE member = ? AND address = ?

SELECT name, value, type FROM member_attributes WHERE member = ?

SELECT display_name, gender, tier, birthday_key, registered_at, phone, email, wechat_openid, wecom_external_userid, city, region, store_id, advisor, language, timezone, preferred_channel FROM members WHERE id = ?

-- Store/RowWriter+holdings.swift

SELECT points, remaining FROM points WHERE member = ? AND id = ?

SELECT at FROM events WHERE member = ? AND name = ? AND ref = ? ORDER BY at LIMIT 1

SELECT seq, at FROM events WHERE member = ? AND name = ? AND ref = ? AND source = 'row'

-- Store/RowWriter+lines.swift

SELECT member FROM orders WHERE id = ? LIMIT 2

DELETE FROM order_items WHERE member = ? AND order_id = ?

DELETE FROM order_items WHERE member = ? AND order_id = ? AND line = ?

SELECT coalesce(max(line), 0) + 1 FROM order_items WHERE member = ? AND order_id = ?

SELECT line FROM order_items WHERE member = ? AND order_id = ? AND sku = ? ORDER BY line

SELECT line, sku, name, category, quantity, price FROM order_items WHERE member = ? AND order_id = ?
ORDER BY line

-- Store/RowWriter+members.swift

DELETE FROM waits WHERE member = ?

DELETE FROM member_tags WHERE member = ?

SELECT tag FROM member_tags WHERE member = ?

UPDATE members SET birthday_seq = ? WHERE id = ?

DELETE FROM member_attributes WHERE member = ? AND name = ?

SELECT seq, at FROM events WHERE member = ? AND name = ? AND source = 'row'

INSERT INTO member_tags (member, tag, n) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

UPDATE members SET zone = coalesce(?2, (SELECT timezone FROM stores WHERE id = ?3)) WHERE id = ?1

INSERT INTO member_attributes (member, name, value, type) VALUES (?, ?, ?, ?)
ON CONFLICT (member, name) DO UPDATE SET value = excluded.value, type = excluded.type
WHERE member_attributes.value <> excluded.value OR member_attributes.type IS DISTINCT FROM excluded.type

-- Store/RowWriter+orders.swift

DELETE FROM events WHERE seq = ?

SELECT member FROM orders WHERE id = ?

DELETE FROM orders WHERE member = ? AND id = ?

UPDATE order_items SET member = ?3 WHERE member = ?1 AND order_id = ?2

UPDATE events SET member = ?3 WHERE member = ?1
AND name IN ('order.paid', 'order.cancelled', 'order.refunded') AND ref = ?2

DELETE FROM order_items WHERE member = ?3 AND order_id = ?2
  AND line IN (SELECT line FROM order_items WHERE member = ?1 AND order_id = ?2)

SELECT seq, at, name, source FROM events WHERE member = ?
AND name IN ('order.paid', 'order.cancelled', 'order.refunded') AND ref = ? ORDER BY seq

INSERT INTO event_ids (source, event_id, event) SELECT source, event_id, seq FROM events
WHERE seq = ? AND event_id IS NOT NULL ON CONFLICT DO NOTHING

-- Store/RowWriter+refusals.swift

SELECT MIN(channel) FROM consents WHERE member = ? AND channel > ?

SELECT MIN(channel) FROM list_consents WHERE address = ? AND channel > ?

SELECT MIN(channel) FROM address_consents WHERE address = ? AND channel > ?

SELECT at, state FROM consents WHERE member = ? AND channel = ? AND purpose = ? ORDER BY at

SELECT at, state FROM list_consents WHERE address = ? AND channel = ? AND purpose = ? ORDER BY at

UPDATE address_consents SET seq = ? WHERE address = ? AND channel = ?  AND at = ?
  AND state = 'granted' AND seq = ?

UPDATE consents SET seq = ? WHERE member = ? AND channel = ? AND purpose = 'marketing' AND at = ?
  AND state = 'granted' AND seq = ?

SELECT at, seq FROM address_consents WHERE address = ? AND channel = ?
  AND state = 'granted' AND at > ? AND at <= ? ORDER BY at DESC LIMIT ?

SELECT at, seq FROM consents WHERE member = ? AND channel = ? AND purpose = 'service'
  AND state = 'granted' AND at > ? AND at <= ? ORDER BY at DESC LIMIT ?

SELECT at, seq FROM list_consents WHERE address = ? AND channel = ? AND purpose = 'service'
  AND state = 'granted' AND at > ? AND at <= ? ORDER BY at DESC LIMIT ?

SELECT MIN(channel) FROM (SELECT s.address, c.channel, c.purpose, c.at, c.state, c.seq FROM shared_addresses s
  JOIN consents c ON c.member = s.member) h WHERE address = ? AND channel > ?

SELECT at, seq FROM (SELECT s.address, c.channel, c.purpose, c.at, c.state, c.seq FROM shared_addresses s
  JOIN consents c ON c.member = s.member) h WHERE address = ? AND channel = ? AND purpose = 'service'
  AND state = 'granted' AND at > ? AND at <= ? ORDER BY at DESC LIMIT ?

-- Store/RowWriter+requests.swift

SELECT email FROM members WHERE id = ?

SELECT phone FROM members WHERE id = ?

UPDATE consent_requests SET confirmed_at = ? WHERE id = ?

INSERT INTO consent_requests (member, channel, address, at, made_at, source, text_version, seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)

SELECT r.id, r.member, r.channel, r.address, r.at, r.made_at, r.source, r.text_version, r.confirmed_at, r.seq
FROM consent_requests r WHERE r.id = ?

INSERT INTO consent_requests (id, member, channel, address, at, made_at, source, text_version, seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING

SELECT r.id, r.member, r.channel, r.address, r.at, r.made_at, r.source, r.text_version, r.confirmed_at, r.seq
FROM consent_requests r WHERE r.member = ? AND r.confirmed_at IS NOT NULL

SELECT r.id, r.member, r.channel, r.address, r.at, r.made_at, r.source, r.text_version, r.confirmed_at, r.seq
FROM consent_requests r WHERE r.member = ? AND r.channel = ? ORDER BY r.id DESC LIMIT 1

SELECT MAX(CASE state WHEN 'granted' THEN at END) AS yes, MAX(CASE state WHEN 'withdrawn' THEN at END) AS no
FROM (SELECT state, at FROM consents
    WHERE member = :member AND channel IN (:channel, '*') AND purpose = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents
    WHERE address = :key AND channel IN (:channel, '*') AND purpose = 'marketing' AND at <= :now) t

SELECT EXISTS (SELECT 1 FROM consent_requests r WHERE r.id = ? AND (EXISTS (SELECT 1 FROM consents c WHERE c.member = r.member AND c.channel IN (r.channel, '*')
    AND c.purpose = 'marketing' AND c.state = 'withdrawn' AND (c.seq > r.seq OR (c.seq = r.seq AND c.at > COALESCE(r.at, -62135596800000000))))
  OR EXISTS (SELECT 1 FROM list_consents c WHERE c.address = r.address AND c.channel IN (r.channel, '*')
    AND c.purpose = 'marketing' AND c.state = 'withdrawn' AND (c.seq > r.seq OR (c.seq = r.seq AND c.at > COALESCE(r.at, -62135596800000000))))
  OR EXISTS (SELECT 1 FROM address_consents c WHERE c.address = r.address AND c.channel IN (r.channel, '*')
    AND c.state = 'withdrawn' AND (c.seq > r.seq OR (c.seq = r.seq AND c.at > COALESCE(r.at, -62135596800000000))))))

SELECT r.id, r.member, r.channel, r.address, r.at, r.made_at, r.source, r.text_version, r.confirmed_at, r.seq
FROM consent_requests r WHERE r.id > ? AND r.made_at > ? AND (r.confirmed_at IS NULL OR r.confirmed_at > r.made_at)
  AND NOT (EXISTS (SELECT 1 FROM consents c WHERE c.member = r.member AND c.channel IN (r.channel, '*')
    AND c.purpose = 'marketing' AND c.state = 'withdrawn' AND (c.seq > r.seq OR (c.seq = r.seq AND c.at > COALESCE(r.at, -62135596800000000))))
  OR EXISTS (SELECT 1 FROM list_consents c WHERE c.address = r.address AND c.channel IN (r.channel, '*')
    AND c.purpose = 'marketing' AND c.state = 'withdrawn' AND (c.seq > r.seq OR (c.seq = r.seq AND c.at > COALESCE(r.at, -62135596800000000))))
  OR EXISTS (SELECT 1 FROM address_consents c WHERE c.address = r.address AND c.channel IN (r.channel, '*')
    AND c.state = 'withdrawn' AND (c.seq > r.seq OR (c.seq = r.seq AND c.at > COALESCE(r.at, -62135596800000000))))) ORDER BY r.id LIMIT ?

-- Store/RowWriter+sources.swift

DELETE FROM carts WHERE member = ?

DELETE FROM latest WHERE member = ?

DELETE FROM orders WHERE member = ?

SELECT 1 FROM latest WHERE member = ?

DELETE FROM order_items WHERE member = ?

SELECT name FROM latest WHERE member = ?

UPDATE events SET member = ?2 WHERE member = ?1

SELECT id, at, items FROM carts WHERE member = ?1 AND at <= ?2 AND id = COALESCE(?3, id)
ORDER BY at DESC, id LIMIT 1

INSERT INTO carts (member, id, at, total, in_stock_items, items) SELECT ?2, id, at, total, in_stock_items, items FROM carts WHERE member = ?1
ON CONFLICT DO NOTHING

INSERT INTO order_items (member, order_id, line, sku, name, category, quantity, price) SELECT ?2, order_id, line, sku, name, category, quantity, price FROM order_items WHERE member = ?1
ON CONFLICT DO NOTHING

SELECT 1 FROM events WHERE member = ?1 AND name IN ('cart.emptied', 'cart.ordered') AND ref = ?2
  AND at >= ?3 AND at <= ?4
UNION ALL SELECT 1 FROM orders WHERE member = ?1 AND cart = ?2 AND paid_at >= ?3 AND paid_at <= ?4 LIMIT 1

INSERT INTO orders (member, id, paid_at, total, status, cancelled_at, refunded_at, cart, store_id, source) SELECT ?2, id, paid_at, total, status, cancelled_at, refunded_at, cart, store_id, source FROM orders WHERE member = ?1
ON CONFLICT DO NOTHING

-- Store/RowWriter.swift

SELECT 1 FROM live_rules LIMIT 1

SELECT 1 FROM members WHERE id = ?

INSERT INTO coupon_codes (template, code) VALUES (?, ?) ON CONFLICT DO NOTHING

SELECT id FROM members WHERE store_id = ?1 AND timezone IS NULL AND zone IS DISTINCT FROM ?2

UPDATE members SET zone = ?2 WHERE store_id = ?1 AND timezone IS NULL AND zone IS DISTINCT FROM ?2

INSERT INTO arrivals (member, seq) VALUES (?, ?) ON CONFLICT (member) DO UPDATE SET seq = excluded.seq

-- Store/RuleCounts.swift

SELECT COUNT(*) FROM members

SELECT kind, COUNT(*) FROM waits WHERE rule = ? GROUP BY kind

SELECT rule, COUNT(*) FROM waits WHERE kind = 'existing' GROUP BY rule

SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count = 0 AND rule = :rule)
  + (SELECT COUNT(*) FROM deliveries
     WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND rule = :rule)
  + (SELECT COUNT(*) FROM deliveries WHERE parked = 1 AND rule = :rule)

-- Store/RuleReport.swift

SELECT c.rule, c.outcome, c.because, COUNT(*) AS n FROM decisions c WHERE c.at >= :since AND c.at < :until AND c.shadow = 0 AND (CAST(:rule AS TEXT) IS NULL OR c.rule = :rule)
GROUP BY c.rule, c.outcome, c.because

SELECT rule, COUNT(*) AS given, COALESCE(SUM(CASE state WHEN 'used' THEN 1 ELSE 0 END), 0) AS used
FROM coupons WHERE rule IS NOT NULL AND issued_at >= :since AND issued_at < :until
  AND (CAST(:rule AS TEXT) IS NULL OR rule = :rule) GROUP BY rule

SELECT c.rule,
  (SELECT d.state FROM deliveries d WHERE d.decision = c.id ORDER BY d.step DESC LIMIT 1) AS state,
  COUNT(*) AS n
FROM decisions c WHERE c.outcome = 'sent' AND c.at >= :since AND c.at < :until AND c.shadow = 0 AND (CAST(:rule AS TEXT) IS NULL OR c.rule = :rule) GROUP BY c.rule, state

SELECT c.rule, c.outcome, COUNT(*) AS people,
  COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM orders o WHERE o.member = c.member AND o.status = 'paid'
    AND o.paid_at > c.at AND o.paid_at <= c.at + :attributed) THEN 1 ELSE 0 END), 0) AS bought
FROM decisions c WHERE c.outcome IN ('sent', 'held_out') AND c.at >= :since AND c.at < :until AND c.shadow = 0 AND (CAST(:rule AS TEXT) IS NULL OR c.rule = :rule) AND c.at <= :passed
  AND c.member NOT LIKE 'erased:%'
GROUP BY c.rule, c.outcome

SELECT c.rule, COUNT(*) AS orders, SUM(o.total) AS revenue
FROM decisions c JOIN orders o ON o.member = c.member
WHERE c.outcome = 'sent' AND c.at >= :since AND c.at < :until AND c.shadow = 0 AND (CAST(:rule AS TEXT) IS NULL OR c.rule = :rule) AND o.status = 'paid' AND o.paid_at > c.at
  AND o.paid_at <= c.at + :attributed
  AND EXISTS (SELECT 1 FROM deliveries d WHERE d.decision = c.id AND d.state IN ('accepted', 'delivered'))
  AND NOT EXISTS (SELECT 1 FROM decisions l JOIN deliveries e ON e.decision = l.id
    WHERE l.member = c.member AND l.outcome = 'sent' AND l.shadow = 0 AND l.at < o.paid_at
      AND (l.at > c.at OR (l.at = c.at AND l.id > c.id)) AND e.state IN ('accepted', 'delivered'))
GROUP BY c.rule

-- Store/RuleVersions.swift

SELECT key, value FROM {members ?} t ORDER BY id

SELECT value FROM meta WHERE key = 'rules_version'

UPDATE rule_sets SET in_directory = 1 WHERE version = ?

SELECT version, hash FROM rule_sets ORDER BY version DESC LIMIT 1

SELECT version, hash, loaded_at, files, source FROM rule_sets LIMIT 1

SELECT version, hash, loaded_at, files, source FROM rule_sets WHERE version = 1

INSERT INTO template_versions (template, version, hash, rules_version) VALUES (?, ?, ?, ?)

SELECT version, hash, loaded_at, files, source FROM rule_sets ORDER BY version DESC LIMIT 1

INSERT INTO rule_sets (version, hash, loaded_at, files, source, who, in_directory)
VALUES (?, ?, ?, ?, ?, ?, ?)

INSERT INTO meta (key, value) VALUES ('rules_version', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value

SELECT version, hash, loaded_at, files, source FROM rule_sets WHERE in_directory = 1 ORDER BY version DESC LIMIT 1

SELECT template, version, hash FROM template_versions t
WHERE version = (SELECT MAX(version) FROM template_versions WHERE template = t.template)

-- Store/Scan.swift

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND TRUE

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (m.tier IN (:v0))

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND TRUE

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (m.birthday_key IS NULL)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND TRUE AND m.id = :members

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND TRUE ORDER BY m.id LIMIT :most

SELECT m.id, m.birthday_year FROM members m
WHERE m.birthday_key = ? AND m.status = 'active' AND TRUE

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (m.tier IN (:v0)) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND TRUE AND m.id > :after ORDER BY m.id LIMIT :most

SELECT m.id, m.birthday_year FROM members m
WHERE m.birthday_key = ? AND m.status = 'active' AND TRUE AND m.id IN {texts ?}

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (nudged_birthday(m.birthday_key, m.birthday_year) > -25567)

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND (m.city IN (:v0)) ORDER BY m.id LIMIT :most

SELECT d.member, d.year FROM dates d JOIN members m ON m.id = d.member
WHERE d.key = ? AND d.name = ? AND m.status = 'active' AND TRUE

SELECT d.member FROM dates d JOIN members m ON m.id = d.member
WHERE d.key = ? AND d.name = ? AND d.year = ? AND m.status = 'active' AND TRUE

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND TRUE AND m.id IN {texts :members} AND m.id > :after ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (CASE m.tier WHEN 'gold' THEN '金卡' WHEN 'basic' THEN '普通' END IS NULL)

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND (m.city IN (:v0)) AND m.id > :after ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (CASE m.tier WHEN 'gold' THEN '金卡' WHEN 'basic' THEN '普通' END IN (:v0))

SELECT a.member FROM member_attributes a JOIN members m ON m.id = a.member
WHERE a.name = ? AND a.type = 'date' AND a.value = ? AND m.status = 'active' AND TRUE

SELECT d.member, d.year FROM dates d JOIN members m ON m.id = d.member
WHERE d.key = ? AND d.name = ? AND m.status = 'active' AND TRUE AND d.member IN {texts ?}

SELECT m.id FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND TRUE

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day') = 0)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (nudged_birthday_month(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day') IS NULL)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (nudged_birthday_month(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day') IN (:v0))

SELECT a.member FROM member_attributes a JOIN members m ON m.id = a.member
WHERE a.name = ? AND a.type = 'date' AND a.value = ? AND m.status = 'active' AND TRUE AND a.member IN {texts ?}

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Pacific/Apia' AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago24h) = 2)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND TRUE AND EXISTS (SELECT 1 FROM picks p WHERE p.member = m.id AND p.rule = :rule AND p.occasion = :occasion) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'vegan') = 0)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'wallet') >= :v0)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'instant', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'signed') < :t0)

SELECT a.member FROM member_attributes a JOIN members m ON m.id = a.member
WHERE a.name = ? AND a.type IS NULL AND CAST(nudged_attribute(a.value, a.type, 'date', 'Asia/Shanghai') AS BIGINT) = ? AND m.status = 'active' AND TRUE

SELECT a.member FROM member_attributes a JOIN members m ON m.id = a.member
WHERE a.name = ? AND a.type < 'date' AND CAST(nudged_attribute(a.value, a.type, 'date', 'Asia/Shanghai') AS BIGINT) = ? AND m.status = 'active' AND TRUE

SELECT a.member FROM member_attributes a JOIN members m ON m.id = a.member
WHERE a.name = ? AND a.type > 'date' AND CAST(nudged_attribute(a.value, a.type, 'date', 'Asia/Shanghai') AS BIGINT) = ? AND m.status = 'active' AND TRUE

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') <= :v0)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ({instr}('' || (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'allergies') || '', :v0) > 0)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') IS NOT NULL)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'wallet') IN (:v0)) IS NOT TRUE)

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Asia/Tokyo' AND TRUE AND m.id > :after AND EXISTS (SELECT 1 FROM picks p WHERE p.member = m.id AND p.rule = :rule AND p.occasion = :occasion) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'vegan') = 0) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (({instr}('' || (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'allergies') || '', :v0) > 0) IS NOT TRUE)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'wallet') >= :v0) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'instant', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'signed') < :t0) ORDER BY m.id LIMIT :most

SELECT DISTINCT e.member FROM {elements ?} d CROSS JOIN events e JOIN members m ON m.id = e.member
WHERE e.name = 'member.registered' AND e.at >= CAST(d.value ->> 0 AS BIGINT)
  AND e.at < CAST(d.value ->> 1 AS BIGINT)
  AND m.status = 'active' AND TRUE

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') <= :v0) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ({instr}('' || (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'allergies') || '', :v0) > 0) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') IS NOT NULL) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'wallet') IN (:v0)) IS NOT TRUE) ORDER BY m.id LIMIT :most

SELECT w.member, w.occasion, w.ref, w.date, w.first_due, w.zone, x.at, m.zone FROM events x
{then} waits w ON w.member = x.member AND w.rule = ? AND w.kind = 'held'
JOIN members m ON m.id = w.member
WHERE x.name = 'coupon.used' AND x.at > ? AND x.at <= ? ORDER BY x.at

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (({instr}('' || (SELECT nudged_attribute(value, type, 'list', 'Asia/Shanghai') FROM member_attributes WHERE member = m.id AND name = 'allergies') || '', :v0) > 0) IS NOT TRUE) ORDER BY m.id LIMIT :most

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'note') IS NOT NULL)

SELECT w.member, w.occasion, w.ref, w.date, w.first_due, w.zone, x.at, m.zone FROM events x
{then} waits w ON w.member = x.member AND w.rule = ? AND w.kind = 'held'
JOIN members m ON m.id = w.member
WHERE x.name = 'coupon.used' AND x.at > ? AND x.at <= ? AND x.member IN {texts ?} ORDER BY x.at

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(nudged_attribute(value, type, 'date', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'due') > :today AND (SELECT CAST(nudged_attribute(value, type, 'date', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'due') <= :t1))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('visit') AND e.member = :members AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('visit') AND e.member IN {texts :members} AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(nudged_attribute(value, type, 'date', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'due') > :today AND (SELECT CAST(nudged_attribute(value, type, 'date', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'due') <= :t1)) ORDER BY m.id LIMIT :most

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ({scalar e.data 'flag'} IS NULL)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('app.open') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND ((nudged_text({scalar e.data 'city'}) IN (:v0)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('app.open') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND (nudged_number({scalar e.data 'version'}) >= :v0)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (nudged_number({scalar e.data 'flag'}) > :v0)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (nudged_number({scalar e.data 'amount'}) <= :v0)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ((nudged_number({scalar e.data 'amount'}) IN (:v0)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (substr(nudged_text({scalar e.data 'amount'}), 1, 1) = :v0)

SELECT x.member, x.expires_at, x.issued_at, CASE x.state WHEN 'used' THEN x.used_at END, x.id FROM coupons x JOIN members m ON m.id = x.member WHERE x.expires_at > :after AND x.expires_at <= :through
AND (x.issued_at IS NULL OR x.issued_at <= :last) AND x.rule IS DISTINCT FROM :rule
AND (x.state = 'unused' OR (x.state = 'used' AND x.used_at > :first)) AND m.status = 'active' AND TRUE ORDER BY {unindexed x.member}, x.expires_at

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (((nudged_number({scalar e.data 'amount'}) IN (:v0))) IS NOT TRUE)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND (((SELECT CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) >= :v0) AND (m.tier IN (:v1, :v2)))

SELECT x.member, x.expires_at, x.issued_at, CASE x.state WHEN 'used' THEN x.used_at END, x.id FROM coupons x JOIN members m ON m.id = x.member WHERE x.expires_at > :after AND x.expires_at <= :through
AND (x.issued_at IS NULL OR x.issued_at <= :last) AND x.rule IS DISTINCT FROM :rule
AND (x.state = 'unused' OR (x.state = 'used' AND x.used_at > :first)) AND m.status = 'active' AND m.zone = 'Asia/Urumqi' ORDER BY {unindexed x.member}, x.expires_at

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND (((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') IS NULL) OR (((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text') IN (:v0)) IS NOT TRUE))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x
 WHERE x.member = e.member AND x.name IN ('order.paid') AND x.at > e.at) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT x.member, x.expires_at, x.issued_at, CASE x.state WHEN 'used' THEN x.used_at END, x.id FROM coupons x JOIN members m ON m.id = x.member WHERE {unindexed x.expires_at} > :after AND {unindexed x.expires_at} <= :through
AND (x.issued_at IS NULL OR x.issued_at <= :last) AND x.rule IS DISTINCT FROM :rule
AND (x.state = 'unused' OR (x.state = 'used' AND x.used_at > :first)) AND m.status = 'active' AND TRUE AND x.member = :members ORDER BY {unindexed x.member}, x.expires_at

SELECT x.member, x.expires_at, x.issued_at, CASE x.state WHEN 'used' THEN x.used_at END, x.id FROM coupons x JOIN members m ON m.id = x.member WHERE {unindexed x.expires_at} > :after AND {unindexed x.expires_at} <= :through
AND (x.issued_at IS NULL OR x.issued_at <= :last) AND x.rule IS DISTINCT FROM :rule
AND (x.state = 'unused' OR (x.state = 'used' AND x.used_at > :first)) AND m.status = 'active' AND TRUE AND x.member IN {texts :members} ORDER BY {unindexed x.member}, x.expires_at

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.refunded'
 AND x.at >= e.at AND x.ref = e.ref) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT x.member, x.expires_at, x.earned_at, CASE WHEN x.remaining <= 0 THEN (SELECT MAX(s.at) FROM events s WHERE s.member = x.member AND s.name = 'points.spent' AND s.at <= :decided) END FROM points x JOIN members m ON m.id = x.member WHERE {unindexed x.expires_at} > :after AND {unindexed x.expires_at} <= :through
AND (x.earned_at IS NULL OR x.earned_at <= :last) AND (x.remaining > 0) AND m.status = 'active' AND TRUE AND x.member = :members ORDER BY {unindexed x.member}, x.expires_at

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND (((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') IS NULL) OR (((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text') IN (:v0)) IS NOT TRUE)) ORDER BY m.id LIMIT :most

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('member.tier_changed') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND ((nudged_text({scalar e.data 'to'}) IN (:v0, :v1)) AND ((nudged_text({scalar e.data 'from'}) IN (:v2))) IS NOT TRUE)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
  AND x.at <= e.at AND (x.at < e.at OR x.ref < e.ref))

SELECT x.member, x.expires_at, x.issued_at, CASE x.state WHEN 'used' THEN x.used_at END, x.id FROM coupons x JOIN members m ON m.id = x.member WHERE x.expires_at > :after AND x.expires_at <= :through
AND (x.issued_at IS NULL OR x.issued_at <= :last) AND x.rule IS DISTINCT FROM :rule
AND (x.state = 'unused' OR (x.state = 'used' AND x.used_at > :first)) AND m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) ORDER BY {unindexed x.member}, x.expires_at

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (((nudged_number({scalar e.data 'flag'}) IN (:v0) OR nudged_text({scalar e.data 'flag'}) IN (:v1))) IS NOT TRUE AND {scalar e.data 'flag'} IS NOT NULL)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('coupon.given') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'b2'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' b2 ') = 0)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND ((nudged_text(COALESCE({scalar e.data 'store'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END)) IN (:v0)))

SELECT x.member, x.expires_at, x.earned_at, CASE WHEN x.remaining <= 0 THEN (SELECT MAX(s.at) FROM events s WHERE s.member = x.member AND s.name = 'points.spent' AND s.at <= :decided) END FROM points x JOIN members m ON m.id = x.member WHERE x.expires_at > :after AND x.expires_at <= :through
AND (x.earned_at IS NULL OR x.earned_at <= :last) AND (x.remaining > 0 OR (x.points > 0 AND (SELECT MAX(s.at) FROM events s WHERE s.member = x.member AND s.name = 'points.spent' AND s.at <= :decided) > :first)) AND m.status = 'active' AND TRUE ORDER BY {unindexed x.member}, x.expires_at

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (((nudged_text({scalar e.data 'sku'}) IN (:v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND (nudged_text(i.sku) IN (:v1)))))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (({scalar e.data 'category'} IS NOT NULL OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND COALESCE(i.category, g.category) IS NOT NULL)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.member = e.member AND d.rule = 'r') AND m.status = 'active' AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
  AND x.at <= e.at AND (x.at < e.at OR x.ref < e.ref))

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND (((m.gender IN (:v0, :v1)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v2 AND h.at <= :now AND (nudged_number({scalar h.data 'flag'}) <= :v3)) BETWEEN 1 AND 2)) OR ((((m.region IS NOT NULL) IS NOT TRUE) OR ((m.region IS NOT NULL) IS NOT TRUE)) AND TRUE) OR ((COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'is_birthday'), 'bool') AS BIGINT), nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day')) IS NULL)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ((({scalar e.data 'category'} IS NOT NULL OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND COALESCE(i.category, g.category) IS NOT NULL)) IS NOT TRUE))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (((nudged_text({scalar e.data 'category'}) IN (:v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:v1)))))

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Pacific/Apia' AND ((((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now) <= 1) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v1 AND h.at <= :now AND (((nudged_text({scalar h.data 'sku'}) IN (:v2, :v3)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = h.member AND i.order_id = h.ref AND (nudged_text(i.sku) IN (:v4, :v5)))))) = 0)) AND (((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v6 AND h.at <= :now AND h.at > :ago1d) = 2)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x
 WHERE x.member = e.member AND x.name IN ('order.paid') AND x.at > e.at) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.member = :members AND e.at > :after AND e.at <= :through AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member
  AND x.name IN ('order.paid') AND x.at > e.at AND x.at <= :decided) AND m.status = 'active'

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = m.id AND i.order_id = (SELECT x.id FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)
   ORDER BY x.paid_at DESC, x.id DESC LIMIT 1)
 ORDER BY 1.0 * COALESCE(i.price, g.price, 0) * i.quantity DESC, i.line LIMIT 1) IS NULL)

SELECT m.id FROM members m WHERE m.status = 'active' AND TRUE AND ((SELECT COALESCE(i.name, g.name) FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = m.id AND i.order_id = (SELECT x.id FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)
   ORDER BY x.paid_at DESC, x.id DESC LIMIT 1)
 ORDER BY 1.0 * COALESCE(i.price, g.price, 0) * i.quantity DESC, i.line LIMIT 1) IN (:v0))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source <> 'nudged'), (SELECT MIN(x.at) FROM own_messages x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source = 'nudged') FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND (((m.gender IN (:v0, :v1)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v2 AND h.at <= :now AND (nudged_number({scalar h.data 'flag'}) <= :v3)) BETWEEN 1 AND 2)) OR ((((m.region IS NOT NULL) IS NOT TRUE) OR ((m.region IS NOT NULL) IS NOT TRUE)) AND TRUE) OR ((COALESCE(CAST(nudged_derived((SELECT value FROM member_overrides WHERE member = m.id AND name = 'is_birthday'), 'bool') AS BIGINT), nudged_is_birthday(m.birthday_key, m.birthday_year, :today, 'feb_28,same_month,last_day')) IS NULL))) ORDER BY m.id LIMIT :most

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ((((nudged_text({scalar e.data 'category'}) IN (:v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:v1)))) IS NOT TRUE))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ((substr(nudged_text({scalar e.data 'category'}), 1, 2) = :v0 OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND substr(nudged_text(COALESCE(i.category, g.category)), 1, 2) = :v1)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x
 WHERE x.member = e.member AND x.name IN ('order.paid') AND x.at > e.at) FROM events e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('order.paid') AND e.seq IN (SELECT w.event FROM events x
  {then} waits w ON w.member = x.member AND w.rule = :rule
  WHERE w.kind = 'held' AND x.name IN ('order.paid')
    AND x.at > :after AND x.at <= :through
  ) AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'store.visited'
 AND x.at >= e.at) FROM events e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('order.paid') AND e.seq IN (SELECT s.seq FROM events x {then} events s
  ON s.member = x.member AND s.name IN ('order.paid') AND s.at <= x.at AND s.at >= x.at - :longest
  WHERE x.name = :name AND x.at > :after AND x.at <= :through) AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x
 WHERE x.member = e.member AND x.name IN ('order.paid') AND x.at > e.at) FROM events e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('order.paid') AND e.seq IN (SELECT w.event FROM events x
  {then} waits w ON w.member = x.member AND w.rule = :rule
  WHERE w.kind = 'held' AND x.name IN ('order.paid')
    AND x.at > :after AND x.at <= :through
  AND x.member = :members) AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND ((nudged_text(COALESCE({scalar x.data 'store'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END)) IN (:unless_v0)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x
 WHERE x.member = e.member AND x.name IN ('order.paid') AND x.at > e.at) FROM events e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('order.paid') AND e.seq IN (SELECT w.event FROM events x
  {then} waits w ON w.member = x.member AND w.rule = :rule
  WHERE w.kind = 'held' AND x.name IN ('order.paid')
    AND x.at > :after AND x.at <= :through
  AND x.member IN {texts :members}) AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ((nudged_text(COALESCE({scalar e.data 'total'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END)) IN (:v0)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (nudged_number(COALESCE({scalar e.data 'total'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END)) > :v0)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND (nudged_number(COALESCE({scalar e.data 'total'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END)) >= :v0)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (({scalar x.data 'category'} IS NOT NULL OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND COALESCE(i.category, g.category) IS NOT NULL)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('points.earned') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND (nudged_number(COALESCE({scalar e.data 'points'}, CASE WHEN e.name LIKE 'points.%' THEN (SELECT w.points FROM points w
WHERE w.member = e.member AND w.id = e.ref) END)) >= :v0) AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'a0'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' a0 ') = 0)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (((nudged_text({scalar x.data 'sku'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(i.sku) IN (:unless_v1)))))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at > e.at AND (((nudged_text({scalar x.data 'category'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v1)))))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND ((((nudged_text({scalar x.data 'category'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v1)))) IS NOT TRUE))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND ((substr(nudged_text({scalar x.data 'category'}), 1, 2) = :unless_v0 OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND substr(nudged_text(COALESCE(i.category, g.category)), 1, 2) = :unless_v1)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (((nudged_text({scalar x.data 'category'}) IN (:unless_v0, :unless_v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v2, :unless_v3)))))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND ((((nudged_text({scalar x.data 'category'}) IN (:unless_v0, :unless_v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v2, :unless_v3)))) IS NOT TRUE))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (nudged_number(COALESCE({scalar x.data 'total'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END, CASE WHEN x.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = x.member AND w.id = x.ref AND w.at = x.at) END)) > :unless_v0)) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (nudged_number(COALESCE({scalar x.data 'total'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END, CASE WHEN x.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = x.member AND w.id = x.ref AND w.at = x.at) END)) >= :unless_v0)) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, CASE WHEN {json e.data} ->> 'rule' IS NOT NULL AND {json e.data} ->> 'occasion' IS NOT NULL THEN ({json e.data} ->> 'rule') || ':' || ({json e.data} ->> 'occasion') END FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('message.sent') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'b0'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' b0 ') = 0) AND {json e.data} ->> 'rule' IS DISTINCT FROM 'b0' AND {instr}(COALESCE({json e.data} ->> 'occasion', ''), 'message:b0:') = 0

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, CASE WHEN {json e.data} ->> 'rule' IS NOT NULL AND {json e.data} ->> 'occasion' IS NOT NULL THEN ({json e.data} ->> 'rule') || ':' || ({json e.data} ->> 'occasion') END FROM own_messages e {then} members m ON m.id = e.member
WHERE e.name IN ('message.sent') AND e.member = :members AND e.at > :after AND e.at <= :through AND m.status = 'active' AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'b0'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' b0 ') = 0) AND {json e.data} ->> 'rule' IS DISTINCT FROM 'b0' AND {instr}(COALESCE({json e.data} ->> 'occasion', ''), 'message:b0:') = 0

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'store.visited'
 AND x.at >= e.at) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND (((nudged_text(COALESCE({scalar e.data 'store'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END)) IN (:v0))) IS NOT TRUE AND ({instr}(nudged_text({scalar e.data 'sku'}), :v1) > 0 OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND {instr}(nudged_text(i.sku), :v2) > 0)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, CASE WHEN {json e.data} ->> 'rule' IS NOT NULL AND {json e.data} ->> 'occasion' IS NOT NULL THEN ({json e.data} ->> 'rule') || ':' || ({json e.data} ->> 'occasion') END FROM own_messages e {then} members m ON m.id = e.member
WHERE e.name IN ('message.sent') AND e.at > :after AND e.at <= :through AND e.decision IN (SELECT t.decision FROM sends t WHERE t.at > :after AND t.at <= :through) AND m.status = 'active' AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'b0'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' b0 ') = 0) AND {json e.data} ->> 'rule' IS DISTINCT FROM 'b0' AND {instr}(COALESCE({json e.data} ->> 'occasion', ''), 'message:b0:') = 0

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source <> 'nudged'), (SELECT MIN(x.at) FROM own_messages x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source = 'nudged') FROM events e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('order.paid') AND e.seq IN (SELECT w.event FROM own_messages x
  {then} waits w ON w.member = x.member AND w.rule = :rule
  WHERE w.kind = 'held' AND x.name IN ('message.sent', 'order.paid')
    AND x.at > :after AND x.at <= :through AND x.decision IN (SELECT t.decision FROM sends t WHERE t.at > :after AND t.at <= :through)
  ) AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source <> 'nudged'), (SELECT MIN(x.at) FROM own_messages x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source = 'nudged') FROM events e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('order.paid') AND e.seq IN (SELECT s.seq FROM own_messages x {then} events s
  ON s.member = x.member AND s.name IN ('order.paid') AND s.at <= x.at AND s.at >= x.at - :longest
  WHERE x.name = :name AND x.at > :after AND x.at <= :through AND x.decision IN (SELECT t.decision FROM sends t WHERE t.at > :after AND t.at <= :through)) AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ((({scalar e.data 'category'} IS NOT NULL OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = e.member AND i.order_id = e.ref AND COALESCE(i.category, g.category) IS NOT NULL)) IS NOT TRUE) AND ((nudged_number(COALESCE({scalar e.data 'total'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END)) IN (:v0))) IS NOT TRUE)

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = e.member AND x.cart = e.ref AND x.paid_at >= e.at
 AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.ordered'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.emptied'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.updated'
 AND x.at > e.at AND x.ref = e.ref) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('cart.updated') AND e.at > :after AND e.at <= :through AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (((nudged_text({scalar x.data 'sku'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(i.sku) IN (:unless_v1)))) AND ((nudged_text({scalar x.data 'category'}) IN (:unless_v2)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v3)))))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x
 WHERE x.member = e.member AND x.name IN ('order.paid') AND x.at > e.at) FROM events e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('order.paid') AND e.seq IN (SELECT s.seq FROM latest l {then} events s ON s.member = l.member AND s.name = l.name AND s.at = l.at
    WHERE l.name IN ('order.paid') AND l.at > :after AND l.at <= :through
  UNION SELECT s.seq FROM latest l {then} events s ON s.member = l.member AND s.name = l.name
      AND s.at > :after AND s.at <= :through
    WHERE l.name IN ('order.paid') AND l.at > :decided) AND TRUE AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member
  AND x.name IN ('order.paid') AND x.at > e.at AND x.at <= :decided) AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, CAST({json e.data} ->> 'sku' AS TEXT), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'product.viewed'
 AND x.at > e.at AND CAST({json x.data} ->> 'sku' AS TEXT) = CAST({json e.data} ->> 'sku' AS TEXT)) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('product.viewed') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND CAST({json e.data} ->> 'sku' AS TEXT) IS NOT NULL AND (SELECT COUNT(*) FROM events x WHERE x.member = e.member AND x.name = 'product.viewed' AND x.at <= e.at
  AND x.at > nudged_days_back(e.at, 7, CASE WHEN m.zone IN ('Asia/Shanghai', 'Pacific/Apia') THEN m.zone ELSE 'Asia/Shanghai' END) AND CAST({json x.data} ->> 'sku' AS TEXT) = CAST({json e.data} ->> 'sku' AS TEXT)) >= 3

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND ((((((m.wecom_external_userid IN (:v0, :v1)) IS NOT TRUE) IS NOT TRUE)) AND (((m.email IN (:v2, :v3)) IS NOT TRUE))) OR ((((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') >= :v4 AND (SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') <= :v5)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v6 AND h.at <= :now AND h.at > :ago24h) >= 1)) OR ((((substr(m.tier, 1, 2) = :v7) IS NOT TRUE)) AND ((((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE) OR (((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE)) AND (((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v8 AND h.at <= :now) = 0) IS NOT TRUE)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, CASE WHEN {json e.data} ->> 'rule' IS NOT NULL AND {json e.data} ->> 'occasion' IS NOT NULL THEN ({json e.data} ->> 'rule') || ':' || ({json e.data} ->> 'occasion') END, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'store.visited'
 AND x.at >= e.at) FROM own_messages e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('message.sent') AND e.decision IN (SELECT -w.event FROM events x
  {then} waits w ON w.member = x.member AND w.rule = :rule
  WHERE w.kind = 'held' AND x.name IN ('store.visited', 'message.sent')
    AND x.at > :after AND x.at <= :through
  ) AND m.status = 'active' AND ((nudged_text({scalar e.data 'rule'}) IN (:v0))) AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'z3'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' z3 ') = 0) AND {json e.data} ->> 'rule' IS DISTINCT FROM 'z3' AND {instr}(COALESCE({json e.data} ->> 'occasion', ''), 'message:z3:') = 0

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (((nudged_text({scalar x.data 'category'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v1)))))), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND ((nudged_number(COALESCE({scalar x.data 'total'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END, CASE WHEN x.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = x.member AND w.id = x.ref AND w.at = x.at) END)) IN (:unless_v2)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, CASE WHEN {json e.data} ->> 'rule' IS NOT NULL AND {json e.data} ->> 'occasion' IS NOT NULL THEN ({json e.data} ->> 'rule') || ':' || ({json e.data} ->> 'occasion') END, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'store.visited'
 AND x.at >= e.at) FROM own_messages e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('message.sent') AND e.decision IN (SELECT s.decision FROM events x {then} own_messages s
  ON s.member = x.member AND s.name IN ('message.sent') AND s.at <= x.at AND s.at >= x.at - :longest
  WHERE x.name = :name AND x.at > :after AND x.at <= :through) AND m.status = 'active' AND ((nudged_text({scalar e.data 'rule'}) IN (:v0))) AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'z3'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' z3 ') = 0) AND {json e.data} ->> 'rule' IS DISTINCT FROM 'z3' AND {instr}(COALESCE({json e.data} ->> 'occasion', ''), 'message:z3:') = 0

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('ping') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active' AND ({instr}(nudged_text(COALESCE({scalar e.data 'id'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.id FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END, CASE WHEN e.name LIKE 'points.%' THEN (SELECT w.id FROM points w
WHERE w.member = e.member AND w.id = e.ref) END)), :v0) > 0 AND (nudged_text(COALESCE({scalar e.data 'id'}, CASE WHEN e.name LIKE 'order.%' THEN (SELECT w.id FROM orders w
WHERE w.member = e.member AND w.id = e.ref) END, CASE WHEN e.name LIKE 'cart.%' THEN (SELECT w.id FROM carts w
WHERE w.member = e.member AND w.id = e.ref AND w.at = e.at) END, CASE WHEN e.name LIKE 'points.%' THEN (SELECT w.id FROM points w
WHERE w.member = e.member AND w.id = e.ref) END)) IN (:v1)))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.refunded'
 AND x.at >= e.at AND x.ref = e.ref AND ((((nudged_text({scalar x.data 'category'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v1)))) IS NOT TRUE) AND (nudged_text(COALESCE({scalar x.data 'store'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END)) IN (:unless_v2)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.member = :members AND e.at > :after AND e.at <= :through AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.member = e.member AND d.rule = 'z0') AND m.status = 'active' AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
  AND x.at <= e.at AND (x.at < e.at OR x.ref < e.ref))

SELECT m.id FROM members m WHERE m.status = 'active' AND (m.zone IS NULL OR m.zone = 'Asia/Shanghai' OR m.zone NOT IN ('Asia/Shanghai', 'Europe/Paris')) AND ((((((m.wecom_external_userid IN (:v0, :v1)) IS NOT TRUE) IS NOT TRUE)) AND (((m.email IN (:v2, :v3)) IS NOT TRUE))) OR ((((SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') >= :v4 AND (SELECT CAST(nudged_attribute(value, type, 'money', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'money') <= :v5)) AND ((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v6 AND h.at <= :now AND h.at > :ago24h) >= 1)) OR ((((substr(m.tier, 1, 2) = :v7) IS NOT TRUE)) AND ((((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE) OR (((SELECT CAST(nudged_attribute(value, type, 'bool', 'Asia/Shanghai') AS BIGINT) FROM member_attributes WHERE member = m.id AND name = 'bool') IS NULL) IS NOT TRUE)) AND (((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v8 AND h.at <= :now) = 0) IS NOT TRUE))) ORDER BY m.id LIMIT :most

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at > e.at AND ((((nudged_text({scalar x.data 'category'}) IN (:unless_v0, :unless_v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v2, :unless_v3)))) IS NOT TRUE) AND nudged_number(COALESCE({scalar x.data 'total'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END, CASE WHEN x.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = x.member AND w.id = x.ref AND w.at = x.at) END)) >= :unless_v4)) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
  AND x.at <= e.at AND (x.at < e.at OR x.ref < e.ref))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (((nudged_text({scalar x.data 'category'}) IN (:unless_v0)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(COALESCE(i.category, g.category)) IN (:unless_v1)))) AND (nudged_number(COALESCE({scalar x.data 'total'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END, CASE WHEN x.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = x.member AND w.id = x.ref AND w.at = x.at) END)) IN (:unless_v2)) AND (nudged_text(COALESCE({scalar x.data 'store'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END)) IN (:unless_v3)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('store.visited') AND e.at > :after AND e.at <= :through AND TRUE AND m.status = 'active'

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source <> 'nudged'), (SELECT MIN(x.at) FROM own_messages x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source = 'nudged'), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND ((nudged_number(COALESCE({scalar x.data 'total'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END, CASE WHEN x.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = x.member AND w.id = x.ref AND w.at = x.at) END)) IN (:unless_v0)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('points.earned') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND (nudged_number(COALESCE({scalar e.data 'points'}, CASE WHEN e.name LIKE 'points.%' THEN (SELECT w.points FROM points w
WHERE w.member = e.member AND w.id = e.ref) END)) >= :v0) AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'b0'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' b0 ') = 0)

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND ((((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago90m) > 1) OR ((CASE substr(m.birthday_key, 1, 1) WHEN 's' THEN 'solar' WHEN 'l' THEN 'lunar' WHEN 'L' THEN 'lunar' END IN (:v1, :v2)) IS NOT TRUE)) AND ((substr((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text'), 1, 2) = :v3) OR ((m.display_name IN (:v4, :v5)) IS NOT TRUE)) AND (((COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) IN (:v6)) IS NOT TRUE)))

SELECT m.id FROM members m WHERE m.status = 'active' AND m.zone = 'Europe/Paris' AND ((((SELECT COUNT(*) FROM events h WHERE h.member = m.id AND h.name = :v0 AND h.at <= :now AND h.at > :ago90m) > 1) OR ((CASE substr(m.birthday_key, 1, 1) WHEN 's' THEN 'solar' WHEN 'l' THEN 'lunar' WHEN 'L' THEN 'lunar' END IN (:v1, :v2)) IS NOT TRUE)) AND ((substr((SELECT CASE WHEN COALESCE(type, 'text') IN ('text', 'code') THEN value ELSE nudged_attribute(value, type, 'text', 'Asia/Shanghai') END FROM member_attributes WHERE member = m.id AND name = 'text'), 1, 2) = :v3) OR ((m.display_name IN (:v4, :v5)) IS NOT TRUE)) AND (((COALESCE((SELECT value FROM member_overrides WHERE member = m.id AND name = 'lifecycle'), nudged_lifecycle((SELECT MIN(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), (SELECT MAX(x.paid_at) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)), m.registered_at, :now, :zone, '30,90,180,365')) IN (:v6)) IS NOT TRUE))) ORDER BY m.id LIMIT :most

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, CASE WHEN {json e.data} ->> 'rule' IS NOT NULL AND {json e.data} ->> 'occasion' IS NOT NULL THEN ({json e.data} ->> 'rule') || ':' || ({json e.data} ->> 'occasion') END, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at > e.at AND x.source <> 'nudged'), (SELECT MIN(x.at) FROM own_messages x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at > e.at AND x.source = 'nudged') FROM own_messages e {then} members m ON m.id = e.member
WHERE {unindexed e.name} IN ('message.sent') AND e.decision IN (SELECT s.decision FROM own_messages x {then} own_messages s
  ON s.member = x.member AND s.name IN ('message.sent') AND s.at <= x.at AND s.at >= x.at - :longest
  WHERE x.name = :name AND x.at > :after AND x.at <= :through AND x.decision IN (SELECT t.decision FROM sends t WHERE t.at > :after AND t.at <= :through)) AND m.status = 'active' AND (((nudged_text({scalar e.data 'template'}) IN (:v0, :v1))) IS NOT TRUE) AND (e.source <> 'nudged' OR {json e.data} ->> 'rule' IS DISTINCT FROM 'b1'
  AND {instr}(' ' || COALESCE({json e.data} ->> 'chain', '') || ' ', ' b1 ') = 0) AND {json e.data} ->> 'rule' IS DISTINCT FROM 'b1' AND {instr}(COALESCE({json e.data} ->> 'occasion', ''), 'message:b1:') = 0

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, COALESCE(CAST({json e.data} ->> 'category' AS TEXT),
  (SELECT category FROM products WHERE sku = CAST({json e.data} ->> 'sku' AS TEXT))), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'product.viewed'
 AND x.at > e.at AND COALESCE(CAST({json x.data} ->> 'category' AS TEXT),
  (SELECT category FROM products WHERE sku = CAST({json x.data} ->> 'sku' AS TEXT))) = COALESCE(CAST({json e.data} ->> 'category' AS TEXT),
  (SELECT category FROM products WHERE sku = CAST({json e.data} ->> 'sku' AS TEXT)))) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('product.viewed') AND e.at > :after AND e.at <= :through AND m.status = 'active' AND COALESCE(CAST({json e.data} ->> 'category' AS TEXT),
  (SELECT category FROM products WHERE sku = CAST({json e.data} ->> 'sku' AS TEXT))) IS NOT NULL AND (SELECT COUNT(*) FROM events x WHERE x.member = e.member AND x.name = 'product.viewed' AND x.at <= e.at
  AND x.at > nudged_days_back(e.at, 7, 'Asia/Shanghai') AND COALESCE(CAST({json x.data} ->> 'category' AS TEXT),
  (SELECT category FROM products WHERE sku = CAST({json x.data} ->> 'sku' AS TEXT))) = COALESCE(CAST({json e.data} ->> 'category' AS TEXT),
  (SELECT category FROM products WHERE sku = CAST({json e.data} ->> 'sku' AS TEXT)))) >= 3

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at > e.at AND (((nudged_text({scalar x.data 'sku'}) IN (:unless_v0, :unless_v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(i.sku) IN (:unless_v2, :unless_v3)))) AND (nudged_number(COALESCE({scalar x.data 'total'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.total / 100.0 FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END, CASE WHEN x.name LIKE 'cart.%' THEN (SELECT w.total / 100.0 FROM carts w
WHERE w.member = x.member AND w.id = x.ref AND w.at = x.at) END)) IN (:unless_v4)))), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source <> 'nudged'), (SELECT MIN(x.at) FROM own_messages x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source = 'nudged') FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('order.paid') AND e.at > :after AND e.at <= :through AND TRUE AND NOT EXISTS (SELECT 1 FROM decisions d WHERE d.member = e.member AND d.rule = 'z2') AND m.status = 'active' AND NOT EXISTS (SELECT 1 FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
  AND x.at <= e.at AND (x.at < e.at OR x.ref < e.ref))

SELECT e.seq, e.member, e.name, e.at, e.ref, CASE WHEN e.source = 'import' OR e.source = 'reply' OR e.source = 'click' OR {instr}(e.source, ':') > 0
  THEN e.event_id ELSE e.source || ':' || e.event_id END, m.zone, NULL, (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.emptied'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source <> 'nudged'), (SELECT MIN(x.at) FROM own_messages x WHERE x.member = e.member AND x.name = 'message.sent'
 AND x.at >= e.at AND x.source = 'nudged'), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'order.paid'
 AND x.at >= e.at AND (((nudged_text({scalar x.data 'sku'}) IN (:unless_v0, :unless_v1)) OR EXISTS (SELECT 1 FROM order_items i LEFT JOIN products g ON g.sku = i.sku
 WHERE i.member = x.member AND i.order_id = x.ref AND (nudged_text(i.sku) IN (:unless_v2, :unless_v3)))) AND ((nudged_text(COALESCE({scalar x.data 'store'}, CASE WHEN x.name LIKE 'order.%' THEN (SELECT w.store_id FROM orders w
WHERE w.member = x.member AND w.id = x.ref) END)) IN (:unless_v4))) IS NOT TRUE)), (SELECT MIN(x.paid_at) FROM orders x WHERE x.member = e.member AND x.cart = e.ref AND x.paid_at >= e.at
 AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.ordered'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.emptied'
 AND x.at >= e.at AND x.ref = e.ref), (SELECT MIN(x.at) FROM events x WHERE x.member = e.member AND x.name = 'cart.updated'
 AND x.at > e.at AND x.ref = e.ref) FROM events e {then} members m ON m.id = e.member
WHERE e.name IN ('cart.updated') AND e.at > :after AND e.at <= :through AND m.status = 'active'

-- Store/ScanProbe.swift

SELECT EXISTS (SELECT 1 FROM events WHERE name = ? AND at > ? AND at <= ?)

SELECT EXISTS (SELECT 1 FROM latest WHERE name = ? AND at > ? AND at <= ?)

WITH RECURSIVE r (rule) AS (
  SELECT (SELECT MIN(rule) FROM waits)
  UNION ALL SELECT (SELECT MIN(rule) FROM waits WHERE rule > r.rule) FROM r WHERE r.rule IS NOT NULL)
SELECT r.rule FROM r WHERE EXISTS (SELECT 1 FROM waits w WHERE w.rule = r.rule AND w.due <= ?)

-- Store/Sequence.swift

UPDATE meta SET value = value + ? WHERE key = 'seq' RETURNING value

-- Store/Settling.swift

UPDATE deliveries SET attempts = ? WHERE id = ?

UPDATE deliveries SET claim_count = 0 WHERE id = ?

SELECT state, attempts FROM deliveries WHERE id = ?

SELECT delivery FROM attempts WHERE reference = ? AND resend = 0

SELECT COALESCE(MAX(n) FILTER (WHERE reference = :reference),
  MAX(n) FILTER (WHERE outcome = 'unknown' AND :unclear)) FROM attempts WHERE delivery = :id

INSERT INTO attempts (delivery, n, reference, epoch, intent_seq, intent_at, outcome, code, outcome_seq,
  outcome_at) VALUES (?, ?, ?, ?, ?, ?, 'accepted', ?, ?, ?)

UPDATE attempts SET outcome = 'accepted', code = :code, outcome_at = :now,
  outcome_seq = CASE WHEN outcome_seq IS NULL OR n = :last THEN :seq ELSE outcome_seq END
WHERE delivery = :id AND n = :n

SELECT d.id AS id, d.rule AS rule, COALESCE(g.former, d.member) AS former, COALESCE(g.occasion, d.occasion) AS former_occasion, d.step AS step, COALESCE({length d.alternatives}, 0) AS later FROM v_deliveries d LEFT JOIN merged_decisions g ON g.decision = d.decision WHERE d.state IN ('pending', 'retry_wait')
UNION ALL SELECT d.id AS id, d.rule AS rule, COALESCE(g.former, d.member) AS former, COALESCE(g.occasion, d.occasion) AS former_occasion, d.step AS step, COALESCE({length d.alternatives}, 0) AS later FROM v_deliveries d LEFT JOIN merged_decisions g ON g.decision = d.decision WHERE d.state IN ('claimed', 'sending', 'unknown')

-- Store/ShortLink.swift

UPDATE short_links SET clicks = clicks + 1, first_click = COALESCE(first_click, ?) WHERE id = ?
RETURNING clicks

SELECT s.delivery, s.name, s.url, d.rule, d.member, d.channel FROM short_links s
JOIN v_deliveries d ON d.id = s.delivery WHERE s.id = ?

-- Store/SourceWriting.swift

SELECT hash FROM received WHERE source = ? AND event_id = ?

INSERT INTO received (source, event_id, hash, at) VALUES (?, ?, ?, ?)

SELECT event_id, hash FROM received WHERE source = ? AND event_id IN {texts ?}

SELECT 1 FROM latest WHERE member = ? AND name = 'member.identified' AND at > ?

INSERT INTO quarantine (source, event_id, hash, kind, known, member, at, reason, reason_chinese, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- Store/SpineEvent.swift

UPDATE events SET at = ? WHERE seq = ?

UPDATE events SET at = ?, source = ?, event_id = ?, data = ? WHERE seq = ?

INSERT INTO events (member, name, at, source, event_id, ref, data) VALUES (?, ?, ?, ?, ?, ?, ?)

SELECT 1 FROM decisions WHERE member = ?1 AND occasion IN (?2, ?3)
UNION ALL SELECT 1 FROM waits WHERE member = ?1 AND occasion IN (?2, ?3) LIMIT 1

-- Store/Stops.swift

SELECT scope FROM stops

DELETE FROM stops WHERE scope = ?

SELECT scope FROM stops ORDER BY scope

SELECT scope, reason, who, at FROM stops WHERE scope = ?

SELECT scope, reason, who, at FROM stops ORDER BY at, scope

INSERT INTO stops (scope, reason, who, at) VALUES (?, ?, ?, ?)
ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, who = excluded.who, at = excluded.at

INSERT INTO blast_releases (rule, text_hash) SELECT rule, text_hash FROM live_rules
WHERE rule = ? ON CONFLICT (rule) DO UPDATE SET text_hash = excluded.text_hash

-- Store/StoreFigures.swift

SELECT scope FROM stops

SELECT channel, state FROM channel_states

SELECT source, COUNT(*) FROM quarantine GROUP BY source

SELECT channel, COUNT(*) FROM (SELECT channel FROM deliveries WHERE parked = 1 LIMIT ?) w GROUP BY channel

SELECT channel, COUNT(*) FROM deliveries WHERE state IN ('claimed', 'sending', 'unknown') GROUP BY channel

SELECT channel, COUNT(*) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count > 0
GROUP BY channel

SELECT channel, COUNT(*), MIN(id) FROM deliveries WHERE state = 'pending' AND parked = 0 AND claim_count = 0
GROUP BY channel

-- Store/StoreStanding.swift

SELECT MIN(due) FROM waits WHERE rule = ? AND due > ?

SELECT rule, COUNT(*) AS n FROM deliveries WHERE state = 'expired' AND send_by > ? AND send_by <= ?
GROUP BY rule

SELECT d.rule, COUNT(*) AS n, MIN(a.intent_at) AS oldest FROM deliveries d
JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown') GROUP BY d.rule

SELECT rule, COUNT(*) AS n FROM (SELECT rule, channel, id FROM deliveries
  WHERE state = 'pending' AND parked = 0 AND claim_count = 0 AND send_by <= ?1
  UNION ALL SELECT rule, channel, id FROM deliveries
  WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by <= ?1
  UNION ALL SELECT rule, channel, id FROM deliveries
  WHERE parked = 1 AND state IN ('pending', 'retry_wait') AND send_by <= ?1) o GROUP BY rule

SELECT t.rule, t.owed, d.created_at FROM (
  SELECT rule, COUNT(*) AS owed, MIN(id) AS oldest FROM (SELECT rule, channel, id FROM deliveries
  WHERE state = 'pending' AND parked = 0 AND claim_count = 0 AND send_by > ?1
  UNION ALL SELECT rule, channel, id FROM deliveries
  WHERE state = 'pending' AND parked = 0 AND claim_count > 0 AND send_by > ?1
  UNION ALL SELECT rule, channel, id FROM deliveries
  WHERE parked = 1 AND state IN ('pending', 'retry_wait') AND send_by > ?1) o GROUP BY rule) t
JOIN deliveries d ON d.id = t.oldest

-- Store/StoreSurvey.swift

SELECT COUNT(*) FROM coupon_codes WHERE template = ? AND coupon IS NULL

SELECT DISTINCT tier FROM members WHERE tier IS NOT NULL AND tier <> '' LIMIT 6

SELECT template, COUNT(*) FROM coupon_codes WHERE coupon IS NULL GROUP BY template

SELECT COUNT(*),
COUNT(CASE WHEN m.city IS NULL THEN 1 END) FROM members m WHERE m.status = 'active'

SELECT COUNT(*),
COUNT(CASE WHEN m.region IS NULL THEN 1 END) FROM members m WHERE m.status = 'active'

SELECT COUNT(*),
COUNT(CASE WHEN nudged_derived((m.city ->> 'a'), 'text') IS NULL THEN 1 END) FROM members m WHERE m.status = 'active'

SELECT {json data} ->> 'template', COUNT(*) FROM events WHERE name = 'coupon.given' AND at > ? AND at <= ?
  AND source = 'nudged' GROUP BY 1

SELECT COUNT(*),
COUNT(CASE WHEN (SELECT CAST(nudged_attribute(value, type, 'number', 'Asia/Shanghai') AS DOUBLE PRECISION) FROM member_attributes WHERE member = m.id AND name = 'shoe') IS NULL THEN 1 END) FROM members m WHERE m.status = 'active'

SELECT COUNT(*),
COUNT(CASE WHEN (SELECT (CAST(COALESCE(SUM(1.0 * x.total), 0) AS BIGINT) * 2 + COUNT(*)) / NULLIF(COUNT(*) * 2, 0) FROM orders x WHERE x.member = m.id AND x.paid_at <= :now AND NOT (x.status = 'cancelled' AND x.cancelled_at IS NULL) AND NOT (x.status = 'refunded' AND x.refunded_at IS NULL)
AND (x.cancelled_at IS NULL OR x.cancelled_at > :now) AND (x.refunded_at IS NULL OR x.refunded_at > :now)) IS NULL THEN 1 END) FROM members m WHERE m.status = 'active'

-- Store/StoreTroubles.swift

DELETE FROM rule_faults WHERE rule = ?

SELECT rule, reason, since FROM rule_faults ORDER BY rule

SELECT COUNT(*), MIN(created_at) FROM deliveries WHERE state = 'dead' AND created_at > ?

INSERT INTO rule_faults (rule, reason, since) VALUES (?, ?, ?)
ON CONFLICT (rule) DO UPDATE SET reason = excluded.reason

SELECT COUNT(*), MIN(a.intent_at) FROM deliveries d
JOIN attempts a ON a.delivery = d.id AND a.n = d.attempts
WHERE d.state = 'unknown' AND d.state IN ('claimed', 'sending', 'unknown')

-- Store/StrayValues.swift

DELETE FROM quarantine WHERE id = ?

SELECT ref, data FROM events WHERE seq = ?

UPDATE events SET ref = ?, data = ? WHERE seq = ?

UPDATE quarantine SET reason = ?, reason_chinese = ?, body = ? WHERE id = ?

SELECT MAX(seq) FROM (SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT ?) page

SELECT seq FROM events
WHERE seq > ?1 AND seq <= ?2 AND ({instr}(data, ?3) > 0 OR {instr}(ref, ?3) > 0)

SELECT id, member, event_id, reason, reason_chinese, body FROM quarantine
WHERE {instr}(body, ?1) > 0 OR {instr}(reason, ?1) > 0

-- Store/Tasks.swift

UPDATE tasks SET assignee = ? WHERE rule = ? AND member = ? AND occasion = ? AND state = 'open'

UPDATE tasks SET state = 'done' WHERE rule = ? AND member = ? AND occasion = ? AND state = 'open'

UPDATE tasks SET assignee = ?1 WHERE state = 'open' AND due_at < ?2
  AND (CAST(?3 AS TEXT) IS NULL OR rule = ?3) AND assignee IS DISTINCT FROM ?1

SELECT rule, member, occasion, assignee, title, script, text, created_at, due_at, state FROM tasks WHERE (state = 'open' OR ?1) AND (CAST(?2 AS TEXT) IS NULL OR assignee = ?2)
ORDER BY due_at IS NULL, due_at, rule, member, occasion

-- Store/UnsubscribeLink.swift

SELECT personalisation FROM members WHERE id = ?

SELECT member, channel, address FROM unsubscribe_links WHERE id = ?

SELECT phone, email, wechat_openid, wecom_external_userid FROM members WHERE id = ?

SELECT DISTINCT address FROM v_deliveries WHERE member = ? AND channel = ? AND address IS NOT NULL

SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents
WHERE member = ? AND channel IN (?, '*') AND purpose = 'marketing' AND at <= ?

SELECT EXISTS (SELECT 1 FROM list_consents l WHERE l.address = :key AND l.channel = :channel
  AND l.purpose = 'marketing' AND l.state = 'withdrawn'
  AND NOT EXISTS (SELECT 1 FROM list_consents g WHERE g.address = l.address AND g.channel IN (l.channel, '*')
    AND g.purpose = 'marketing' AND g.state = 'granted' AND g.at > l.at)
  AND NOT EXISTS (SELECT 1 FROM address_consents a WHERE a.address = l.address
    AND a.channel IN (l.channel, '*') AND a.state = 'granted' AND a.at > l.at))

SELECT CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now) ELSE (SELECT CASE WHEN said = 'granted' AND ({greatest}(COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = :channel AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000), COALESCE((SELECT at * 2 + CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END FROM address_consents WHERE address = s.address
  AND channel = '*' AND at <= :now ORDER BY at DESC, state DESC LIMIT 1), -9000000000000000000)) & 1) = 1
   THEN 'refused' ELSE said END FROM (SELECT (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'marketing' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (:channel, '*')
    AND purpose = 'marketing' AND at <= :now) t) AS said) t) END, CASE WHEN s.address IS NULL THEN (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now) ELSE (SELECT CASE WHEN COUNT(*) = 0 THEN NULL WHEN COALESCE(MAX(CASE state WHEN 'granted' THEN at END) > MAX(CASE state WHEN 'withdrawn' THEN at END),
  MAX(CASE state WHEN 'granted' THEN at END) IS NOT NULL) THEN 'granted' ELSE 'withdrawn' END FROM (SELECT state, at FROM consents WHERE member = m.id AND {unindexed channel} IN (:channel, '*') AND {unindexed purpose} = 'service' AND at <= :now
  UNION ALL SELECT state, at FROM list_consents WHERE address = s.address AND channel IN (:channel, '*')
    AND purpose = 'service' AND at <= :now) t) END
FROM members m LEFT JOIN shared_addresses s ON s.member = m.id AND s.kind = :kind WHERE m.id = :member

-- Store/Waits.swift

SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
  m.zone AS zone_now
FROM waits w JOIN members m ON m.id = w.member
WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
  AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule))

SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
  m.zone AS zone_now
FROM waits w JOIN members m ON m.id = w.member
WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
  AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule)) AND w.member = :members

SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
  m.zone AS zone_now
FROM waits w JOIN members m ON m.id = w.member
WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
  AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule)) AND w.member IN {texts :members}

SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
  m.zone AS zone_now
FROM waits w JOIN members m ON m.id = w.member
WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
  AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule)) AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM events x WHERE x.member = w.member
  AND x.name IN ('order.paid') AND x.at > w.start
  AND x.at <= w.due))

SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
  m.zone AS zone_now
FROM waits w JOIN members m ON m.id = w.member
WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
  AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule)) AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM events x WHERE x.member = w.member
  AND x.name IN ('order.paid') AND x.at > w.start
  AND x.at <= {greatest}(w.due, :decided)))

SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
  m.zone AS zone_now
FROM waits w JOIN members m ON m.id = w.member
WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
  AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule)) AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM events x WHERE x.member = w.member
  AND x.name IN ('order.paid') AND x.at > w.start
  AND x.at <= w.due)) AND w.member = :members

SELECT w.member, w.occasion, w.kind, w.due, w.first_due, w.start, w.ref, w.event, w.date, w.passes, w.zone,
  m.zone AS zone_now
FROM waits w JOIN members m ON m.id = w.member
WHERE w.rule = :rule AND w.due > :after AND w.due <= :through AND m.status = 'active'
  AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM enrolments n WHERE n.rule = w.rule)) AND (w.kind = 'held' OR NOT EXISTS (SELECT 1 FROM events x WHERE x.member = w.member
  AND x.name IN ('order.paid') AND x.at > w.start
  AND x.at <= w.due)) AND w.member IN {texts :members}

-- Store/Window.swift

WITH RECURSIVE z (name) AS (
  SELECT (SELECT MIN(zone) FROM members WHERE zone IS NOT NULL)
  UNION ALL SELECT (SELECT MIN(zone) FROM members WHERE zone > z.name) FROM z WHERE z.name IS NOT NULL)
SELECT name FROM z WHERE name IS NOT NULL
